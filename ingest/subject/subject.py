"""A booted model: which layers of neurons it has, and what they do on texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ingest.errors import ModelError
from ingest.layers import NeuronLayer, in_order
from ingest.progress import Silent
from ingest.sae_config import read_sae_config
from ingest.subject.boot import Booted, boot_parts
from ingest.subject.columns import ColumnMlp, column_mlp
from ingest.subject.memory import Parts
from ingest.subject.places import Place, read
from ingest.subject.sae import Sae, load_sae
from ingest.subject.survey import centred, mlp_layers, sae_layers
from ingest.subject.texts import definition, token_texts

_QUIET = Silent().note
_CHECKED_ROWS = 32
"""Texts, and neurons, on which a layer's single neurons are compared with the whole layer."""


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
    activation_function: str | None
    """Of the MLPs; None if the model's configuration does not say."""
    n_context: int
    """Most tokens that it reads at once, the one that begins a text included."""


class Subject:
    """A booted model, its tokenizer, and the sparse autoencoders that read it."""

    def __init__(
        self,
        booted: Booted,
        saes: Sequence[Sae] = (),
        note: Callable[[str], None] = _QUIET,
    ) -> None:
        self.bridge = booted.bridge
        """The model by TransformerLens's names, to look weights up. It shares them with what
        runs here; running it instead takes up to twice as long."""
        self.saes = {sae.config.name: sae for sae in saes}
        """By layer name."""
        config: Any = booted.bridge.cfg
        self.shape = Shape(
            family=booted.family,
            n_layers=config.n_layers,
            d_model=config.d_model,
            d_mlp=config.d_mlp,
            vocab_size=config.d_vocab,
            activation_function=booted.activation_function,
            n_context=config.n_ctx,
        )
        self.texts = token_texts(booted.tokenizer)
        self._booted = booted
        self._embedded = _embedded(booted)
        begin: Any = booted.tokenizer.bos_token_id
        self.begin: int | None = None if begin is None or begin >= self._embedded else begin
        """The token that begins every text; None if there is none, or the model cannot read it."""
        self._parts = Parts(note)
        self._columns: dict[str, ColumnMlp | None] = {}
        self._device = next(booted.plain.parameters()).device
        found = [*mlp_layers(booted), *sae_layers(booted, saes)]
        self._places = {layer.name: place for layer, place in found}
        self.layers = in_order([layer for layer, _ in found])
        """All that it has, by block and name."""

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids of each text, without special tokens.

        Half of a UTF-16 pair, which JSON can hold and no tokenizer takes, is read as U+FFFD.
        """
        whole = [
            text
            if text.isascii()
            else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            for text in texts
        ]
        encoded: list[list[int]] = self._booted.tokenizer(
            whole, add_special_tokens=False, verbose=False
        )["input_ids"]
        return encoded

    def tokenizer_definition(self) -> str | None:
        """The tokenizer as the library `tokenizers` reads it; None if it has no such form."""
        return definition(self._booted.tokenizer)

    def each(
        self, tokens: Int[Tensor, "batch position"], layers: Sequence[NeuronLayer]
    ) -> Iterator[tuple[NeuronLayer, Float[Tensor, "batch position neuron"]]]:
        """One layer after the other, each with its neurons' activations.

        They are float32 and stay on the model's device, which runs once, and no further than
        needed. An autoencoder's latents are made when their turn comes: of those there is one
        layer in memory, unless the caller keeps them. Raises ModelError for a token that the
        model cannot read.
        """
        values = self._read(tokens, [self._places[layer.name] for layer in layers])
        waiting = [self._places[layer.name] for layer in layers]
        for layer in layers:
            place = waiting.pop(0)
            found = values[place] if place in waiting else values.pop(place)
            yield layer, self._activations(layer, found)

    def activations(
        self, tokens: Int[Tensor, "batch position"], layers: Sequence[NeuronLayer]
    ) -> dict[str, Float[Tensor, "batch position neuron"]]:
        """The same by the layers' names, all at once."""
        return {layer.name: found for layer, found in self.each(tokens, layers)}

    def columns(
        self,
        tokens: Int[Tensor, "batch position"],
        layer: NeuronLayer,
        neurons: Int[Tensor, " batch"],
    ) -> Float[Tensor, "batch position"]:
        """One neuron per row: `ingest.n2g.protocol.Activations`.

        Float32, on the model's device. Where it can be, only these neurons are computed.
        """
        neurons = neurons.to(self._device)
        sae = self.saes.get(layer.name)
        if sae is not None:
            place = self._places[layer.name]
            return sae.column(self._read(tokens, [place])[place], neurons)
        if layer.name not in self._columns:
            self._columns[layer.name] = self._column_mlp(layer)
        mlp = self._columns[layer.name]
        if mlp is None:
            whole = self.activations(tokens, [layer])[layer.name]
            return whole[torch.arange(len(whole), device=self._device), :, neurons]
        return mlp.neurons(self._read(tokens, [mlp.place])[mlp.place], neurons).float()

    def _column_mlp(self, layer: NeuronLayer) -> ColumnMlp | None:
        """A way to compute single neurons, if it gives what the whole layer gives.

        That is found out on texts of its own, so that it does not depend on what is read first.
        """
        mlp, place = column_mlp(self._booted, layer.index), self._places[layer.name]
        if mlp is None:
            return None
        rows = torch.arange(_CHECKED_ROWS, device=self._device)
        position = torch.arange(min(4, self.shape.n_context), device=self._device)
        values = self._read((rows[:, None] + position) % self._embedded, [mlp.place, place])
        neurons = rows * (layer.n_neurons // _CHECKED_ROWS or 1) % layer.n_neurons
        expected = values[place][rows, :, neurons]
        found = mlp.neurons(values[mlp.place], neurons)
        largest = float(expected.abs().max())
        close = torch.finfo(found.dtype).eps ** 0.5 * largest
        return mlp if largest and torch.allclose(found, expected, rtol=0, atol=close) else None

    def _activations(
        self, layer: NeuronLayer, values: Float[Tensor, "batch position _"]
    ) -> Float[Tensor, "batch position neuron"]:
        sae = self.saes.get(layer.name)
        if sae is None:
            return values.float()
        return _joined(self._parts.run(len(values), lambda rows: sae.encode(values[rows])))

    def _read(
        self, tokens: Int[Tensor, "batch position"], places: Sequence[Place]
    ) -> dict[Place, Float[Tensor, "batch position _"]]:
        """What is at the places, after a check that the model can read the tokens."""
        if tokens.numel() and int(tokens.max()) >= self._embedded:
            token = int(tokens.max())
            text = repr(self.texts[token]) if token < len(self.texts) else "not in its tokenizer"
            raise ModelError(
                f"the model cannot read token {token} ({text}): it has embeddings of "
                f"{self._embedded} tokens. Use the tokenizer that it was trained with."
            )
        given = tokens.to(self._device).long()
        parts = self._parts.run(
            len(given), lambda rows: read(self._booted.plain, given[rows], places)
        )
        return {place: _joined([part[place] for part in parts]) for place in places}


def boot(
    model: str,
    device: str,
    dtype: str = "float32",
    *,
    saes: Sequence[Path] = (),
    note: Callable[[str], None] = _QUIET,
) -> Subject:
    """The model with this name, or in this folder, and sparse autoencoders that read it.

    `dtype` (float32, bfloat16 or float16) is what the model computes in; activations are
    float32 all the same. `note` is told when the device's memory is too small for a batch.
    Raises ModelError if there is no such model, it has no tokenizer, transformer-lens cannot
    boot it, or an autoencoder is not supported or not of this model.
    """
    configs = [read_sae_config(folder) for folder in saes]
    names = [config.name for config in configs]
    twice = next((config for config in configs if names.count(config.name) > 1), None)
    if twice is not None:
        raise ModelError(
            f"two sparse autoencoders would be called {twice.name}. Rename the folder of one."
        )
    booted = boot_parts(model, device, dtype)
    loaded = [load_sae(config, device, centre=centred(config, booted)) for config in configs]
    return Subject(booted, loaded, note)


def _embedded(booted: Booted) -> int:
    """How many tokens the model has embeddings of."""
    embedding: Any = booted.bridge.embed
    return int(embedding.weight.shape[0])


def _joined(parts: list[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.cat(parts)
