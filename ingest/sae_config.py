"""What a sparse autoencoder's `cfg.json` says, in the dialects of SAELens.

Since version 6 where it was trained stands below `metadata`; before, it stood at the top, and
`architecture` and others could be left out. What would change the activations and is not
known here is refused: an activation that is nearly right would be worse than none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import ModelError

CONFIG, WEIGHTS = "cfg.json", "sae_weights.safetensors"
ARCHITECTURES = ("standard", "jumprelu", "topk", "gated")
"""BatchTopK and Matryoshka ones are saved as jumprelu."""
NORMALIZATIONS = ("none", "layer_norm", "constant_norm_rescale")
_HOOK = re.compile(
    r"blocks\.(0|[1-9]\d*)\."
    r"(hook_resid_pre|hook_resid_mid|hook_resid_post|hook_mlp_out|hook_attn_out|attn\.hook_z|"
    r"mlp\.hook_post)\Z"
)
_HARMLESS = {
    "center_writing_weights", "center_unembed", "fold_ln", "dtype", "device", "n_devices", "n_ctx",
}  # fmt: skip
"""Settings of the model that an autoencoder was trained on which need no more than is done here."""
_NOT_IN_IDS = re.compile(r"[/@#\s]+")
_NEURONPEDIA = re.compile(r"[^/]+/((0|[1-9]\d*)-[^/@#\s]+)\Z")


@dataclass(frozen=True, slots=True)
class SaeConfig:
    """How an autoencoder makes latents of what the model has at one hook point."""

    folder: Path
    name: str
    """The layer's name in the graph: Neuronpedia's if it is known, else block and folder."""
    block: int
    """The transformer block that is read, from 0."""
    hook_point: str
    """In TransformerLens's names, such as `blocks.6.hook_resid_pre`."""
    architecture: str
    """One of `ARCHITECTURES`."""
    d_in: int
    """Width of what is read."""
    d_sae: int
    """Number of latents."""
    subtract_b_dec: bool
    """Whether the decoder's bias is subtracted before encoding."""
    normalization: str
    """One of `NORMALIZATIONS`: what is done to each token's vector before that."""
    centred: bool
    """Whether the model it was trained on had its writing weights centred, so that the mean of
    each vector in the residual stream was zero."""
    k: int
    """Latents that may fire at a token; 0 if that is not limited."""
    by_decoder_norm: bool
    """Whether those are chosen, and given, times the norm of their decoder's row."""


def read_sae_config(folder: Path) -> SaeConfig:
    """Read `cfg.json` in a folder that SAELens saved.

    Raises ModelError if the folder is none, or holds an autoencoder that is not supported.
    """
    if not (folder / CONFIG).is_file() or not (folder / WEIGHTS).is_file():
        raise ModelError(
            f"{folder} is no sparse autoencoder: expected {CONFIG} and {WEIGHTS}, as SAELens "
            f"saves them. Name such a folder with --sae."
        )
    try:
        top = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{folder / CONFIG} is no JSON: {error}. Download it again.") from error
    if not isinstance(top, dict):
        raise _unsupported(folder, "its content", type(top).__name__, "an object")
    config: dict[str, Any] = {**top, **(top.get("metadata") or {})}
    architecture, k = _architecture(folder, config)
    hook = config.get("hook_name") or config.get("hook_point")
    match = _HOOK.match(str(hook))
    if match is None:
        raise _unsupported(
            folder,
            "hook_name",
            hook,
            "the residual stream, an MLP's or attention's output, attn.hook_z or mlp.hook_post "
            "of a block, such as blocks.6.hook_resid_pre",
        )
    if config.get("hook_head_index") is not None:
        raise _unsupported(folder, "hook_head_index", config["hook_head_index"], "none")
    normalization = config.get("normalize_activations") or "none"
    if normalization not in NORMALIZATIONS:
        raise _unsupported(
            folder,
            "normalize_activations",
            normalization,
            f"{', '.join(NORMALIZATIONS)}; a factor that only training knew is folded into the "
            f"weights by SAELens's fold_activation_norm_scaling_factor",
        )
    block = int(match[1])
    return SaeConfig(
        folder,
        _name(folder, block, config.get("neuronpedia_id")),
        block,
        str(hook),
        architecture,
        _size(folder, config, "d_in"),
        _size(folder, config, "d_sae"),
        bool(config.get("apply_b_dec_to_input", True)),
        str(normalization),
        _centred(folder, config.get("model_from_pretrained_kwargs") or {}),
        k,
        bool(config.get("rescale_acts_by_decoder_norm", False)),
    )


def _architecture(folder: Path, config: Mapping[str, Any]) -> tuple[str, int]:
    """Its name, and how many latents may fire at a token (0 for any number)."""
    architecture = config.get("architecture", "standard")
    activation = config.get("activation_fn_str", config.get("activation_fn", "relu"))
    arguments = config.get("activation_fn_kwargs") or {}
    if activation == "topk" and architecture == "standard":  # before version 6
        architecture, config = "topk", {**config, "k": arguments.get("k")}
    elif activation not in {"relu", "topk"}:
        raise _unsupported(folder, "activation_fn_str", activation, "relu or topk")
    if architecture not in ARCHITECTURES:
        raise _unsupported(folder, "architecture", architecture, ", ".join(ARCHITECTURES))
    if architecture != "topk":
        return architecture, 0
    k, d_sae = _size(folder, config, "k"), _size(folder, config, "d_sae")
    if k > d_sae:
        raise _unsupported(folder, "k", k, f"at most {d_sae}, its number of latents")
    return architecture, k


def _size(folder: Path, config: Mapping[str, Any], key: str) -> int:
    value = config.get(key)
    if type(value) is not int or value < 1:
        raise _unsupported(folder, key, value, "a number above 0")
    return value


def _centred(folder: Path, settings: Mapping[str, object]) -> bool:
    unknown = sorted(name for name, value in settings.items() if value and name not in _HARMLESS)
    if unknown:
        raise _unsupported(
            folder, f"model_from_pretrained_kwargs {unknown[0]}", settings[unknown[0]], "none"
        )
    return bool(settings.get("center_writing_weights"))


def _name(folder: Path, block: int, neuronpedia: object) -> str:
    match = _NEURONPEDIA.match(str(neuronpedia))
    if match and int(match[2]) == block:
        return match[1]
    return f"{block}-{_NOT_IN_IDS.sub('_', folder.resolve().name)}"


def _unsupported(folder: Path, key: str, found: object, expected: str) -> ModelError:
    return ModelError(
        f"the sparse autoencoder in {folder} is not supported: {key} is {found!r}, expected "
        f"{expected}."
    )
