"""Models in TransformerLens's own format, against its formulas written out."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from torch import Tensor
from torch.nn import functional
from transformers import PreTrainedTokenizerFast

from ingest.errors import ModelError
from ingest.fingerprint import model_fingerprint
from ingest.subject import boot

N_LAYERS, N_HEADS, D_MODEL, D_HEAD, D_MLP, VOCABULARY, N_CTX = 2, 2, 8, 4, 20, 256, 16
CONFIG: dict[str, Any] = {
    "n_layers": N_LAYERS, "n_heads": N_HEADS, "d_model": D_MODEL, "d_head": D_HEAD,
    "d_mlp": D_MLP, "d_vocab": VOCABULARY, "n_ctx": N_CTX, "attn_only": False,
    "normalization": "LN", "tokenizer_name": "not/here",
}  # fmt: skip


def random_weights(*, norm_in_mlp: bool) -> dict[str, Tensor]:
    """By TransformerLens's names and shapes."""
    shapes: dict[str, tuple[int, ...]] = {
        "embed.W_E": (VOCABULARY, D_MODEL), "pos_embed.W_pos": (N_CTX, D_MODEL),
        "ln_final.w": (D_MODEL,), "ln_final.b": (D_MODEL,),
        "unembed.W_U": (D_MODEL, VOCABULARY),
    }  # fmt: skip
    for layer in range(N_LAYERS):
        block = {
            "ln1.w": (D_MODEL,), "ln1.b": (D_MODEL,), "ln2.w": (D_MODEL,), "ln2.b": (D_MODEL,),
            **{f"attn.W_{part}": (N_HEADS, D_MODEL, D_HEAD) for part in "QKV"},
            **{f"attn.b_{part}": (N_HEADS, D_HEAD) for part in "QKV"},
            "attn.W_O": (N_HEADS, D_HEAD, D_MODEL), "attn.b_O": (D_MODEL,),
            "mlp.W_in": (D_MODEL, D_MLP), "mlp.b_in": (D_MLP,),
            "mlp.W_out": (D_MLP, D_MODEL), "mlp.b_out": (D_MODEL,),
        }  # fmt: skip
        if norm_in_mlp:
            block |= {"mlp.ln.w": (D_MLP,), "mlp.ln.b": (D_MLP,)}
        shapes |= {f"blocks.{layer}.{name}": shape for name, shape in block.items()}
    generator = torch.Generator().manual_seed(0)
    weights = {
        name: 0.5 * torch.randn(shape, generator=generator) for name, shape in shapes.items()
    }
    mask = torch.ones(N_CTX, N_CTX).tril().bool()
    return weights | {"blocks.0.attn.mask": mask, "blocks.0.attn.IGNORE": torch.tensor(-1e5)}


def save(folder: Path, act_fn: str, *, tokenizer: bool = True, **changed: object) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({**CONFIG, "act_fn": act_fn, **changed}))
    torch.save(random_weights(norm_in_mlp=act_fn == "solu_ln"), folder / "model_final.pth")
    if tokenizer:
        pieces = sorted(pre_tokenizers.ByteLevel.alphabet())
        made = Tokenizer(models.BPE({piece: at for at, piece in enumerate(pieces)}, []))
        made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        made.decoder = decoders.ByteLevel()
        fast: Any = PreTrainedTokenizerFast
        fast(tokenizer_object=made).save_pretrained(folder)
    return folder


def neurons(
    weights: dict[str, Tensor], tokens: Tensor, activate: Callable[[Tensor], Tensor]
) -> list[Tensor]:
    """By block, one text: `activate` of what comes into the MLP, [position, neuron]."""
    position = torch.arange(len(tokens))
    stream = weights["embed.W_E"][tokens] + weights["pos_embed.W_pos"][position]
    ahead = position[None] > position[:, None]
    found = []
    for layer in range(N_LAYERS):
        w = {name.removeprefix(f"blocks.{layer}."): value for name, value in weights.items()}
        given = functional.layer_norm(stream, (D_MODEL,), w["ln1.w"], w["ln1.b"])
        for head in range(N_HEADS):
            q, k, v = (given @ w[f"attn.W_{p}"][head] + w[f"attn.b_{p}"][head] for p in "QKV")
            scores = (q @ k.T / math.sqrt(D_HEAD)).masked_fill(ahead, -math.inf)
            stream = stream + scores.softmax(-1) @ v @ w["attn.W_O"][head]
        stream = stream + w["attn.b_O"]
        given = functional.layer_norm(stream, (D_MODEL,), w["ln2.w"], w["ln2.b"])
        fired = activate(given @ w["mlp.W_in"] + w["mlp.b_in"])
        found.append(fired)
        if "mlp.ln.w" in w:
            fired = functional.layer_norm(fired, (D_MLP,), w["mlp.ln.w"], w["mlp.ln.b"])
        stream = stream + fired @ w["mlp.W_out"] + w["mlp.b_out"]
    return found


@pytest.mark.parametrize(
    ("act_fn", "hook", "activate"),
    [
        ("gelu", "hook_post", functional.gelu),
        ("solu", "hook_post", lambda value: value * value.softmax(-1)),
        ("solu_ln", "hook_mid", lambda value: value * value.softmax(-1)),
    ],
)
def test_activations_are_those_of_the_formulas(
    act_fn: str, hook: str, activate: Callable[[Tensor], Tensor], tmp_path: Path
) -> None:
    """Those of SoLU are read before the layer norm."""
    folder = save(tmp_path / "toy", act_fn)
    subject = boot(str(folder), "cpu")
    shape = subject.shape
    assert (shape.family, shape.activation_function) == ("transformer-lens", act_fn)
    assert (shape.n_layers, shape.d_mlp, shape.n_context) == (N_LAYERS, D_MLP, N_CTX)
    tokens = torch.randint(VOCABULARY, (3, 9), generator=torch.Generator().manual_seed(1))
    weights = random_weights(norm_in_mlp=act_fn == "solu_ln")
    expected = [neurons(weights, row, activate) for row in tokens]
    found = subject.activations(tokens, subject.layers)
    for layer in subject.layers:
        assert layer.hook_point == f"blocks.{layer.index}.mlp.{hook}"
        values = torch.stack([text[layer.index] for text in expected])
        torch.testing.assert_close(found[layer.name], values, rtol=1e-5, atol=1e-5)
        columns = subject.columns(tokens, layer, torch.tensor([3, 0, D_MLP - 1]))
        one = values[torch.arange(3), :, torch.tensor([3, 0, D_MLP - 1])]
        torch.testing.assert_close(columns, one, rtol=1e-5, atol=1e-5)
        named: Any = subject.bridge.blocks[layer.index].mlp
        torch.testing.assert_close(named.W_in, weights[f"blocks.{layer.index}.mlp.W_in"])


def test_its_weights_are_part_of_its_fingerprint(tmp_path: Path) -> None:
    folder = save(tmp_path / "toy", "gelu")
    before = model_fingerprint(str(folder))
    (folder / "model_final.pth").write_bytes(b"others")
    assert model_fingerprint(str(folder)) != before


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"act_fn": "frob"}, "Unsupported act_fn='frob'"),
        ({"d_mlp": None}, "d_mlp is None, expected a number above 0"),
        ({"n_layers": 3}, r"Missing key\(s\) in state_dict"),
        ({"n_heads": 4, "d_head": 2}, r"expected \(4, 8, 2\)"),
        ({"shortformer_pos": True}, "early layout"),
    ],
)
def test_what_does_not_fit(changed: dict[str, object], message: str, tmp_path: Path) -> None:
    folder = save(tmp_path / "toy", **{"act_fn": "gelu", **changed})  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=message):
        boot(str(folder), "cpu")


def test_damaged_or_missing_weights(tmp_path: Path) -> None:
    folder = save(tmp_path / "toy", "gelu")
    weights = folder / "model_final.pth"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(ModelError, match=r"model_final\.pth cannot be read"):
        boot(str(folder), "cpu")
    weights.unlink()
    with pytest.raises(
        ModelError, match=r"one file of weights, such as model_final\.pth; found: none"
    ):
        boot(str(folder), "cpu")


def test_attention_alone_has_no_neurons(tmp_path: Path) -> None:
    folder = save(tmp_path / "toy", "gelu", attn_only=True)
    with pytest.raises(ModelError, match=r"Unexpected key\(s\)"):  # the weights of MLPs
        boot(str(folder), "cpu")
    weights = random_weights(norm_in_mlp=False)
    kept = {
        name: value
        for name, value in weights.items()
        if ".mlp." not in name and ".ln2." not in name
    }
    torch.save(kept, folder / "model_final.pth")
    assert boot(str(folder), "cpu").layers == ()


BOOT = """
import sys
from ingest.errors import ModelError
from ingest.subject import boot
for name in sys.argv[1:]:
    try:
        print([layer.hook_point for layer in boot(name, "cpu").layers])
    except ModelError as error:
        print(error)
"""


def test_published_ones_by_their_short_names(tmp_path: Path) -> None:
    """Where a download would have put them, and nothing else to be had."""
    published = {
        "NeelNanda/SoLU_1L512W_C4_Code": save(
            tmp_path / "one", "solu_ln", tokenizer=False, tokenizer_name="a/tokenizer"
        ),
        "a/tokenizer": save(tmp_path / "tokenizer", "solu_ln"),
        "NeelNanda/SoLU_2L512W_C4_Code": save(tmp_path / "two", "solu_ln", tokenizer=False),
    }
    for name, folder in published.items():
        repository = tmp_path / "cache" / "hub" / f"models--{name.replace('/', '--')}"
        (repository / "snapshots").mkdir(parents=True)
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text("0")
        folder.rename(repository / "snapshots" / "0")
    done = subprocess.run(
        [sys.executable, "-c", BOOT, "solu-1l", "solu-2l", "gelu-1l"],
        capture_output=True, text=True, check=True,
        env={**os.environ, "HF_HOME": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    whole, no_tokenizer, absent = done.stdout.splitlines()
    assert whole == str([f"blocks.{at}.mlp.hook_mid" for at in range(N_LAYERS)])
    assert no_tokenizer.startswith("not/here has no tokenizer that can be read")
    assert absent.startswith("no model 'NeelNanda/GELU_1L512W_C4_Code' here, and it cannot be dow")
