"""Pruning: the shortest stretch before a text's strongest token on which the neuron still fires."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ingest.n2g.evidence import Text
from ingest.n2g2023.vocabulary import Vocabulary
from ingest.n2g2023.windows import Reader, Values, Window

LENGTHS = (5, 10, 15, 20, 25, 30)
"""Tokens that are tried, the pivot's own included. A text that is shorter is tried whole."""
KEPT = 0.5
"""A stretch is enough if it keeps more than this share of the activation."""
AFTERWARDS = 5
"""Tokens behind the pivot that are added again, at most, and none of the next sentence."""


@dataclass(frozen=True, slots=True)
class Pivot:
    """Where a neuron fires most in a text."""

    neuron: int
    """Place within the layer, from 0."""
    before: tuple[int, ...]
    """The text up to the place; its own token is the last."""
    after: tuple[int, ...]
    """What follows it in its sentence, as far as it is added again."""
    share: float
    """The activation there, as a share of the neuron's maximum."""
    maximum: float
    """Of the neuron."""


@dataclass(frozen=True, slots=True)
class Pruned:
    """What is left of a text."""

    window: Window
    to_share: float
    """An activation in the window times this is a share of the neuron's maximum, raised by what
    pruning lost."""


def pivot_of(neuron: int, maximum: float, text: Text, vocabulary: Vocabulary) -> Pivot | None:
    """The text's strongest place; None if the neuron is not above zero anywhere."""
    at = int(text.shares.argmax()) if len(text.shares) else 0
    if not len(text.shares) or text.shares[at] <= 0:
        return None
    tokens = text.tokens.tolist()
    end = at
    while end < min(at + AFTERWARDS, len(tokens) - 1) and not vocabulary.ends_sentence[tokens[end]]:
        end += 1
    return Pivot(
        neuron,
        tuple(tokens[: at + 1]),
        tuple(tokens[at + 1 : end + 1]),
        float(text.shares[at]),
        maximum,
    )


def prune(pivots: Sequence[Pivot], read: Reader) -> list[Pruned | None]:
    """Each pivot's text cut to the shortest stretch that will do.

    It will do if the neuron's maximum is still at the pivot and keeps more than `KEPT`. If none
    will, it is the longest that was tried. None if the neuron is not above zero anywhere in it,
    for then there is nothing that could be raised to what pruning lost.
    """
    found: list[Pruned | None] = [None] * len(pivots)
    lengths = [_lengths(len(pivot.before)) for pivot in pivots]
    waiting = list(range(len(pivots)))
    tried = 0
    while waiting:
        windows = [
            Window(pivots[at].neuron, pivots[at].before[-lengths[at][tried] :]) for at in waiting
        ]
        failed = []
        for at, window, values in zip(waiting, windows, read(windows), strict=True):
            if _will_do(values, pivots[at]) or tried + 1 == len(lengths[at]):
                found[at] = _pruned(pivots[at], window, values)
            else:
                failed.append(at)
        waiting = failed
        tried += 1
    return found


def _lengths(available: int) -> tuple[int, ...]:
    """The lengths to try of `available` tokens."""
    shorter = tuple(length for length in LENGTHS if length < available)
    return (*shorter, available) if available <= LENGTHS[-1] else shorter


def _will_do(values: Values, pivot: Pivot) -> bool:
    at_pivot = int(values.argmax()) == len(values) - 1
    return bool(at_pivot and values[-1] > KEPT * pivot.share * pivot.maximum)


def _pruned(pivot: Pivot, window: Window, values: Values) -> Pruned | None:
    strongest = float(np.max(values))
    if strongest <= 0:
        return None
    return Pruned(Window(window.neuron, window.tokens + pivot.after), pivot.share / strongest)
