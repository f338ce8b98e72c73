"""Runs of the model on short texts, read at every token."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64

from ingest.layers import NeuronLayer
from ingest.n2g.protocol import Activations

_TOKENS_AT_ONCE = 4096
"""Tokens per batch, padding included."""

Values = Float64[np.ndarray, " position"]


@dataclass(frozen=True, slots=True)
class Window:
    """A short text to run, for one neuron."""

    neuron: int
    """Place within the layer, from 0."""
    tokens: tuple[int, ...]
    """Token ids, at least one, without the one that begins a text."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The model, as far as one layer."""

    model: Activations
    layer: NeuronLayer
    begin: int | None
    """The token that begins a text, if the model has one."""

    def __call__(self, windows: Sequence[Window]) -> list[Values]:
        """The activations of each window's neuron on each of its tokens.

        Windows of many neurons are sorted by length and run together. The batches depend on
        the windows only, so that the same windows give the same numbers.
        """
        found = [np.zeros(0)] * len(windows)
        before = () if self.begin is None else (self.begin,)
        for batch in _batches([len(before) + len(window.tokens) for window in windows]):
            rows = [(*before, *windows[at].tokens) for at in batch]
            longest = max(map(len, rows))
            tokens = torch.tensor([row + (0,) * (longest - len(row)) for row in rows])
            neurons = torch.tensor([windows[at].neuron for at in batch])
            values = self.model(tokens, self.layer, neurons).cpu().double().numpy()
            for at, row, mine in zip(batch, rows, values, strict=True):
                found[at] = mine[len(before) : len(row)]
        return found


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of `lengths`, the shortest first, in batches of at most `_TOKENS_AT_ONCE` tokens."""
    batch: list[int] = []
    for at in sorted(range(len(lengths)), key=lambda at: (lengths[at], at)):
        if batch and (len(batch) + 1) * lengths[at] > _TOKENS_AT_ONCE:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch
