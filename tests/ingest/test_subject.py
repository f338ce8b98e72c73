"""The model as transformer-lens runs it, against plain Hugging Face."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from ingest.errors import ModelError
from ingest.jobs.pipeline import check_context
from ingest.jobs.settings import Settings, batch_size_for
from ingest.layers import NeuronLayer, parse_layers
from ingest.mining.chunks import Document, padded
from ingest.subject import Subject, boot, hook_point
from tests.ingest.plain import activations_of, plain_model
from tests.shared import model_path, stories_path

MLPS = [NeuronLayer(str(at), at, "mlp", hook_point(at), 8) for at in range(5)]
SAES = [
    NeuronLayer(name, int(name[0]), "sae", "blocks.3.hook_resid_pre", 32)
    for name in ("3-res-jb", "3-9b", "1-att")
]


@pytest.fixture(scope="module")
def plain() -> nn.Module:
    return plain_model()


def test_shape(subject: Subject) -> None:
    shape = subject.shape
    assert (shape.family, shape.activation_function) == ("llama", "silu")
    assert (shape.n_layers, shape.d_model, shape.d_mlp) == (5, 64, 172)
    assert (shape.vocab_size, shape.n_context, subject.begin) == (512, 512, 1)
    assert hook_point(3) == "blocks.3.mlp.hook_post"


def test_texts_are_exact(subject: Subject, stories: list[Document]) -> None:
    listed = [document.text for document in stories]
    for text, tokens in zip(listed, subject.encode(listed), strict=True):
        assert subject.begin not in tokens
        assert "".join(subject.texts[token] for token in tokens) == f" {text}"
    assert {" play", " a", "a", "\n"} <= set(subject.texts)
    [emoji] = subject.encode(["😀"])
    assert [subject.texts[token] for token in emoji] == [
        " ", "<0xF0>", "<0x9F>", "<0x98>", "<0x80>",
    ]  # fmt: skip


def test_activations_are_those_of_the_plain_model(
    subject: Subject, plain: nn.Module, stories: list[Document]
) -> None:
    """Padding, stopping early and taking several layers at once change nothing."""
    tokens = [
        torch.tensor(ids[:length], dtype=torch.int32).numpy()
        for ids, length in zip(
            subject.encode([d.text for d in stories[:4]]), (90, 7, 40, 1), strict=True
        )
    ]
    rows = torch.from_numpy(padded(tokens, subject.begin))
    for layers in ([0, 1, 2, 3, 4], [2], [4], [0, 3]):
        found = subject.activations(rows, [subject.layers[layer] for layer in layers])
        assert list(found) == [str(layer) for layer in layers]
        for layer in layers:
            for row, text in enumerate(tokens):
                expected: Tensor = activations_of(plain, [1, *text.tolist()])[layer]
                torch.testing.assert_close(
                    found[str(layer)][row, : len(text) + 1], expected, rtol=1e-4, atol=1e-5
                )


def test_one_column_per_row(subject: Subject) -> None:
    rows = torch.tensor([[1, 403, 407], [1, 378, 366]])
    layer = subject.layers[3]
    whole = subject.activations(rows, [layer])["3"]
    columns = subject.columns(rows, layer, torch.tensor([17, 170]))
    expected = torch.stack([whole[0, :, 17], whole[1, :, 170]])
    torch.testing.assert_close(columns, expected, rtol=0, atol=1e-6)


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no config\.json"):
        boot(str(tmp_path), "cpu")


def test_a_device_that_is_not_there() -> None:
    for device in ("nonsense", "mps"):
        with pytest.raises(ModelError, match=f"no device '{device}' here"):
            boot(str(model_path()), device)


def test_a_batch_is_the_same_everywhere_and_about_as_many_tokens() -> None:
    assert [batch_size_for(length) for length in (24, 128, 1000, 9000)] == [170, 32, 4, 1]


def test_a_context_that_is_too_long(subject: Subject, tmp_path: Path) -> None:
    settings = Settings(str(model_path()), stories_path(), tmp_path / "p", context_length=512)
    with pytest.raises(ModelError, match="reads at most 511"):
        check_context(settings, subject)
    check_context(replace(settings, context_length=511), subject)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(None, (0, 1, 2, 3, 4)), ("2", (2,)), ("0-4", (0, 1, 2, 3, 4)), ("3, 0-1,1", (0, 1, 3))],
)
def test_layers(text: str | None, expected: tuple[int, ...]) -> None:
    found = parse_layers(text, MLPS, "m")
    assert tuple(layer.index for layer in found) == expected


@pytest.mark.parametrize("text", ["", "3-1", "a", "-1", "1-", "1.5"])
def test_text_that_names_no_layers(text: str) -> None:
    with pytest.raises(ModelError, match="names no layers"):
        parse_layers(text, MLPS, "m")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3-res-jb", ["3-res-jb"]),
        ("3-9b", ["3-9b"]),
        ("3-res-jb,1,3-4, 1-att", ["1", "1-att", "3", "3-res-jb", "4"]),
        (None, ["1-att", "3-9b", "3-res-jb"]),
    ],
)
def test_layers_with_names(text: str | None, expected: list[str]) -> None:
    assert [layer.name for layer in parse_layers(text, [*MLPS, *SAES], "m")] == expected


def test_layers_that_are_not_there() -> None:
    message = r"m has no layer 3-res: it has 5, counted from 0 to 4, and 3-res-jb, 3-9b, 1-att\."
    with pytest.raises(ModelError, match=message):
        parse_layers("3-res", [*MLPS, *SAES], "m")
    with pytest.raises(ModelError, match="m has no layer 5: it has 5, counted from 0 to 4"):
        parse_layers("3-5", MLPS, "m")
