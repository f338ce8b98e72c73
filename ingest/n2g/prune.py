"""Pruning: how much of the text before a firing token the neuron needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.layers import NeuronLayer
from ingest.n2g.evidence import FIRING, Text
from ingest.n2g.protocol import Activations, Trial, run_trials

LENGTHS = (0, 1, 2, 3, 4, 6, 8)
"""Tokens of context that are tried, the shortest first."""
KEPT = 0.5
"""A suffix is enough if it keeps more than this share of the activation."""
PIVOTS = 12
"""Firing places per neuron that experiments are made on."""


@dataclass(frozen=True, slots=True)
class Pivot:
    """A place where a neuron fires, and the text before it."""

    neuron: int
    """Place within the layer, from 0."""
    tokens: tuple[int, ...]
    """The text up to the place; its own token is the last."""
    activation: float
    """What the neuron has there, in the text as it stands."""


def pivots_of(neuron: int, texts: Sequence[Text], maximum: float) -> list[Pivot]:
    """The firing places of the texts, the strongest first, each bigram once, at most `PIVOTS`."""
    places = [
        (-float(text.shares[at]), number, int(at))
        for number, text in enumerate(texts)
        for at in np.flatnonzero(text.shares >= FIRING)
    ]
    found: list[Pivot] = []
    seen: set[tuple[int, ...]] = set()
    for share, number, at in sorted(places):
        until = tuple(texts[number].tokens[max(0, at - max(LENGTHS)) : at + 1].tolist())
        if until[-2:] not in seen and len(found) < PIVOTS:
            seen.add(until[-2:])
            found.append(Pivot(neuron, until, -share * maximum))
    return found


def prune(
    pivots: Sequence[Pivot], *, model: Activations, layer: NeuronLayer, begin: int | None
) -> list[Pivot | None]:
    """Each pivot with the shortest context that keeps enough of its activation, measured again.

    None where even the longest that is tried does not: it needs more than that.
    """
    trials = [
        (number, Trial(pivot.neuron, pivot.tokens[-1 - length :]))
        for number, pivot in enumerate(pivots)
        for length in LENGTHS
        if length < len(pivot.tokens)
    ]
    values = run_trials([trial for _, trial in trials], model=model, layer=layer, begin=begin)
    found: list[Pivot | None] = [None] * len(pivots)
    for (number, trial), value in zip(trials, values.tolist(), strict=True):
        if found[number] is None and value > KEPT * pivots[number].activation:
            found[number] = Pivot(trial.neuron, trial.tokens, value)
    return found
