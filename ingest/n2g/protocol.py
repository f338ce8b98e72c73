"""The model as N2G sees it, and experiments on many neurons that share its batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Float64, Int
from torch import Tensor

from ingest.layers import NeuronLayer

_TOKENS_AT_ONCE = 4096
"""Tokens per batch: enough to keep a CPU busy, few enough for the caches."""


@runtime_checkable
class Activations(Protocol):
    """Runs the model up to a layer."""

    def __call__(
        self,
        tokens: Int[Tensor, "batch position"],
        layer: NeuronLayer,
        neurons: Int[Tensor, " batch"],
    ) -> Float[Tensor, "batch position"]:
        """The activations of one neuron per row."""
        ...


@dataclass(frozen=True, slots=True)
class Trial:
    """A short text to run, for what one neuron does at its end."""

    neuron: int
    """Place within the layer, from 0."""
    tokens: tuple[int, ...]
    """Token ids, without the one that begins a text; the last is looked at."""


def run_trials(
    trials: Sequence[Trial], *, model: Activations, layer: NeuronLayer, begin: int | None
) -> Float64[np.ndarray, " trial"]:
    """The activation of each trial's neuron at the trial's last token.

    Trials of many neurons are sorted by length and go through the model together. The
    batches depend on the trials only, so that the same trials give the same numbers.
    """
    found = np.zeros(len(trials))
    order = sorted(range(len(trials)), key=lambda at: (len(trials[at].tokens), at))
    before = [] if begin is None else [begin]
    for batch in _batches(order, [len(trial.tokens) + len(before) for trial in trials]):
        rows = [[*before, *trials[at].tokens] for at in batch]
        longest = max(map(len, rows))
        tokens = torch.tensor([row + [0] * (longest - len(row)) for row in rows])
        neurons = torch.tensor([trials[at].neuron for at in batch])
        ends = torch.tensor([len(row) - 1 for row in rows])
        values = model(tokens, layer, neurons)
        found[batch] = values[torch.arange(len(rows)), ends].cpu().double().numpy()
    return found


def _batches(order: Sequence[int], lengths: Sequence[int]) -> list[list[int]]:
    """`order` in stretches of at most `_TOKENS_AT_ONCE` tokens, padding included."""
    batches: list[list[int]] = []
    for at in order:
        if not batches or (len(batches[-1]) + 1) * lengths[at] > _TOKENS_AT_ONCE:
            batches.append([])
        batches[-1].append(at)
    return batches
