"""What can be wrong with a model, and what it is told as."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from torch import Tensor
from transformers import (
    AutoTokenizer,
    BertConfig,
    BertLMHeadModel,
    CTRLConfig,
    CTRLLMHeadModel,
    PreTrainedTokenizerFast,
)

from ingest.errors import ModelError
from ingest.subject import Subject, boot
from ingest.subject.boot import boot_parts
from tests.ingest.families import VOCABULARY, save
from tests.shared import model_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of stories260K to do harm to."""
    return Path(shutil.copytree(model_path(), tmp_path / "model"))


def configure(folder: Path, **changed: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changed}))


def without_a_weight(folder: Path) -> None:
    weights = load_file(folder / "model.safetensors")
    del weights["model.layers.2.mlp.up_proj.weight"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda f: configure(f, model_type="frobnicator"), "model type `frobnicator`"),
        (lambda f: configure(f, model_type="t5"), "T5Config"),
        (lambda f: configure(f, hidden_size="x"), "'hidden_size'.*expected int, got str"),
        (lambda f: (f / "config.json").write_text("{"), "not a valid JSON"),
        (lambda f: (f / "model.safetensors").unlink(), r"no file named model\.safetensors"),
        (
            lambda f: (f / "model.safetensors").write_bytes(b"\0" * 100),
            "the weights of .* are damaged: Error while deserializing header",
        ),
        (
            lambda f: configure(f, intermediate_size=200),
            r"do not fit its config\.json: model\.layers\.0\.mlp\.down_proj\.weight is \[64, 172\], "
            r"expected \[64, 200\]",
        ),
        (
            without_a_weight,
            r"lacks 1 of its weights, model\.layers\.2\.mlp\.up_proj\.weight among them",
        ),
    ],
)  # fmt: skip
def test_a_damaged_folder(harm: Callable[[Path], object], message: str, folder: Path) -> None:
    harm(folder)
    with pytest.raises(ModelError, match=message) as raised:
        boot(str(folder), "cpu")
    assert str(folder) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_architecture_that_transformer_lens_does_not_know(folder: Path) -> None:
    network: Any = CTRLLMHeadModel(
        CTRLConfig(vocab_size=512, n_positions=16, n_embd=8, dff=8, n_layer=1, n_head=1)
    )
    network.save_pretrained(folder)
    with pytest.raises(ModelError, match=r"can be booted: .*CTRLLMHeadModel.*Name a local folder"):
        boot(str(folder), "cpu")


def test_a_model_that_looks_ahead(folder: Path) -> None:
    config = BertConfig(
        vocab_size=512, hidden_size=8, intermediate_size=8, num_hidden_layers=1,
        num_attention_heads=1, max_position_embeddings=16, initializer_range=0.5,
    )  # fmt: skip
    network: Any = BertLMHeadModel(config)
    network.save_pretrained(folder)
    with pytest.raises(ModelError, match=r"no causal language model \(bert\)"):
        boot(str(folder), "cpu")


def retokenize(folder: Path, **special: str) -> Any:
    """The tokenizer of a folder of `save`, with special tokens, in that folder."""
    tokenizer: Any = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_special_tokens(special)
    tokenizer.save_pretrained(folder)
    return tokenizer


def test_a_tokenizer_without_a_token_that_begins_a_text(tmp_path: Path) -> None:
    folder = save("qwen2", tmp_path / "qwen2")
    assert boot(str(folder), "cpu").begin is None
    tokenizer = retokenize(folder, bos_token="x299")
    assert boot(str(folder), "cpu").begin == tokenizer.bos_token_id == 299


def test_a_token_beyond_the_embeddings(tmp_path: Path) -> None:
    """Special tokens that were added to a tokenizer, but never to its model."""
    folder = save("qwen2", tmp_path / "qwen2")
    beyond = retokenize(folder, bos_token="<bos>").bos_token_id
    subject = boot(str(folder), "cpu")
    assert subject.begin is None
    [tokens] = subject.encode(["a<bos>"])
    assert tokens[-1] == beyond >= VOCABULARY
    message = rf"cannot read token {beyond} \('<bos>'\): it has embeddings of {VOCABULARY} tokens"
    for layer in subject.layers:
        with pytest.raises(ModelError, match=message):
            subject.activations(torch.tensor([tokens]), [layer])
        with pytest.raises(ModelError, match=message):
            subject.columns(torch.tensor([tokens]), layer, torch.tensor([0]))
    with pytest.raises(ModelError, match=r"token 5000 \(not in its tokenizer\)"):
        subject.activations(torch.tensor([[5000]]), subject.layers)


def test_tokens_that_are_no_characters(tmp_path: Path) -> None:
    """A token may be half of one character, or the end of one and the beginning of the next."""
    folder = save("qwen2", tmp_path / "qwen2")
    pieces = sorted(pre_tokenizers.ByteLevel.alphabet())
    fish, half = "\u00f0\u0141\u0132\u0141", "\u0132\u0141"  # the bytes of a fish, and the last two
    merges = [("\u00f0", "\u0141"), (half[0], half[1])]
    vocabulary = {piece: at for at, piece in enumerate([*pieces, fish[:2], half])}
    made = Tokenizer(models.BPE(vocabulary, merges))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    fast: Any = PreTrainedTokenizerFast
    fast(tokenizer_object=made).save_pretrained(folder)
    subject = boot(str(folder), "cpu")
    [tokens] = subject.encode(["\U0001f41f"])
    assert [subject.texts[token] for token in tokens] == ["<0xF0><0x9F>", "<0x90><0x9F>"]
    assert len(set(subject.texts[: len(vocabulary)])) == len(vocabulary)


def test_half_of_a_pair_of_surrogates(subject: Subject) -> None:
    """JSON may hold such a thing; a whole pair is the character that it stands for."""
    halved, whole, replaced, fish = subject.encode(
        ["a\ud83dz", "\ud83d\udc1f", "a\ufffdz", "\U0001f41f"]
    )
    assert halved == replaced
    assert whole == fish


def test_what_runs_has_the_fast_attention_and_the_bridge_its_weights() -> None:
    booted = boot_parts(str(model_path()), "cpu", "float32")
    plain: Any = booted.plain
    wrapped: Any = booted.bridge
    assert plain.config._attn_implementation == "sdpa"
    assert wrapped.original_model.config._attn_implementation == "eager"
    mlp = plain.model.layers[3].mlp
    assert wrapped.blocks[3].mlp.W_out.data_ptr() == mlp.down_proj.weight.data_ptr()


def test_memory_that_is_too_small() -> None:
    """As on a device: what does not fit raises, and is read in parts from then on."""
    booted = boot_parts(str(model_path()), "cpu", "float32")
    notes: list[str] = []
    subject = Subject(booted, note=notes.append)
    layer = subject.layers[2]
    tokens = torch.randint(3, 500, (11, 7), generator=torch.Generator().manual_seed(0))
    whole = subject.activations(tokens, subject.layers)
    columns = subject.columns(tokens, layer, torch.arange(11))
    sizes: list[int] = []
    most = 3

    def allocate(_: object, given: tuple[Tensor, ...]) -> None:
        sizes.append(len(given[0]))
        if sizes[-1] > most:
            raise torch.OutOfMemoryError

    booted.plain.get_submodule("model.embed_tokens").register_forward_pre_hook(allocate)
    again = subject.activations(tokens, subject.layers)
    assert sizes == [11, 5, 2, 2, 2, 2, 2, 1]
    assert notes == [
        "out of memory with 11 texts at once: reading 5 at once",
        "out of memory with 5 texts at once: reading 2 at once",
    ]
    for name, values in whole.items():
        torch.testing.assert_close(again[name], values, rtol=1e-5, atol=1e-6)
    found = subject.columns(tokens, layer, torch.arange(11))
    torch.testing.assert_close(found, columns, rtol=1e-5, atol=1e-6)
    assert max(sizes[8:]) == 2
    most = 0
    with pytest.raises(ModelError, match="too small for the model and one text"):
        subject.activations(tokens, [layer])
