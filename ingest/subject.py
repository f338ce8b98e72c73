"""The language model whose neurons are looked at: the one module that knows transformer-lens.

Activations are read at `blocks.{layer}.mlp.hook_post`, for gated MLPs too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from transformer_lens.model_bridge import TransformerBridge
from transformer_lens.model_bridge.exceptions import StopAtLayerException
from transformers import AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils import logging as transformers_logging

from ingest.errors import ModelError
from ingest.layers import NeuronLayer
from ingest.pieces import PieceStyle, piece_text

_TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "vocab.json", "tokenizer_config.json")


def use_threads(count: int) -> None:
    """Let the model use this many CPU threads."""
    torch.set_num_threads(count)


def hook_point(block: int) -> str:
    """Where the neurons of a block's MLP are read, in TransformerLens's names."""
    return f"blocks.{block}.mlp.hook_post"


@dataclass(frozen=True, slots=True)
class Shape:
    """What the graph says of a model."""

    family: str
    """Architecture, such as `llama`."""
    n_layers: int
    d_model: int
    d_mlp: int
    """Neurons per MLP."""
    vocab_size: int
    activation_function: str
    n_context: int
    """Most tokens that it reads at once, the one that begins a text included."""


class Subject:
    """A booted model and its tokenizer."""

    def __init__(self, bridge: TransformerBridge, tokenizer: PreTrainedTokenizerBase) -> None:
        self.bridge = bridge
        """The model: its parts and weights by TransformerLens's names, and the original."""
        self._tokenizer = tokenizer
        config: Any = bridge.cfg
        original: Any = bridge.original_model
        self.shape = Shape(
            family=str(original.config.model_type),
            n_layers=config.n_layers,
            d_model=config.d_model,
            d_mlp=config.d_mlp,
            vocab_size=config.d_vocab,
            activation_function=str(config.act_fn),
            n_context=config.n_ctx,
        )
        self.layers = tuple(
            NeuronLayer(str(block), block, "mlp", hook_point(block), config.d_mlp)
            for block in range(config.n_layers)
        )
        self.begin: int | None = tokenizer.bos_token_id  # type: ignore[assignment,unused-ignore]
        self.texts = _texts(tokenizer)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without special tokens."""
        encoded: list[list[int]] = self._tokenizer(
            list(texts), add_special_tokens=False, verbose=False
        )["input_ids"]
        return encoded

    def activations(
        self, tokens: Int[Tensor, "batch position"], layers: Sequence[NeuronLayer]
    ) -> dict[str, Float[Tensor, "batch position neuron"]]:
        """The neurons' activations in `layers`, by the layers' names.

        They are float32 and stay on the model's device. The model runs no further than needed.
        """
        found: dict[str, Tensor] = {}
        last = max(layer.index for layer in layers)

        def keep(layer: NeuronLayer, value: Tensor) -> None:
            found[layer.name] = value.detach().float()
            if layer.index == last:
                raise StopAtLayerException(value)

        hooks: list[tuple[str | Callable[..., Any], Callable[..., Any]]] = [
            (layer.hook_point, lambda value, hook, layer=layer: keep(layer, value))
            for layer in layers
        ]
        with torch.inference_mode():
            self.bridge.run_with_hooks(
                tokens.to(self.bridge.cfg.device).long(),
                return_type=None,
                stop_at_layer=last + 1,
                fwd_hooks=hooks,
            )
        return found

    def columns(
        self,
        tokens: Int[Tensor, "batch position"],
        layer: NeuronLayer,
        neurons: Int[Tensor, " batch"],
    ) -> Float[Tensor, "batch position"]:
        """One neuron per row: `ingest.n2g.protocol.Activations`."""
        whole = self.activations(tokens, [layer])[layer.name]
        return whole[torch.arange(len(whole)), :, neurons]


def boot(model: str, device: str) -> Subject:
    """The model with this name, or in this folder.

    Raises ModelError if there is none, it has no tokenizer, or transformer-lens cannot boot it.
    """
    folder = Path(model)
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise ModelError(
                f"{model} is no model folder: it has no config.json. Name a folder that "
                f"save_pretrained wrote, or a published model."
            )
        if not any((folder / name).is_file() for name in _TOKENIZER_FILES):
            raise ModelError(
                f"{model} has no tokenizer: expected {_TOKENIZER_FILES[0]} beside config.json. "
                f"Save the model's tokenizer into that folder (tokenizer.save_pretrained)."
            )
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:  # torch built without a device asserts
        first = str(error).splitlines()[0]
        raise ModelError(
            f"no device {device!r} here ({first}). Give another with --device."
        ) from error
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call,unused-ignore]
    try:
        bridge = TransformerBridge.boot_transformers(model, device=device)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"no model {model!r} that can be booted: {_first_line(error)} Name a local folder or "
            f"a causal language model of the Hugging Face hub that transformer-lens supports."
        ) from error
    return Subject(bridge, _tokenizer(model))


def _tokenizer(model: str) -> PreTrainedTokenizerBase:
    """The model's own; the bridge's has special tokens added, which the model cannot read."""
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(model)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"{model} has no tokenizer that can be read: {_first_line(error)} Save one beside "
            f"the model (tokenizer.save_pretrained)."
        ) from error
    return tokenizer


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0] if text else type(error).__name__


def _texts(tokenizer: PreTrainedTokenizerBase) -> tuple[str, ...]:
    """The exact text of every token id; ids that no piece stands for are `<token 123>`."""
    style = _style(tokenizer)
    literal = {place: str(token) for place, token in tokenizer.added_tokens_decoder.items()}
    pieces = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    return tuple(
        literal.get(place) or piece_text(piece or "", style) or f"<token {place}>"
        for place, piece in enumerate(pieces)
    )


def _style(tokenizer: PreTrainedTokenizerBase) -> PieceStyle:
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        return PieceStyle.METASPACE
    decoder = json.loads(backend.to_str()).get("decoder") or {}
    parts = [decoder, *decoder.get("decoders", [])]
    byte_level = any(part.get("type") == "ByteLevel" for part in parts)
    return PieceStyle.BYTE_LEVEL if byte_level else PieceStyle.METASPACE
