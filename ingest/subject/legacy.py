"""Models in TransformerLens's own format: Neel Nanda's GELU and SoLU models, and one's own.

A folder with a `config.json` of TransformerLens's words (`n_heads`, `d_mlp`, `act_fn`; no
`model_type`) and the weights as a `.pth` file with its names (`blocks.0.mlp.W_in`), as
`HookedTransformer.state_dict()` gives them. Published ones name a tokenizer that stands elsewhere.
"""

from __future__ import annotations

import json
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import snapshot_download
from torch import Tensor

from ingest.errors import ModelError

_PUBLISHERS = ("NeelNanda/", "ArthurConmy/")
_WORDS = {"d_model", "n_layers", "n_heads", "d_head", "d_mlp", "n_ctx", "d_vocab", "act_fn"}
_OLD = "_old"
"""What ends the names of the first SoLU models, whose weights lie the other way round."""


@dataclass(frozen=True, slots=True)
class LegacyConfig:
    """A model's `config.json`, as far as it is needed."""

    sizes: dict[str, int]
    """`d_model`, `n_layers`, `n_heads`, `d_head`, `d_mlp`, `n_ctx`, `d_vocab`."""
    act_fn: str
    """Such as `gelu`, `solu_ln`: SoLU and a layer norm behind it."""
    attn_only: bool
    """Whether it has no MLPs."""
    normalization: str | None
    """`LN`, `LNPre` (without weights), `RMS`, `RMSPre`; None for none."""
    final_rms: bool
    tokenizer: str | None
    """The published tokenizer that it uses."""


def folder_of(model: str) -> Path | None:
    """The folder of such a model, downloaded if its publisher is known for them; else None.

    Raises ModelError if it cannot be downloaded.
    """
    if not model.startswith(_PUBLISHERS) or Path(model).is_dir():
        return Path(model) if _words_of(Path(model)) >= _WORDS else None
    try:
        found = snapshot_download(model, allow_patterns=["config.json", "*final.pth"])
    except (OSError, ValueError) as error:
        raise ModelError(
            f"no model {model!r} here, and it cannot be downloaded: "
            f"{str(error).strip().splitlines()[0]} Name a local folder."
        ) from error
    return Path(found)


def _words_of(folder: Path) -> set[str]:
    """The keys of its config.json; none if there is no such file or it is transformers'."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return set()  # whoever reads it as a model of transformers says what is wrong
    return set() if not isinstance(config, dict) or "model_type" in config else set(config)


def read_config(folder: Path) -> LegacyConfig:
    """The configuration in `folder`.

    Raises ModelError for one that is not supported, or not of the types that it should be.
    """
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if config.get("shortformer_pos") or folder.name.endswith(_OLD):
        raise ModelError(
            f"{folder} is of an early layout of TransformerLens's format (shortformer positions "
            f"or transposed weights), which is not read. Save it in today's layout."
        )
    sizes = {name: config[name] for name in sorted(_WORDS - {"act_fn"})}
    wrong = [name for name, size in sizes.items() if type(size) is not int or size < 1]
    if wrong or not isinstance(config["act_fn"], str):
        name = wrong[0] if wrong else "act_fn"
        raise ModelError(
            f"{folder / 'config.json'}: {name} is {config[name]!r}, expected "
            f"{'a number above 0' if wrong else 'the name of an activation function'}."
        )
    return LegacyConfig(
        sizes,
        config["act_fn"],
        bool(config.get("attn_only")),
        config.get("normalization", config.get("normalization_type")),
        bool(config.get("final_rms")),
        config.get("tokenizer_name"),
    )


def read_weights(folder: Path) -> dict[str, Tensor]:
    """The weights by TransformerLens's names, float32, on the CPU.

    Raises ModelError if there is not one file of them, or it is damaged.
    """
    files = sorted(folder.glob("*final.pth")) or sorted(folder.glob("*.pth"))
    if len(files) != 1:
        listed = ", ".join(file.name for file in files) or "none"
        raise ModelError(
            f"{folder} should hold one file of weights, such as model_final.pth; found: {listed}."
        )
    try:
        weights = torch.load(files[0], map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise ModelError(
            f"{files[0]} cannot be read as a model's weights: "
            f"{str(error).strip().splitlines()[0]} Save or download it again."
        ) from error
    return {name: weight.float() for name, weight in weights.items()}
