"""What is known of a neuron before its graph is made: places in texts, and its activation there."""

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
    """Share of the neuron's maximum."""
    weights: Float[np.ndarray, " place"]
    """How many places it stands for, on any scale; above 0."""

    @property
    def fires(self) -> np.ndarray:
        """Whether the neuron fires, by place."""
        found: np.ndarray = self.shares >= FIRING
        return found

    def those(self, chosen: np.ndarray) -> Evidence:
        """Some of the places: a mask or their numbers."""
        return Evidence(self.contexts[chosen], self.shares[chosen], self.weights[chosen])


def gather(texts: Sequence[Text], depth: int) -> Evidence:
    """Every place of the texts, each with up to `depth` tokens before it and the weight 1."""
    contexts = [windows(text.tokens, depth) for text in texts]
    shares = np.concatenate([np.zeros(0), *(text.shares for text in texts)])
    return Evidence(
        np.concatenate([np.zeros((0, depth + 1), np.int32), *contexts]),
        shares,
        np.ones(len(shares)),
    )


def together(parts: Sequence[Evidence]) -> Evidence:
    """All places of at least one part."""
    return Evidence(
        np.concatenate([part.contexts for part in parts]),
        np.concatenate([part.shares for part in parts]),
        np.concatenate([part.weights for part in parts]),
    )


def windows(
    tokens: Int32[np.ndarray, " position"], depth: int
) -> Int32[np.ndarray, "position back"]:
    """For each position its token and the `depth` tokens before it, going back."""
    before = np.concatenate([np.full(depth, -1, np.int32), tokens])
    return np.stack([before[depth - back : len(before) - back] for back in range(depth + 1)], 1)
