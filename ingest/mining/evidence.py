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
from numba import njit

from ingest.mining.hashing import mixed

POWER = 3.0
"""p: high, so that what fires most is nearly sure to be there and near-misses are some."""
_LEAST = np.finfo(np.float32).tiny
"""What a score has to reach while there is room."""


class Reservoirs(NamedTuple):
    """For each neuron the places of highest score, and some that are not sorted out yet."""

    scores: Float32[np.ndarray, "neuron entry"]
    activations: Float32[np.ndarray, "neuron entry"]
    places: Int64[np.ndarray, "neuron entry"]
    counts: Int64[np.ndarray, " neuron"]
    """Entries in use."""
    bounds: Float32[np.ndarray, " neuron"]
    """A place of a lower score than this is not among the best."""


def reservoirs(n_neurons: int, size: int) -> Reservoirs:
    """Empty ones for the `size` best places of each neuron."""
    entries = (n_neurons, size + max(size // 4, 16))
    return Reservoirs(
        np.zeros(entries, np.float32),
        np.zeros(entries, np.float32),
        np.zeros(entries, np.int64),
        np.zeros(n_neurons, np.int64),
        np.full(n_neurons, _LEAST, np.float32),
    )


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
def push(found, size, neuron, score, activation, place):  # noqa: PLR0917  (compiled)
    """Put in a place whose score reaches the neuron's bound."""
    at = found.counts[neuron]
    found.scores[neuron, at] = score
    found.activations[neuron, at] = activation
    found.places[neuron, at] = place
    found.counts[neuron] = at + 1
    if at + 1 == found.scores.shape[1]:
        compact(found, size, neuron)


@njit(nogil=True, cache=True, error_model="numpy")
@no_type_check
def compact(found, size, neuron):
    """Keep the `size` places of highest score, the earlier one of two that are equal."""
    count = found.counts[neuron]
    if count < size:
        return
    scores, places = found.scores[neuron], found.places[neuron]
    activations = found.activations[neuron]
    low, high = 0, count - 1
    while low < high:  # Hoare's quickselect: the best come to stand before `size`
        middle = (low + high) // 2
        pivot, pivot_place = scores[middle], places[middle]
        left, right = low, high
        while left <= right:
            while scores[left] > pivot or (scores[left] == pivot and places[left] < pivot_place):
                left += 1
            while scores[right] < pivot or (scores[right] == pivot and places[right] > pivot_place):
                right -= 1
            if left <= right:
                scores[left], scores[right] = scores[right], scores[left]
                places[left], places[right] = places[right], places[left]
                activations[left], activations[right] = activations[right], activations[left]
                left += 1
                right -= 1
        if size - 1 <= right:
            high = right
        elif size - 1 >= left:
            low = left
        else:
            break
    bound = scores[0]
    for entry in range(1, size):
        bound = min(bound, scores[entry])
    found.counts[neuron] = size
    found.bounds[neuron] = bound


@njit(nogil=True, cache=True, error_model="numpy")
@no_type_check
def absorb(found, size, other):
    """Take in the places of other reservoirs, none of which is here."""
    for neuron in range(len(found.counts)):
        for entry in range(other.counts[neuron]):
            score = other.scores[neuron, entry]
            if score >= found.bounds[neuron]:
                activation, place = other.activations[neuron, entry], other.places[neuron, entry]
                push(found, size, neuron, score, activation, place)


@njit(nogil=True, cache=True, error_model="numpy")
@no_type_check
def forget(found, size, first, end):
    """Remove the places from `first` to before `end`, which will all come again.

    What gave way to them was not among the best of all, so nothing is lost by it.
    """
    for neuron in range(len(found.counts)):
        kept = 0
        for entry in range(found.counts[neuron]):
            place = found.places[neuron, entry]
            if place < first or place >= end:
                found.scores[neuron, kept] = found.scores[neuron, entry]
                found.activations[neuron, kept] = found.activations[neuron, entry]
                found.places[neuron, kept] = place
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


def evidence_of(found: Reservoirs, size: int, neurons: slice) -> Evidence:
    """The best places of some neurons."""
    used = np.arange(found.scores.shape[1]) < found.counts[neurons, None]
    scores = np.where(used, found.scores[neurons], 0)
    places = np.where(used, found.places[neurons], -1)
    activations = np.where(used, found.activations[neurons], 0)
    order = np.lexsort((places, -scores), axis=-1)[:, :size]
    return Evidence(np.take_along_axis(places, order, 1), np.take_along_axis(activations, order, 1))
