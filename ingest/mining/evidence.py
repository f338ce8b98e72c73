"""The places where each neuron fires: a weighted random sample of the corpus's tokens.

Source: Efraimidis and Spirakis, *Weighted random sampling with a reservoir* (2006), in the
form with exponential variates. With E drawn from the exponential distribution for each place,
the places of smallest E / x^p are a sample without replacement in which a place of activation
x weighs x^p. They are those of largest score x / E^(1/p). E follows from the text and the
position, so that the sample is the same in whatever order the places come, and samples of
parts of a corpus are merged into that of the whole.
"""

from __future__ import annotations

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Int32, Int64, UInt64
from numba import njit

from ingest.mining.hashing import mixed

POWER = 6.0
"""p: high, so that what fires most is nearly sure to be there and near-misses are some."""
_LEAST = np.finfo(np.float32).tiny
"""What a score has to reach while there is room."""
_BIN, _BINS = 19, 256
"""Bits of a float32 below its bin, sixteen bins to the octave; bins that are told apart."""
ROOM = 16
"""Entries that may be put in without making room between them."""
_BYTES, _LINE = 16, 64
"""Of an entry; and of a cache line. A neuron has an odd number of lines, for with a power of
two all neurons would have theirs in the same few places of the cache."""


class Reservoirs(NamedTuple):
    """For each neuron the places of highest score, and some that are not sorted out yet.

    An entry is 16 bytes, which compiled code looks at as numbers of several types.
    """

    places: Int64[np.ndarray, "neuron entry half"]
    """The place is the second half."""
    values: Float32[np.ndarray, "neuron entry quarter"]
    """The same memory: score and activation, which are the first quarters."""
    bits: Int32[np.ndarray, "neuron entry quarter"]
    """The same memory: the bits of the score are the first quarter."""
    counts: Int64[np.ndarray, " neuron"]
    """Entries in use."""
    bounds: Float32[np.ndarray, " neuron"]
    """A place of a lower score than this is not among the best."""


def reservoirs(n_neurons: int, size: int) -> Reservoirs:
    """Empty ones for the `size` best places of each neuron."""
    n_lines = (size + max(size // 2, 2 * ROOM)) * _BYTES // _LINE | 1
    entries = np.zeros((n_neurons, n_lines * _LINE // _BYTES, 2), np.int64)
    counts = np.zeros(n_neurons, np.int64)
    return with_entries(entries, counts, np.full(n_neurons, _LEAST, np.float32))


def with_entries(
    entries: Int64[np.ndarray, "neuron entry half"],
    counts: Int64[np.ndarray, " neuron"],
    bounds: Float32[np.ndarray, " neuron"],
) -> Reservoirs:
    """Reservoirs with these entries: for a checkpoint, `Reservoirs.places` is all of them."""
    return Reservoirs(entries, entries.view(np.float32), entries.view(np.int32), counts, bounds)


@njit(nogil=True, cache=True, error_model="numpy")
@no_type_check
def fill_weights(keys, lengths, weights):
    """E^(-1/p) of each position of the texts with these keys, zero behind their ends."""
    for row in range(len(keys)):
        for position in range(weights.shape[1]):
            weight = np.float32(0)
            if position < lengths[row]:
                bits = mixed(keys[row], np.uint64(position)) >> np.uint64(11)
                uniform = (np.float64(bits) + 0.5) / 2.0**53
                weight = np.float32((-np.log(uniform)) ** (-1.0 / POWER))
            weights[row, position] = weight


def weights_of(
    keys: UInt64[np.ndarray, " chunk"], lengths: Int64[np.ndarray, " chunk"]
) -> Float32[np.ndarray, "chunk position"]:
    """What an activation is multiplied by to give its score; zero behind a chunk's end."""
    weights = np.empty((len(keys), int(lengths.max(initial=1))), np.float32)
    fill_weights(keys, lengths, weights)
    return weights


@njit(nogil=True, cache=True, error_model="numpy")
@no_type_check
def make_room(found, size, neuron):
    """Raise the bound and drop what is below, so that `ROOM` more entries fit.

    Scores are counted by bins, a sixteenth of an octave wide, so few more than `size` are left.
    """
    n_entries, bits = found.counts[neuron], found.bits[neuron]
    counts = np.zeros(_BINS, np.int64)
    highest = 0
    for at in range(n_entries):  # positive floats are in the order of their bits
        highest = max(highest, bits[at, 0] >> _BIN)
    for at in range(n_entries):
        counts[min(highest - (bits[at, 0] >> _BIN), _BINS - 1)] += 1
    lowest, above = highest, counts[0]
    while above < size:
        lowest -= 1
        above += counts[highest - lowest]
    if above + ROOM > found.places.shape[1]:
        _keep_best(found, size, neuron)
        return
    entries, kept, bound = found.places[neuron], 0, np.float32(np.inf)
    for at in range(n_entries):  # without a branch that no processor could foresee
        fits = bits[at, 0] >> _BIN >= lowest
        score = found.values[neuron, at, 0]
        entries[kept, 0], entries[kept, 1] = entries[at, 0], entries[at, 1]
        bound = score if fits and score < bound else bound
        kept += fits
    found.counts[neuron] = kept
    found.bounds[neuron] = bound


@njit(nogil=True, cache=True, error_model="numpy")
@no_type_check
def _keep_best(found, size, neuron):
    """Keep the `size` places of highest score, the earlier one of two that are equal."""
    entries = found.places[neuron, : found.counts[neuron]].copy()
    scores = found.values[neuron, : found.counts[neuron], 0].copy()
    by_place = np.argsort(entries[:, 1])
    order = by_place[np.argsort(-scores[by_place], kind="mergesort")]
    for rank in range(size):
        found.places[neuron, rank, 0] = entries[order[rank], 0]
        found.places[neuron, rank, 1] = entries[order[rank], 1]
    found.counts[neuron] = size
    found.bounds[neuron] = scores[order[size - 1]]


@njit(nogil=True, cache=True, error_model="numpy")
@no_type_check
def push(found, size, neuron, score, activation, place):  # noqa: PLR0917  (compiled)
    """Put in a place, if its score reaches the neuron's bound."""
    if score >= found.bounds[neuron]:
        if found.counts[neuron] + ROOM > found.places.shape[1]:
            make_room(found, size, neuron)
        at = found.counts[neuron]
        found.values[neuron, at, 0] = score
        found.values[neuron, at, 1] = activation
        found.places[neuron, at, 1] = place
        found.counts[neuron] = at + 1


@njit(nogil=True, cache=True, error_model="numpy")
@no_type_check
def absorb(found, size, other):
    """Take in the places of other reservoirs, none of which is here."""
    for neuron in range(len(found.counts)):
        for at in range(other.counts[neuron]):
            score, activation = other.values[neuron, at, 0], other.values[neuron, at, 1]
            push(found, size, neuron, score, activation, other.places[neuron, at, 1])


@njit(nogil=True, cache=True, error_model="numpy")
@no_type_check
def forget(found, size, first, end):
    """Remove the places from `first` to before `end`, which will all come again.

    What gave way to them was not among the best of all, so nothing is lost by it.
    """
    for neuron in range(len(found.counts)):
        entries, kept = found.places[neuron], 0
        for at in range(found.counts[neuron]):
            if entries[at, 1] < first or entries[at, 1] >= end:
                entries[kept, 0], entries[kept, 1] = entries[at, 0], entries[at, 1]
                kept += 1
        found.counts[neuron] = kept
        if kept < size:
            found.bounds[neuron] = _LEAST


class Evidence(NamedTuple):
    """Each neuron's places, the highest score first."""

    places: Int64[np.ndarray, "neuron place"]
    """-1 behind the last."""
    activations: Float32[np.ndarray, "neuron place"]
    """0 behind the last."""
    bounds: Float32[np.ndarray, " neuron"]
    """The lowest score that is here, where others were left out; 0 where every place is here. A
    place of activation x is here with the probability 1 - exp(-(x / bound)^p)."""


def evidence_of(found: Reservoirs, size: int, neurons: slice) -> Evidence:
    """The best places of some neurons."""
    places, values = found.places[neurons, :, 1], found.values[neurons]
    used = np.arange(places.shape[1]) < found.counts[neurons, None]
    scores = np.where(used, values[..., 0], 0)
    order = np.lexsort((places, -scores), axis=-1)[:, :size]
    lowest = np.take_along_axis(scores, order, 1)[:, -1]
    left_out = (found.counts[neurons] > size) | (found.bounds[neurons] > _LEAST)
    return Evidence(
        np.take_along_axis(np.where(used, places, -1), order, 1),
        np.take_along_axis(np.where(used, values[..., 1], 0), order, 1),
        np.where(left_out, lowest, 0).astype(np.float32),
    )
