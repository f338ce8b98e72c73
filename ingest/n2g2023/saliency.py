"""Saliency: what each firing token of a pruned text loses without each token before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from ingest.n2g.evidence import FIRING
from ingest.n2g2023.prune import Pruned
from ingest.n2g2023.windows import Reader, Window

NEUTRAL = 1
"""Id of the token that stands in for every other, whatever it means to the model."""
_PLACES = 3
"""Decimal places of a share."""


@dataclass(frozen=True, slots=True)
class Firing:
    """A firing token and what stands before it."""

    tokens: tuple[int, ...]
    """Its own token and those before it, going back."""
    importance: Float64[np.ndarray, " back"]
    """Share of its activation that is lost without each of them: above 1 where it falls below
    zero, negative where it grows."""
    share: float
    """Its activation, as a share of the neuron's maximum."""


def measure(pruned: Sequence[Pruned], read: Reader) -> list[list[Firing]]:
    """The firing tokens of each pruned text, in the order of the text.

    A token fires above `FIRING`. The model is causal, so nothing behind the last firing token
    is looked at.
    """
    windows = [one.window for one in pruned]
    whole = read(windows)
    shares = [
        np.round(values * one.to_share, _PLACES) for values, one in zip(whole, pruned, strict=True)
    ]
    firing = [np.flatnonzero(share > FIRING).tolist() for share in shares]
    masked = [
        _masked(window, max(places, default=-1) + 1)
        for window, places in zip(windows, firing, strict=True)
    ]
    answers = iter(read([window for group in masked for window in group]))
    found = []
    for window, group, values, share, places in zip(
        windows, masked, whole, shares, firing, strict=True
    ):
        without = [next(answers) for _ in group]
        found.append(
            [
                Firing(
                    window.tokens[at::-1],
                    np.array([1 - without[back][at] / values[at] for back in range(at, -1, -1)]),
                    float(share[at]),
                )
                for at in places
            ]
        )
    return found


def _masked(window: Window, length: int) -> list[Window]:
    """The first `length` tokens, with each of them replaced in turn."""
    tokens = window.tokens[:length]
    return [
        Window(window.neuron, (*tokens[:at], NEUTRAL, *tokens[at + 1 :])) for at in range(length)
    ]
