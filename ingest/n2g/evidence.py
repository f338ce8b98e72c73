"""What is known of a neuron before its graph is made: texts, and its activation on each token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int32

FIRING = 0.5
"""A token fires if the neuron reaches this share of its maximum."""


@dataclass(frozen=True, slots=True)
class Text:
    """A stretch of text and one neuron's activation on each of its tokens."""

    tokens: Int32[np.ndarray, " position"]
    """Token ids."""
    shares: Float[np.ndarray, " position"]
    """Share of the neuron's maximum, up to 1; negative below zero."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Places in texts: the token at each, the tokens before it, and the activation there."""

    contexts: Int32[np.ndarray, "place back"]
    """Column 0 is the place's own token, column 1 the one before it, …; -1 before the beginning."""
    shares: Float[np.ndarray, " place"]


def gather(texts: Sequence[Text], depth: int) -> Evidence:
    """Every place of the texts, each with up to `depth` tokens before it."""
    contexts = [windows(text.tokens, depth) for text in texts]
    shares = [text.shares for text in texts]
    return Evidence(
        np.concatenate([np.zeros((0, depth + 1), np.int32), *contexts]),
        np.concatenate([np.zeros(0), *shares]),
    )


def windows(
    tokens: Int32[np.ndarray, " position"], depth: int
) -> Int32[np.ndarray, "position back"]:
    """For each position its token and the `depth` tokens before it, going back."""
    before = np.concatenate([np.full(depth, -1, np.int32), tokens])
    return np.stack([before[depth - back : len(before) - back] for back in range(depth + 1)], 1)
