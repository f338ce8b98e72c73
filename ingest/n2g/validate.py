"""How well a prediction fits: firing and not firing, on texts that were not built from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int32

from ingest.n2g.evidence import FIRING, Evidence, windows
from ingest.n2g.fit import MAX_DEPTH

Tokens = Int32[np.ndarray, " _"]


@dataclass(frozen=True, slots=True)
class Validation:
    """Agreement of predicted and true activations. None where it is undefined."""

    precision: float | None
    """Share of the predicted firings that are true; None without true firings."""
    recall: float | None
    """Share of the true firings that were predicted; None without any."""
    f1: float | None
    """Harmonic mean of both; None without true firings."""
    correlation: float | None
    """Pearson's, over all tokens; None if either side is constant."""
    support: int
    """True firings."""


@dataclass(frozen=True, slots=True)
class Passages:
    """Texts to predict on."""

    texts: tuple[Tokens, ...]
    contexts: Int32[np.ndarray, "place back"]
    """Each token of each text with up to `MAX_DEPTH` before it, as in `Evidence`."""

    @classmethod
    def of(cls, texts: Sequence[Tokens]) -> Passages:
        """These texts."""
        none = np.zeros((0, MAX_DEPTH + 1), np.int32)
        return cls(
            tuple(texts), np.concatenate([none, *(windows(text, MAX_DEPTH) for text in texts)])
        )


def f1_of(guess: Float[np.ndarray, " place"], true: Float[np.ndarray, " place"]) -> float | None:
    """F1 of firing alone; None without true firings."""
    fires, fires_guess = true >= FIRING, guess >= FIRING
    support = int(fires.sum())
    hits = int((fires & fires_guess).sum())
    return 2 * hits / (support + int(fires_guess.sum())) if support else None


def agreement(guess: Float[np.ndarray, " place"], true: Float[np.ndarray, " place"]) -> Validation:
    """Compare predicted with true shares of the maximum, place by place."""
    fires, fires_guess = true >= FIRING, guess >= FIRING
    support = int(fires.sum())
    correlation = _pearson(true, guess)
    if support == 0:
        return Validation(None, None, None, correlation, 0)
    hits = int((fires & fires_guess).sum())
    guessed = int(fires_guess.sum())
    return Validation(
        hits / guessed if guessed else 0.0,
        hits / support,
        f1_of(guess, true),
        correlation,
        support,
    )


class SuffixTable:
    """The baseline: the largest activation that each run of `length` tokens had.

    Length 1 is the table of tokens, length 2 that of bigrams (a token and its predecessor).
    """

    def __init__(self, evidence: Evidence, length: int) -> None:
        self._length = length
        keys, place = np.unique(self._keys(evidence.contexts), return_inverse=True)
        self._found = keys
        self._largest = np.zeros(len(keys))
        np.maximum.at(self._largest, place, evidence.shares)

    def on(self, contexts: Int32[np.ndarray, "place back"]) -> Float[np.ndarray, " place"]:
        """The prediction for places in texts; 0 for a run that was never seen."""
        keys = self._keys(contexts)
        if not len(self._found):
            return np.zeros(len(keys))
        at = np.minimum(np.searchsorted(self._found, keys), len(self._found) - 1)
        return np.where(self._found[at] == keys, self._largest[at], 0.0)

    def _keys(self, contexts: Int32[np.ndarray, "place back"]) -> np.ndarray:
        keys = np.zeros(len(contexts), np.int64)
        for column in contexts[:, : self._length].T:
            keys = (keys << 31) | (column.astype(np.int64) + 1)
        return keys


def _pearson(a: Float[np.ndarray, " token"], b: Float[np.ndarray, " token"]) -> float | None:
    if a.size == 0 or a.min() == a.max() or b.min() == b.max():
        return None
    a, b = a - a.mean(), b - b.mean()  # no `@`: its threads cost more than they save here
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))
