"""Which products become relationships, their weights as they are stored, and their ranks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from ingest.weights.strongest import Candidates

_DIGITS = 7
"""Significant digits kept of a weight: as many as a model's own float32 weights have."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Relationships from some consecutive neurons, by neuron and rank."""

    neurons: Int64[np.ndarray, " edge"]
    """Place among these neurons, from 0."""
    targets: Int64[np.ndarray, " edge"]
    """What it leads to, as a number from 0; no target twice for one neuron."""
    weights: Float64[np.ndarray, " edge"]
    """Signed, not zero."""
    ranks: Int64[np.ndarray, " edge"]
    """Place among the neuron's by size, whatever the sign, from 1; equals by target."""


def ranked(candidates: Candidates, kept: int) -> Edges:
    """Of each neuron the `kept` largest positive and the `kept` smallest negative candidates.

    Where one neuron's candidates share a target, the one that is largest in size stands for
    them; of equal ones at the end, those of lower targets are kept.
    """
    weights = rounded(candidates.weights.ravel())
    targets = candidates.targets.ravel()
    neurons = np.repeat(np.arange(len(candidates.targets)), candidates.targets.shape[1])
    size = -abs(weights)
    pair = neurons * (targets.max(initial=0) + 1) + targets
    end = neurons * 2 + (weights < 0)
    rows = np.lexsort((-weights, size, pair))
    rows = rows[(_places(pair[rows]) == 1) & (weights[rows] != 0)]
    rows = rows[np.lexsort((targets[rows], size[rows], end[rows]))]
    rows = rows[_places(end[rows]) <= kept]
    rows = rows[np.lexsort((targets[rows], size[rows], neurons[rows]))]
    return Edges(neurons[rows], targets[rows], weights[rows], _places(neurons[rows]))


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
