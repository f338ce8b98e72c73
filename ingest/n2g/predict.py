"""Running a token graph on text."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int32

from ingest.n2g.trie import Node


class Runner:
    """A token graph made ready to predict."""

    def __init__(self, roots: tuple[Node, ...]) -> None:
        self._roots = {token: root for root in roots for token in root.tokens}

    def __call__(self, tokens: Int32[np.ndarray, " position"]) -> Float[np.ndarray, " position"]:
        """The predicted share of the maximum at each position; 0 where no pattern matches."""
        listed = tokens.tolist()
        found = np.zeros(len(listed))
        for place, token in enumerate(listed):
            root = self._roots.get(token)
            if root is not None:
                found[place] = _matched(root, listed, place) or 0.0
        return found


def _matched(node: Node, tokens: list[int], place: int) -> float | None:
    """The activation of the deepest pattern that ends at `node` or behind it and matches.

    An exact child is tried before one that accepts any token, and a way that ends nowhere is
    left again. None if no pattern ends here or further back.
    """
    if place > 0:
        before = tokens[place - 1]
        exact = [child for child in node.children if before in child.tokens]
        wild = [child for child in node.children if not child.tokens]
        for child in (*exact, *wild):
            activation = _matched(child, tokens, place - 1)
            if activation is not None:
                return activation
    return node.activation
