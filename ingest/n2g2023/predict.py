"""Prediction as published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int32

from ingest.n2g.trie import Node


@dataclass(frozen=True, slots=True)
class _Way:
    """A node, and where it goes on."""

    activation: float | None
    """Share of the neuron's maximum if a line ends here."""
    onward: dict[int | None, _Way]
    """By the token before; None for any."""


class PublishedRunner:
    """A token graph made ready to predict.

    It walks backwards and never turns round: once an exact child was taken, an "ignore" node
    beside it is not tried, even if nothing behind the child matches.
    """

    def __init__(self, roots: tuple[Node, ...]) -> None:
        self._top = _onward(roots)

    def __call__(self, tokens: Int32[np.ndarray, " position"]) -> Float[np.ndarray, " position"]:
        """The predicted share of the maximum at each position; 0 where no line ends on the way."""
        listed = tokens.tolist()
        found = np.zeros(len(listed))
        for place in range(len(listed)):
            found[place] = self._walked(listed, place)
        return found

    def _walked(self, tokens: Sequence[int], place: int) -> float:
        """The activation of the deepest end that the walk from `place` comes through."""
        found = 0.0
        onward = self._top
        for before in range(place, -1, -1):
            way = onward.get(tokens[before]) or onward.get(None)
            if way is None:
                break
            if way.activation is not None:
                found = way.activation
            onward = way.onward
        return found


def _onward(nodes: Sequence[Node]) -> dict[int | None, _Way]:
    found: dict[int | None, _Way] = {}
    for node in nodes:
        way = _Way(node.activation, _onward(node.children))
        found.update(dict.fromkeys(node.tokens or (None,), way))
    return found
