"""One neuron of an MLP per text, without computing the others.

What a neuron needs of its MLP's first matrices is one row: for N2G's short experiments, each
of which looks at one neuron, that saves most of the MLP.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from ingest.subject.boot import Booted
from ingest.subject.places import Place, Side

Activation = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Projection:
    """The weights from a block's MLP input to its neurons."""

    weight: Float[Tensor, "neuron model"]
    bias: Float[Tensor, " neuron"] | None

    def of(
        self, values: Float[Tensor, "batch position model"], neurons: Int[Tensor, " batch"]
    ) -> Float[Tensor, "batch position"]:
        """One neuron per row."""
        found = torch.bmm(values, self.weight[neurons].unsqueeze(-1)).squeeze(-1)
        return found if self.bias is None else found + self.bias[neurons].unsqueeze(-1)


@dataclass(frozen=True, slots=True)
class ColumnMlp:
    """An MLP of the form activation(in), or activation(gate) * in, as nearly all have."""

    place: Place
    """Its input."""
    activation: Activation
    """Element by element."""
    into: Projection
    gate: Projection | None

    def neurons(
        self, values: Float[Tensor, "batch position model"], neurons: Int[Tensor, " batch"]
    ) -> Float[Tensor, "batch position"]:
        """The activations of one neuron per row, given the MLP's input."""
        into = self.into.of(values, neurons)
        if self.gate is None:
            return self.activation(into)
        return self.activation(self.gate.of(values, neurons)) * into


def column_mlp(booted: Booted, block: int) -> ColumnMlp | None:
    """The MLP of a block, if it looks like one of that form.

    Looks alone prove nothing: whoever uses it compares it with the whole MLP once.
    """
    wrapped = dict(booted.bridge.blocks[block].named_children()).get("mlp")
    parts = {
        name: _original(booted, part) for name, part in getattr(wrapped, "submodules", {}).items()
    }
    container = _original(booted, wrapped)
    into, gate = parts.get("in"), parts.get("gate")
    if container is None or into is None or ("gate" in parts and gate is None):
        return None
    activations = [child for child in container.children() if _may_activate(child)]
    into_weights = _projection(into)
    gate_weights = None if gate is None else _projection(gate)
    if len(activations) != 1 or into_weights is None or (gate is not None and gate_weights is None):
        return None
    place = Place(into, Side.INPUT, lasting=True)
    return ColumnMlp(place, activations[0], into_weights, gate_weights)


def _original(booted: Booted, part: object) -> nn.Module | None:
    """The module of the plain model that a part of the bridge stands for."""
    if not isinstance(part, nn.Module):
        return None
    wrapped = dict(part.named_children()).get("_original_component")
    return None if wrapped is None else booted.original.get(wrapped)


def _may_activate(child: nn.Module) -> bool:
    return not isinstance(child, nn.Dropout) and next(child.parameters(), None) is None


def _projection(module: nn.Module) -> Projection | None:
    weight, bias = getattr(module, "weight", None), getattr(module, "bias", None)
    if not isinstance(weight, Tensor) or weight.dim() != 2:
        return None
    # transformers' Conv1D, in GPT-2, holds its matrix the other way round than torch's Linear
    rows = weight if isinstance(module, nn.Linear) else weight.T
    return Projection(rows, bias)
