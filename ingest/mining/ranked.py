"""The texts that are kept for each neuron, in several lists, with their activations.

Each list holds the texts of highest score. What the score is makes the list:

    top         the chunk's largest activation, of texts that are built from
    held_out    the same, of texts that are held out
    bottom      its smallest activation, negated
    firing      a random number, if the neuron fires on the text: a random sample of those
    random      a random number, if the text belongs to the corpus's sample

A text without a score above zero is in no list. Of equal scores the earlier chunk comes first.
Random numbers follow from neuron and text, and a text counts where it first stands, so that
the lists are the same in whatever order the chunks come.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Float32, Int16, Int32, Int64, UInt16, UInt64

from ingest.compiled import compiled
from ingest.mining.hashing import mixed, unit

LISTS = ("top", "held_out", "bottom", "firing", "random")
_NONE = np.iinfo(np.int64).max
_OTHER = np.uint64(0x5851F42D4C957F2D)
"""Sets the random numbers of one list apart from those of another."""

STEPS = 65535
"""Activations in between are told apart by so many parts of a text's range."""

REPEATED, BUILT, HELD_OUT, SAMPLED = 0, 1, 2, 4
"""What a chunk is: a text that stood before, or one to build from or held out; and sampled."""


class Ranked(NamedTuple):
    """All lists of each neuron, one behind the other."""

    scores: Float32[np.ndarray, "neuron entry"]
    """0 where there is no such text."""
    chunks: Int64[np.ndarray, "neuron entry"]
    slots: Int16[np.ndarray, "neuron entry"]
    """Which of the neuron's rows holds the activations."""
    rows: UInt16[np.ndarray, "neuron entry position"]
    """Activations, from 0 for a text's smallest to `STEPS` for its largest."""
    ranges: Float32[np.ndarray, "neuron entry two"]
    """The smallest activation of the text in each row, and the largest."""
    lengths: Int32[np.ndarray, "neuron entry"]
    """Tokens of the text in each row."""
    bounds: Int64[np.ndarray, " bound"]
    """Where each list begins, and where the last one ends."""
    salts: UInt64[np.ndarray, " neuron"]
    """What a neuron's random numbers follow from."""


def ranked(sizes: Mapping[str, int], length: int, salts: UInt64[np.ndarray, " neuron"]) -> Ranked:
    """Empty lists of these sizes, for texts of at most `length` tokens."""
    bounds = np.cumsum([0, *(sizes[name] for name in LISTS)])
    shape = (len(salts), int(bounds[-1]))
    slots = np.broadcast_to(np.arange(shape[1], dtype=np.int16), shape).copy()
    return Ranked(
        np.zeros(shape, np.float32), np.full(shape, _NONE), slots,
        np.zeros((*shape, length), np.uint16), np.zeros((*shape, 2), np.float32),
        np.zeros(shape, np.int32), bounds, salts,
    )  # fmt: skip


@compiled
@no_type_check
def _insert(scores, chunks, slots, first, last, score, chunk):  # noqa: PLR0917  (compiled)
    """Put a text into a list from `first` to `last` in place of the last; gives its slot."""
    slot = slots[last]
    at = last
    while at > first and (
        score > scores[at - 1] or (score == scores[at - 1] and chunk < chunks[at - 1])
    ):
        scores[at], chunks[at], slots[at] = scores[at - 1], chunks[at - 1], slots[at - 1]
        at -= 1
    scores[at], chunks[at], slots[at] = score, chunk, slot
    return slot


@compiled
@no_type_check
def offer_texts(lists, neuron, kinds, chunks, keys, peaks, lows, sources):  # noqa: PLR0917
    """Offer a batch's chunks to one neuron's lists; gives how many were taken.

    `peaks` and `lows` are the chunks' largest and smallest activations. Each slot that now
    belongs to a chunk of the batch gets its row in `sources`; the others stay.
    """
    taken = 0
    salt, bounds = lists.salts[neuron], lists.bounds
    own, places, slots = lists.scores[neuron], lists.chunks[neuron], lists.slots[neuron]
    for row in range(len(kinds)):
        kind = kinds[row]
        if kind == REPEATED:
            continue
        scores = (
            peaks[row] if kind & BUILT else np.float32(0),
            peaks[row] if kind & HELD_OUT else np.float32(0),
            -lows[row],
            unit(mixed(salt, keys[row])) if peaks[row] > 0 else np.float32(0),
            unit(mixed(salt ^ _OTHER, keys[row])) if kind & SAMPLED else np.float32(0),
        )
        for which in range(len(scores)):
            first, last, score = bounds[which], bounds[which + 1] - 1, scores[which]
            if last < first or not score > 0 or score < own[last]:
                continue
            if score > own[last] or chunks[row] < places[last]:
                slot = _insert(own, places, slots, first, last, score, chunks[row])
                sources[slot] = row
                taken += 1
    return taken


@compiled
@no_type_check
def store(lists, neuron, slot, activations, low, high):  # noqa: PLR0917  (compiled)
    """Put a text's activations, of this range, into a row; nothing if they are not all finite."""
    if not (np.isfinite(low) and np.isfinite(high)):
        low, high, activations = np.float32(0), np.float32(0), activations[:0]
    steps = np.float32(STEPS) / (high - low) if high > low else np.float32(0)
    row = lists.rows[neuron, slot]
    for position in range(len(activations)):
        row[position] = np.uint16((activations[position] - low) * steps + np.float32(0.5))
    lists.ranges[neuron, slot, 0], lists.ranges[neuron, slot, 1] = low, high
    lists.lengths[neuron, slot] = len(activations)


@compiled
@no_type_check
def absorb(lists, other):
    """Take in the lists of another part of the corpus."""
    for neuron in range(len(lists.scores)):
        scores, chunks, slots = lists.scores[neuron], lists.chunks[neuron], lists.slots[neuron]
        for which in range(len(lists.bounds) - 1):
            first, last = lists.bounds[which], lists.bounds[which + 1] - 1
            for entry in range(first, last + 1):
                score, chunk = other.scores[neuron, entry], other.chunks[neuron, entry]
                if score > scores[last] or (score == scores[last] and chunk < chunks[last]):
                    slot = _insert(scores, chunks, slots, first, last, score, chunk)
                    source = other.slots[neuron, entry]
                    lists.rows[neuron, slot] = other.rows[neuron, source]
                    lists.ranges[neuron, slot] = other.ranges[neuron, source]
                    lists.lengths[neuron, slot] = other.lengths[neuron, source]


@compiled
@no_type_check
def forget(lists, first, end):
    """Remove the chunks from `first` to before `end`, which will all come again.

    What gave way to them was not among the best of all, so nothing is lost by it.
    """
    for neuron in range(len(lists.scores)):
        scores, chunks, slots = lists.scores[neuron], lists.chunks[neuron], lists.slots[neuron]
        for which in range(len(lists.bounds) - 1):
            kept = lists.bounds[which]
            for entry in range(lists.bounds[which], lists.bounds[which + 1]):
                if first <= chunks[entry] < end:
                    continue
                slots[kept], slots[entry] = slots[entry], slots[kept]
                scores[kept], chunks[kept] = scores[entry], chunks[entry]
                kept += 1
            scores[kept : lists.bounds[which + 1]] = 0
            chunks[kept : lists.bounds[which + 1]] = _NONE


class Texts(NamedTuple):
    """One list of some neurons, the highest score first."""

    scores: Float32[np.ndarray, "neuron rank"]
    """0 behind the last."""
    chunks: Int64[np.ndarray, "neuron rank"]
    """-1 behind the last."""
    activations: Float32[np.ndarray, "neuron rank position"]
    """To a `STEPS`th of the text's range; zero behind a chunk's end, and behind the last."""


def texts_of(lists: Ranked, name: str, neurons: slice | Int64[np.ndarray, " n"]) -> Texts:
    """What the list called `name` holds of some neurons."""
    first, end = lists.bounds[LISTS.index(name) :][:2]
    scores = lists.scores[neurons, first:end]
    slots = lists.slots[neurons, first:end]
    at = np.arange(len(lists.scores))[neurons][:, None]
    low, high = (lists.ranges[at, slots, which, None] for which in (0, 1))
    positions = np.arange(lists.rows.shape[2])
    inside = (positions < lists.lengths[at, slots, None]) & (scores > 0)[..., None]
    activations = low + lists.rows[at, slots] * ((high - low) / np.float32(STEPS))
    return Texts(
        scores,
        np.where(scores > 0, lists.chunks[neurons, first:end], -1),
        np.where(inside, activations, np.float32(0)),
    )
