"""Which products become relationships, their weights as they are stored, and their ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64, Int64

from ingest.weights.strongest import Candidates

_Rows = Int64[np.ndarray, " _"]
_DIGITS = 7
"""Significant digits kept of a weight: as many as a model's own float32 weights have."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Relationships from neurons of one layer, by neuron and rank."""

    neurons: Int64[np.ndarray, " edge"]
    """Place within the layer, from 0."""
    targets: Int64[np.ndarray, " edge"]
    """What it leads to, as a number from 0; no target twice for one neuron."""
    weights: Float64[np.ndarray, " edge"]
    """Signed, not zero."""
    ranks: Int64[np.ndarray, " edge"]
    """Place among the neuron's by size, whatever the sign, from 1; equals by target."""

    def where(self, chosen: Bool[np.ndarray, " edge"]) -> Edges:
        """Those that are chosen."""
        columns = (self.neurons, self.targets, self.weights, self.ranks)
        return Edges(*(column[chosen] for column in columns))


def ranked(candidates: Candidates, kept: int) -> Edges:
    """Of each neuron the targets of the `kept` largest positive and negative weights.

    Candidates that share target and sign are one, with the weight that is largest in size. Of
    equal weights at the end those of lower targets are kept. A target that is there with both
    signs then stays with the larger weight alone, or the positive one of equals.
    """
    n_neurons, n_candidates = candidates.targets.shape
    neurons = np.repeat(np.arange(n_neurons) + candidates.first, n_candidates)
    targets, weights = candidates.targets.ravel(), rounded(candidates.weights.ravel())
    size, negative = -abs(weights), weights < 0
    n_targets = targets.max(initial=0) + 1
    end = neurons * 2 + negative

    def ordered(rows: _Rows, *by: np.ndarray) -> _Rows:
        found: _Rows = rows[np.lexsort([column[rows] for column in reversed(by)])]
        return found

    def once(rows: _Rows, keys: Int64[np.ndarray, " candidate"]) -> _Rows:
        rows = ordered(rows, keys, size, negative)
        first: _Rows = rows[_places(keys[rows]) == 1]
        return first

    rows = ordered(once(np.flatnonzero(weights), end * n_targets + targets), end, size, targets)
    rows = rows[_places(end[rows]) <= kept]
    rows = ordered(once(rows, neurons * n_targets + targets), neurons, size, targets)
    return Edges(neurons[rows], targets[rows], weights[rows], _places(neurons[rows]))


def joined(parts: Sequence[Edges]) -> Edges:
    """Those of stretches that follow each other."""
    columns = ((part.neurons, part.targets, part.weights, part.ranks) for part in parts)
    return Edges(*(np.concatenate(column) for column in zip(*columns, strict=True)))


def rounded(weights: Float64[np.ndarray, " weight"]) -> Float64[np.ndarray, " weight"]:
    """The weights as they are stored; -0.0 becomes 0.0."""
    sizes = np.where(weights == 0, 1.0, abs(weights))
    digits = _DIGITS - 1 - np.floor(np.log10(sizes))
    # Powers of ten are exact up to 1e22, those below 1 never are: so multiply or divide.
    up, down = 10.0 ** np.maximum(digits, 0), 10.0 ** np.maximum(-digits, 0)
    stored: Float64[np.ndarray, " weight"] = np.round(weights * up / down) * down / up + 0.0
    return stored


def _places(groups: Int64[np.ndarray, " row"]) -> Int64[np.ndarray, " row"]:
    """The place of each row within its group, from 1; the rows of a group stand together."""
    at = np.arange(len(groups))
    begins = np.ones(len(groups), bool)
    begins[1:] = groups[1:] != groups[:-1]
    return at - np.maximum.accumulate(np.where(begins, at, 0)) + 1
