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
from jaxtyping import Float32, Int64, UInt64

from ingest.compiled import compiled
from ingest.mining.hashing import mixed
from ingest.mining.tokens import TokenizedCorpus

POWER = 6.0
"""p: high, so that what fires most is nearly sure to be there and near-misses are some."""
_LEAST = np.finfo(np.float32).tiny
"""What a score has to reach while there is room."""
_DROPPED = np.uint64(7)
"""Bits of a score that are not kept: of 31, for it has no sign. Five digits are left."""
_PLACE_BITS = np.uint64(40)
_PLACES = np.uint64((1 << 40) - 1)
"""Bits of a place, which is told from a million million others."""
_BIN, _BINS = np.uint64(52), 256
"""Bits of an entry below the score's bin, sixteen to the octave; bins that are told apart."""
ROOM = 16
"""Entries that may be put in without making room between them."""
_LINE = 8
"""Entries of a cache line. A neuron has an odd number of lines, for with a power of two all
neurons would have theirs in the same few places of the cache."""


class Reservoirs(NamedTuple):
    """For each neuron the places of highest score, and some that are not sorted out yet."""

    entries: UInt64[np.ndarray, "neuron entry"]
    """The upper bits of the score, then how far the place is from the last one that could be:
    the higher of two entries has the higher score, or the earlier place."""
    counts: Int64[np.ndarray, " neuron"]
    """Entries in use."""
    bounds: Float32[np.ndarray, " neuron"]
    """A place of a lower score than this is not among the best."""


def reservoirs(n_neurons: int, size: int) -> Reservoirs:
    """Empty ones for the `size` best places of each neuron."""
    n_lines = (size + max(size // 2, 2 * ROOM)) // _LINE | 1
    return Reservoirs(
        np.zeros((n_neurons, n_lines * _LINE), np.uint64),
        np.zeros(n_neurons, np.int64),
        np.full(n_neurons, _LEAST, np.float32),
    )


def entries_of(
    scores: Float32[np.ndarray, " n"], places: Int64[np.ndarray, " n"]
) -> UInt64[np.ndarray, " n"]:
    """Entries with these scores, above zero, and places."""
    bits = scores.view(np.uint32).astype(np.uint64) >> _DROPPED
    found: np.ndarray = bits << _PLACE_BITS | (_PLACES - places.astype(np.uint64))
    return found


@compiled
@no_type_check
def _weight(key, position):
    """E^(-1/p) of a position in the text with this key."""
    bits = mixed(key, np.uint64(position)) >> np.uint64(11)
    uniform = (np.float64(bits) + 0.5) / 2.0**53
    return np.float32((-np.log(uniform)) ** (-1.0 / POWER))


@compiled
@no_type_check
def fill_weights(keys, lengths, weights):
    """E^(-1/p) of each position of the texts with these keys, zero behind their ends."""
    for row in range(len(keys)):
        for position in range(weights.shape[1]):
            inside = position < lengths[row]
            weights[row, position] = _weight(keys[row], position) if inside else np.float32(0)


def weights_of(
    keys: UInt64[np.ndarray, " chunk"], lengths: Int64[np.ndarray, " chunk"]
) -> Float32[np.ndarray, "chunk position"]:
    """What an activation is multiplied by to give its score; zero behind a chunk's end."""
    weights = np.empty((len(keys), int(lengths.max(initial=1))), np.float32)
    fill_weights(keys, lengths, weights)
    return weights


@compiled
@no_type_check
def entry_of(bits, place):
    """An entry with a score of these 32 bits."""
    return np.uint64(bits) >> _DROPPED << _PLACE_BITS | (_PLACES - np.uint64(place))


@compiled
@no_type_check
def make_room(found, size, neuron):
    """Raise the bound and drop what is below, so that `ROOM` more entries fit.

    Entries are counted by their scores' bins, so that few more than `size` are left.
    """
    entries, n_entries = found.entries[neuron], found.counts[neuron]
    highest = np.uint64(0)
    for at in range(n_entries):
        highest = max(highest, entries[at] >> _BIN)
    counts = np.zeros(_BINS, np.int64)
    for at in range(n_entries):
        counts[min(np.int64(highest - (entries[at] >> _BIN)), _BINS - 1)] += 1
    bins, above = 0, counts[0]
    while above < size:
        bins += 1
        above += counts[bins]
    if above + ROOM > len(entries):
        entries[:n_entries] = np.sort(entries[:n_entries])[::-1].copy()
        kept, least = size, entries[size - 1]
    else:
        kept, least = 0, (highest - np.uint64(bins)) << _BIN
        for at in range(n_entries):  # without a branch that no processor could foresee
            entry = entries[at]
            entries[kept] = entry
            kept += entry >= least
    found.counts[neuron] = kept
    bits = np.empty(1, np.uint32)
    bits[0] = np.uint32(least >> _PLACE_BITS << _DROPPED)
    found.bounds[neuron] = bits.view(np.float32)[0]


@compiled
@no_type_check
def push(found, size, neuron, entry):
    """Put in an entry."""
    if found.counts[neuron] + ROOM > found.entries.shape[1]:
        make_room(found, size, neuron)
    found.entries[neuron, found.counts[neuron]] = entry
    found.counts[neuron] += 1


@compiled
@no_type_check
def absorb(found, size, other):
    """Take in the places of other reservoirs, none of which is here."""
    for neuron in range(len(found.counts)):
        for at in range(other.counts[neuron]):
            push(found, size, neuron, other.entries[neuron, at])


@compiled
@no_type_check
def forget(found, size, first, end):
    """Remove the places from `first` to before `end`, which will all come again.

    What gave way to them was not among the best of all, so nothing is lost by it.
    """
    for neuron in range(len(found.counts)):
        entries, kept = found.entries[neuron], 0
        for at in range(found.counts[neuron]):
            place = np.int64(_PLACES - (entries[at] & _PLACES))
            if place < first or place >= end:
                entries[kept] = entries[at]
                kept += 1
        found.counts[neuron] = kept
        if kept < size:
            found.bounds[neuron] = _LEAST


class Evidence(NamedTuple):
    """Each neuron's places, the highest score first."""

    places: Int64[np.ndarray, "neuron place"]
    """-1 behind the last."""
    scores: Float32[np.ndarray, "neuron place"]
    """To five digits; 0 behind the last."""
    bounds: Float32[np.ndarray, " neuron"]
    """The lowest score that is here, where others were left out; 0 where every place is here. A
    place of activation x is here with the probability 1 - exp(-(x / bound)^p)."""


def evidence_of(found: Reservoirs, size: int, neurons: slice) -> Evidence:
    """The best places of some neurons."""
    entries = found.entries[neurons]
    used = np.arange(entries.shape[1]) < found.counts[neurons, None]
    best = np.sort(np.where(used, entries, 0), axis=1)[:, ::-1][:, :size]
    scores = (best >> _PLACE_BITS << _DROPPED).astype(np.uint32).view(np.float32)
    left_out = (found.counts[neurons] > size) | (found.bounds[neurons] > _LEAST)
    return Evidence(
        np.where(best > 0, (_PLACES - (best & _PLACES)).astype(np.int64), -1),
        scores,
        np.where(left_out, scores[:, -1], 0).astype(np.float32),
    )


def activations_of(
    evidence: Evidence, corpus: TokenizedCorpus
) -> Float32[np.ndarray, "neuron place"]:
    """The activations at the places, to five digits; 0 behind the last."""
    found = np.zeros(evidence.places.shape, np.float32)
    fill_activations(evidence.places, evidence.scores, corpus.starts, corpus.keys, found)
    return found


@compiled
@no_type_check
def fill_activations(places, scores, starts, keys, found):
    """Divide each score by the weight of its place."""
    for neuron in range(len(places)):
        for at in range(places.shape[1]):
            place = places[neuron, at]
            if place < 0:
                break
            chunk = np.searchsorted(starts, place, side="right") - 1
            found[neuron, at] = scores[neuron, at] / _weight(keys[chunk], place - starts[chunk])
