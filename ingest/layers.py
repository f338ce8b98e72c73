"""Layers of neurons, and which of them are meant: `0-4`, `2`, `0,2,5-7`, `3-res-jb`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.errors import ModelError

_RANGE = re.compile(r"(\d+)(?:-(\d+))?\Z")


@dataclass(frozen=True, slots=True)
class NeuronLayer:
    """A set of neurons that are read at one hook point."""

    name: str
    """The layer's part of its neurons' ids: `3`, `6-res-jb`."""
    index: int
    """The transformer block that it belongs to, from 0."""
    kind: str
    """`mlp` or `sae`."""
    hook_point: str
    """Where its activations are read, in TransformerLens's names."""
    n_neurons: int


def in_order(layers: Sequence[NeuronLayer]) -> tuple[NeuronLayer, ...]:
    """By block, then by name."""
    return tuple(sorted(layers, key=lambda layer: (layer.index, layer.name)))


def parse_layers(
    text: str | None, layers: Sequence[NeuronLayer], model: str
) -> tuple[NeuronLayer, ...]:
    """Those of a model's `layers` that `text` names, in their order.

    A number, or either end of a range, is the name of an MLP layer, which is its block's. None
    stands for all autoencoders, or all MLPs where there are no autoencoders.
    Raises ModelError if a layer does not exist, the text names none, or the model has none.
    """
    if not layers:
        raise ModelError(
            f"{model} has no neurons that can be read: its blocks have no MLP, or a mixture of "
            f"experts. Give a sparse autoencoder of it with --sae."
        )
    if text is None:
        return in_order([layer for layer in layers if layer.kind == "sae"] or layers)
    by_name = {layer.name: layer for layer in layers}
    found: dict[str, NeuronLayer] = {}
    for part in map(str.strip, text.split(",")):
        for name in [part] if part in by_name else _names(part, text):
            if name not in by_name:
                raise ModelError(
                    f"{model} has no layer {name}: it has {_listed(layers)}. Name some of these "
                    f"with --layers."
                )
            found[name] = by_name[name]
    return in_order(list(found.values()))


def _names(part: str, text: str) -> list[str]:
    """The names that a number or a range stands for; anything with a letter is a name itself."""
    match = _RANGE.match(part)
    if match is None and re.match(r"\d+-\D", part):
        return [part]
    if match is None or (match[2] and int(match[2]) < int(match[1])):
        raise ModelError(f"{text!r} names no layers. Expected such as 2, 0-4 or 0,2,5-7.")
    return [str(number) for number in range(int(match[1]), int(match[2] or match[1]) + 1)]


def _listed(layers: Sequence[NeuronLayer]) -> str:
    mlps = [layer for layer in layers if layer.kind == "mlp"]
    counted = f"{len(mlps)}, counted from 0 to {mlps[-1].name}" if mlps else "no MLP layer"
    others = [layer.name for layer in layers if layer.kind != "mlp"]
    return ", and ".join([counted, *([", ".join(others)] if others else [])])


def parse_neurons(text: str | None, layer: NeuronLayer, model: str) -> frozenset[int]:
    """Places within the layer that `text` names, such as `17`, `0-99` or `3,17,40-49`; all if None.

    Raises ModelError if a neuron does not exist, or the text names none.
    """
    if text is None:
        return frozenset(range(layer.n_neurons))
    found: set[int] = set()
    for part in map(str.strip, text.split(",")):
        match = _RANGE.match(part)
        if match is None or (match[2] and int(match[2]) < int(match[1])):
            raise ModelError(f"{text!r} names no neurons. Expected such as 17, 0-99 or 3,17,40-49.")
        last = int(match[2] or match[1])
        if last >= layer.n_neurons:
            raise ModelError(
                f"layer {layer.name} of {model} has no neuron {last}: it has {layer.n_neurons}, "
                f"counted from 0. Name some of these with --neurons."
            )
        found.update(range(int(match[1]), last + 1))
    return frozenset(found)
