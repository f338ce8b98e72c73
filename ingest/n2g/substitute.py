"""Experiments: the neuron where it fires, with one of the tokens before replaced by a likely other.

A text on which a neuron fires does not say which of its tokens matter. The model does: each of
the nearest tokens of a firing place is replaced by those that most often stand before the token
that follows, and the model reads each. What still fires widens the graph, what no longer does is
counter-evidence, and what is lost on average is how important the token was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int32

from ingest.layers import NeuronLayer
from ingest.n2g.evidence import FIRING, Evidence, Text
from ingest.n2g.protocol import Activations, Trial, run_trials

CONTEXT = 8
"""Tokens of a firing place that the model reads: the place's own and those before."""
DISTANCES = (1, 2)
"""Which tokens are replaced: the one before, and the one before that."""
REPLACEMENTS = 6
"""Tokens that each is replaced by, at most."""
PIVOTS = 24
"""Firing places per neuron that are looked at."""
KEPT = 0.5
"""Of its activation in the whole text a place must keep more than this share in its context."""
SURE = 0.7
"""A replacement that keeps the neuron between firing and this share says nothing: what the
model does in so short a text is not exactly what it does in a long one."""
WEIGHT = 0.1
"""What one experiment weighs, as share of a firing place in a text."""


@dataclass(frozen=True, slots=True)
class Pivot:
    """A place where a neuron fires."""

    neuron: int
    """Place within the layer, from 0."""
    tokens: tuple[int, ...]
    """At most `CONTEXT` tokens; its own is the last."""
    share: float
    """Share of the maximum that the neuron has there."""
    maximum: float
    """Largest activation of the neuron: what a share of 1 stands for."""


@dataclass(frozen=True, slots=True)
class Tested:
    """What the experiments on one pivot found."""

    pivot: Pivot
    importance: tuple[float | None, ...]
    """For each of `DISTANCES` the share of the activation that is lost without the token, 0 to 1;
    None where nothing else stands before the token that follows."""
    contexts: Int32[np.ndarray, "trial back"]
    """The replaced texts, as in `Evidence`."""
    shares: Float[np.ndarray, " trial"]
    """Share of the maximum at their ends, as if in a whole text."""


@dataclass(frozen=True, slots=True)
class Predecessors:
    """Which tokens stand before each token in a corpus, the most frequent first."""

    starts: np.ndarray
    tokens: np.ndarray

    @classmethod
    def of(cls, corpus: Int32[np.ndarray, " token"], vocabulary: int) -> Predecessors:
        """Those of a stream of token ids; ties go to the smaller id."""
        pairs = corpus[1:].astype(np.int64) * vocabulary + corpus[:-1]
        found, counts = np.unique(pairs, return_counts=True)
        after, before = found // vocabulary, found % vocabulary
        order = np.lexsort((before, -counts, after))
        starts = np.searchsorted(after, np.arange(vocabulary + 1))
        return cls(starts, before[order])

    def before(self, token: int, most: int) -> list[int]:
        """At most `most` tokens."""
        first, end = int(self.starts[token]), int(self.starts[token + 1])
        listed: list[int] = self.tokens[first : min(end, first + most)].tolist()
        return listed


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
        until = tuple(texts[number].tokens[max(0, at + 1 - CONTEXT) : at + 1].tolist())
        if until[-2:] not in seen:
            seen.add(until[-2:])
            found.append(Pivot(neuron, until, -share, maximum))
            if len(found) == PIVOTS:
                break
    return found


def substitute(
    pivots: Sequence[Pivot],
    *,
    model: Activations,
    layer: NeuronLayer,
    begin: int | None,
    predecessors: Predecessors,
) -> list[Tested]:
    """Test the pivots of many neurons together; those that need more context are left out."""
    alone = [Trial(pivot.neuron, pivot.tokens) for pivot in pivots]
    base = run_trials(alone, model=model, layer=layer, begin=begin)
    enough = [
        (pivot, float(value))
        for pivot, value in zip(pivots, base, strict=True)
        if np.isfinite(value) and value > KEPT * pivot.share * pivot.maximum
    ]
    trials = [_replaced(pivot, predecessors) for pivot, _ in enough]
    flat = [Trial(p.neuron, t) for (p, _), of in zip(enough, trials, strict=True) for _, t in of]
    values = run_trials(flat, model=model, layer=layer, begin=begin)
    ends = np.cumsum([len(of) for of in trials])[:-1]
    parts = np.split(values, ends) if trials else []
    return [
        _tested(pivot, alone_value, of, part)
        for (pivot, alone_value), of, part in zip(enough, trials, parts, strict=True)
    ]


def evidence_of(tested: Sequence[Tested], weight: float, depth: int) -> Evidence:
    """What the experiments say of the neuron; `weight` is that of a firing place in a text."""
    contexts = [_widened(one.contexts, depth) for one in tested]
    shares = np.concatenate([np.zeros(0), *(one.shares for one in tested)])
    found = Evidence(
        np.concatenate([np.zeros((0, depth + 1), np.int32), *contexts]),
        shares,
        np.full(len(shares), WEIGHT * weight),
    )
    return found.those((shares < FIRING) | (shares >= SURE))


def _replaced(pivot: Pivot, predecessors: Predecessors) -> list[tuple[int, tuple[int, ...]]]:
    """The pivot's text with one token replaced, each with the distance of that token."""
    found = []
    for distance in DISTANCES:
        at = len(pivot.tokens) - 1 - distance
        if at < 0:
            break
        for token in predecessors.before(pivot.tokens[at + 1], REPLACEMENTS):
            if token != pivot.tokens[at]:
                found.append((distance, (*pivot.tokens[:at], token, *pivot.tokens[at + 1 :])))
    return found


def _tested(
    pivot: Pivot,
    alone: float,
    trials: Sequence[tuple[int, tuple[int, ...]]],
    values: Float[np.ndarray, " trial"],
) -> Tested:
    finite = np.isfinite(values)  # half precision overflows where the corpus may not
    kept = values[finite] / alone
    distances = np.array([distance for distance, _ in trials], np.int64)[finite]
    importance: list[float | None] = []
    for distance in DISTANCES:
        mine = kept[distances == distance]
        importance.append(float(np.clip(1 - mine.mean(), 0, 1)) if mine.size else None)
    width = len(pivot.tokens)
    contexts = np.array([tokens[::-1] for _, tokens in trials], np.int32).reshape(-1, width)
    return Tested(pivot, tuple(importance), contexts[finite], kept * pivot.share)


def _widened(contexts: Int32[np.ndarray, "trial back"], depth: int) -> np.ndarray:
    """Cut to the depth, or filled up with -1, the beginning."""
    missing = max(0, depth + 1 - contexts.shape[1])
    return np.pad(contexts[:, : depth + 1], ((0, 0), (0, missing)), constant_values=-1)
