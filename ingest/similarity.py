"""Which neurons are alike: those that fire on the same tokens, as strongly.

The measure is the weighted Jaccard similarity of the neurons' activating tokens,

    sum over tokens of idf(t) * min(a(t), b(t))  /  sum over tokens of idf(t) * max(a(t), b(t)),

where a(t) and b(t) are the activations on token t as shares of the neurons' maxima, 0 where
they do not fire, and idf(t) = ln(1 + N / n(t)) for n(t) of N neurons that fire on t: to share
a rare token says more. It is 1 for equal sets and 0 for neurons without a common token.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

MEASURE = "shared_tokens"
KEPT = 10
"""Neighbours kept per neuron, of all and of those in other layers."""
_BLOCK_PAIRS = 4_000_000
"""Pairs of neurons with a common token that are looked at together: about 200 MB."""


@dataclass(frozen=True, slots=True)
class Firing:
    """Which neuron fires on which token, by neuron: row `i` stands between its bounds."""

    bounds: Int[np.ndarray, " neuron_and_end"]
    """Neuron `i` has the entries from `bounds[i]` up to `bounds[i + 1]`."""
    tokens: Int[np.ndarray, " entry"]
    """Token of each entry, from 0; no token twice in a neuron."""
    shares: Float[np.ndarray, " entry"]
    """Activation as share of the neuron's maximum, above 0."""
    layers: Int[np.ndarray, " neuron"]
    """Layer of each neuron."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One neuron that is like another."""

    neuron: int
    other: int
    similarity: float
    """Above 0, up to 1."""
    n_shared: int
    """Tokens that both fire on."""
    rank: int | None
    """Place among all, from 1; None below the kept."""
    cross_layer_rank: int | None
    """Place among those in other layers, from 1; None within a layer or below the kept."""


def neighbours(firing: Firing, kept: int = KEPT) -> Iterator[Neighbour]:
    """The most similar neurons of each neuron, by neuron and then by similarity.

    Equally similar ones stand in the order of their places. Only pairs with a common token
    are ever looked at, a block of neurons at a time.
    """
    n_neurons = len(firing.layers)
    n_tokens = int(firing.tokens.max()) + 1 if firing.tokens.size else 0
    owners = np.repeat(np.arange(n_neurons), np.diff(firing.bounds))
    fires_on = np.bincount(firing.tokens, minlength=n_tokens)
    weights = np.log1p(n_neurons / np.maximum(fires_on, 1))[firing.tokens] * firing.shares
    totals = np.bincount(owners, weights, minlength=n_neurons)
    by_token = np.argsort(firing.tokens, kind="stable")
    starts = np.concatenate([[0], np.cumsum(fires_on)])
    pairs = np.bincount(owners, fires_on[firing.tokens], minlength=n_neurons).astype(np.float64)
    for first, last in _blocks(pairs):
        entries = np.arange(firing.bounds[first], firing.bounds[last])
        tokens = firing.tokens[entries]
        lengths = fires_on[tokens]
        mine = np.repeat(entries, lengths)
        within = np.arange(len(mine)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        theirs = by_token[np.repeat(starts[tokens], lengths) + within]
        pair = (owners[mine] - first) * n_neurons + owners[theirs]
        common = np.minimum(weights[mine], weights[theirs])
        found, place, shared = np.unique(pair, return_inverse=True, return_counts=True)
        overlap = np.bincount(place, common, minlength=len(found))
        neuron, other = found // n_neurons + first, found % n_neurons
        differ = neuron != other
        neuron, other, overlap = neuron[differ], other[differ], overlap[differ]
        union = totals[neuron] + totals[other] - overlap
        similarity = np.minimum(overlap / union, 1.0)
        yield from _best(neuron, other, similarity, shared[differ], layers=firing.layers, kept=kept)


def _blocks(pairs: Float[np.ndarray, " neuron"]) -> Iterator[tuple[int, int]]:
    """Stretches of neurons with at most `_BLOCK_PAIRS` pairs, but at least one neuron."""
    first = 0
    total = 0.0
    for neuron, count in enumerate(pairs.tolist()):
        if neuron > first and total + count > _BLOCK_PAIRS:
            yield first, neuron
            first, total = neuron, 0.0
        total += count
    if first < len(pairs):
        yield first, len(pairs)


def _best(
    neuron: Int[np.ndarray, " pair"],
    other: Int[np.ndarray, " pair"],
    similarity: Float[np.ndarray, " pair"],
    shared: Int[np.ndarray, " pair"],
    *,
    layers: Int[np.ndarray, " neuron"],
    kept: int,
) -> Iterator[Neighbour]:
    similarity = np.round(similarity, 6)
    order = np.lexsort((other, -similarity, neuron))
    rank = _places(neuron[order])
    across = layers[neuron[order]] != layers[other[order]]
    cross_rank = np.zeros(len(order), np.int64)
    cross_rank[across] = _places(neuron[order][across])
    for at in np.flatnonzero((rank <= kept) | (across & (cross_rank <= kept))).tolist():
        pair = order[at]
        yield Neighbour(
            int(neuron[pair]),
            int(other[pair]),
            float(similarity[pair]),
            int(shared[pair]),
            int(rank[at]) if rank[at] <= kept else None,
            int(cross_rank[at]) if across[at] and cross_rank[at] <= kept else None,
        )


def _places(groups: Int[np.ndarray, " row"]) -> Int[np.ndarray, " row"]:
    """Place of each row within its run of equal groups, from 1."""
    begins = np.ones(len(groups), bool)
    begins[1:] = groups[1:] != groups[:-1]
    at = np.arange(len(groups))
    return at - np.maximum.accumulate(np.where(begins, at, 0)) + 1
