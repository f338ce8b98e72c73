"""Booting a model: the one module that knows transformer-lens and transformers.

Two models share their weights. The plain one runs: its own code, with the attention that
transformers chooses (sdpa where the model allows it), nothing in between. Its twin is wrapped
by transformer-lens, which puts hooks around every part and asks for eager attention: it does
not run here, but says which part is which and what its weights are called.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from huggingface_hub.errors import StrictDataclassError
from safetensors import SafetensorError
from torch import nn
from transformer_lens.config import TransformerBridgeConfig
from transformer_lens.model_bridge import TransformerBridge
from transformer_lens.model_bridge.sources import build_bridge_from_module
from transformer_lens.model_bridge.sources.native import NativeModel
from transformer_lens.tools.model_registry.registry_io import resolve_model_alias
from transformer_lens.utilities.tl_checkpoint_conversion import convert_tl_checkpoint
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils import logging as transformers_logging

from ingest.errors import ModelError
from ingest.subject import legacy

_TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "vocab.json", "tokenizer_config.json")
_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}
_NATIVE = "TransformerLensNative"
_ACTIVATION_KEYS = ("hidden_activation", "hidden_act", "activation_function", "activation")
"""What the families' configurations call the MLP's activation function."""


@dataclass(frozen=True, slots=True)
class Booted:
    """A model in two forms, and its tokenizer."""

    plain: nn.Module
    """The form that runs."""
    bridge: TransformerBridge
    """The form that names things; its parameters are those of `plain`."""
    original: Mapping[nn.Module, nn.Module]
    """The module of `plain` that one wrapped by `bridge` is a copy of."""
    tokenizer: PreTrainedTokenizerBase
    family: str
    """Architecture, such as `llama`."""
    activation_function: str | None


def use_threads(count: int) -> None:
    """Let the model use this many CPU threads."""
    torch.set_num_threads(count)


def boot_parts(model: str, device: str, dtype: str) -> Booted:
    """The model with this name, or in this folder, on the device and in the precision asked for.

    Raises ModelError if there is none, it has no tokenizer, its files are damaged or lack
    weights, or transformers or transformer-lens does not know its architecture.
    """
    _check_device(device)
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call,unused-ignore]
    name = resolve_model_alias(model) or model
    native = legacy.folder_of(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # both libraries', about parts that are not used here
        if native is not None:
            return _boot_native(native, device, _DTYPES[dtype])
        return _boot_transformers(name, device, _DTYPES[dtype])


def _boot_transformers(model: str, device: str, dtype: torch.dtype) -> Booted:
    folder = Path(model)
    if folder.is_dir():
        _check_folder(folder)
    plain = _load(model, dtype).to(device)
    twin, original = _twin(plain)
    try:
        bridge = TransformerBridge.boot_transformers(
            model, device=device, dtype=dtype, hf_model=twin
        )
    except (OSError, ValueError, NotImplementedError) as error:
        raise _cannot_boot(model, error) from error
    config: Any = plain.config
    named = (getattr(config, key, None) for key in _ACTIVATION_KEYS)
    activation = next((name for name in named if isinstance(name, str)), None)
    family = str(config.model_type)
    return Booted(plain, bridge, original, _tokenizer(model), family, activation)


def _load(model: str, dtype: torch.dtype) -> nn.Module:
    """The model as transformers has it, with all its weights."""
    load: Any = AutoModelForCausalLM.from_pretrained
    plain: nn.Module
    try:
        plain, report = load(
            model, dtype=dtype, output_loading_info=True, ignore_mismatched_sizes=True
        )
    except SafetensorError as error:
        raise ModelError(
            f"the weights of {model} are damaged: {_first_line(error)}. Save or download the "
            f"model again."
        ) from error
    except (OSError, ValueError, RuntimeError, StrictDataclassError) as error:
        raise _cannot_boot(model, error) from error
    if report["mismatched_keys"]:
        name, found, expected = sorted(report["mismatched_keys"])[0]
        raise ModelError(
            f"the weights of {model} do not fit its config.json: {name} is {list(found)}, "
            f"expected {list(expected)}. Save or download the model again."
        )
    if report["missing_keys"]:  # transformers would fill them with random numbers
        missing = sorted(report["missing_keys"])
        raise ModelError(
            f"{model} lacks {len(missing)} of its weights, {missing[0]} among them. Save or "
            f"download the model again."
        )
    return plain.eval().requires_grad_(False)


def _boot_native(folder: Path, device: str, dtype: torch.dtype) -> Booted:
    config = legacy.read_config(folder)
    own = any((folder / name).is_file() for name in _TOKENIZER_FILES)
    if not own and config.tokenizer is None:
        raise _no_tokenizer(str(folder))
    tokenizer = _tokenizer(str(folder) if own else str(config.tokenizer))
    sizes: dict[str, Any] = dict(config.sizes)
    bridge_config = TransformerBridgeConfig(
        **sizes,
        act_fn=config.act_fn,
        attn_only=config.attn_only,
        final_rms=config.final_rms,
        normalization_type=config.normalization,
        positional_embedding_type="standard",
        architecture=_NATIVE,
    )
    weights = legacy.read_weights(folder)
    try:
        plain = NativeModel(bridge_config).to(device, dtype).eval().requires_grad_(False)
        twin, original = _twin(plain)
        bridge = build_bridge_from_module(
            twin, _NATIVE, tl_config=bridge_config, dtype=dtype, device=device
        )
        named = convert_tl_checkpoint(weights, bridge_config)
        # models without an unembedding's bias: there is one, and it adds nothing
        named.setdefault("unembed.bias", torch.zeros(bridge_config.d_vocab))
        bridge.load_state_dict(named, strict=True)  # type: ignore[no-untyped-call,unused-ignore]
    except (ValueError, RuntimeError, KeyError) as error:
        raise _cannot_boot(str(folder), error) from error
    return Booted(plain, bridge, original, tokenizer, "transformer-lens", config.act_fn)


def _twin(plain: nn.Module) -> tuple[nn.Module, dict[nn.Module, nn.Module]]:
    """A copy of the modules around the same weights, and which is a copy of which."""
    shared = [*plain.parameters(), *plain.buffers()]
    twin: nn.Module = copy.deepcopy(plain, {id(tensor): tensor for tensor in shared})
    return twin, dict(zip(twin.modules(), plain.modules(), strict=True))


def _check_device(device: str) -> None:
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # torch built without a device asserts
        raise ModelError(
            f"no device {device!r} here ({_first_line(error)}). Give another with --device."
        ) from error


def _check_folder(folder: Path) -> None:
    if not (folder / "config.json").is_file():
        raise ModelError(
            f"{folder} is no model folder: it has no config.json. Name a folder that "
            f"save_pretrained wrote, or a published model."
        )
    if not any((folder / name).is_file() for name in _TOKENIZER_FILES):
        raise _no_tokenizer(str(folder))


def _tokenizer(model: str) -> PreTrainedTokenizerBase:
    """The model's own; the bridge's has special tokens added, which the model cannot read."""
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(model)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{model} has no tokenizer that can be read: {_first_line(error)}. Save one beside "
            f"the model (tokenizer.save_pretrained)."
        ) from error
    return tokenizer


def _no_tokenizer(folder: str) -> ModelError:
    return ModelError(
        f"{folder} has no tokenizer: expected {_TOKENIZER_FILES[0]} beside config.json. "
        f"Save the model's tokenizer into that folder (tokenizer.save_pretrained)."
    )


def _cannot_boot(model: str, error: Exception) -> ModelError:
    return ModelError(
        f"no model {model!r} that can be booted: {_first_line(error)}. Name a local folder or "
        f"a causal language model of the Hugging Face hub that transformer-lens supports."
    )


def _first_line(error: Exception) -> str:
    """What it says first, without a full stop; a line that announces another, with that."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if not lines:
        return type(error).__name__
    return (" ".join(lines[:2]) if lines[0].endswith(":") else lines[0]).removesuffix(".")
