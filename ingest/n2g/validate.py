"""How well a prediction fits: firing and not firing, on texts that were not built from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int32

from ingest.n2g.evidence import FIRING, Evidence, Text, windows

Predict = Callable[[Int32[np.ndarray, " position"]], Float[np.ndarray, " position"]]


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


def validate(predict: Predict, texts: Sequence[Text]) -> Validation:
    """Run `predict` on held-out texts."""
    true = np.concatenate([np.zeros(0), *(text.shares for text in texts)])
    guess = np.concatenate([np.zeros(0), *(predict(text.tokens) for text in texts)])
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
        2 * hits / (support + guessed),
        correlation,
        support,
    )


def suffix_table(evidence: Evidence, length: int) -> Predict:
    """The baseline: the largest activation that each run of `length` tokens had.

    Length 1 is the table of tokens, length 2 that of bigrams (a token and its predecessor).
    """
    largest: dict[tuple[int, ...], float] = {}
    for context, share in zip(
        map(tuple, evidence.contexts[:, :length].tolist()), evidence.shares.tolist(), strict=True
    ):
        if share > largest.get(context, 0.0):
            largest[context] = share

    def predict(tokens: Int32[np.ndarray, " position"]) -> Float[np.ndarray, " position"]:
        contexts = windows(tokens, length - 1).tolist()
        return np.array([largest.get(tuple(context), 0.0) for context in contexts])

    return predict


def _pearson(a: Float[np.ndarray, " token"], b: Float[np.ndarray, " token"]) -> float | None:
    if a.size == 0 or a.min() == a.max() or b.min() == b.max():
        return None
    a, b = a - a.mean(), b - b.mean()
    return float((a @ b) / np.sqrt((a @ a) * (b @ b)))
