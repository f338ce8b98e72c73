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
                matched = _deepest(root, listed, place)
                found[place] = matched[1] if matched is not None else 0.0
        return found


def _deepest(node: Node, tokens: list[int], place: int) -> tuple[int, float] | None:
    """How far behind `node` the deepest pattern reaches that ends and matches, and its activation.

    Of two of one depth the one through an exact child wins. None if nothing ends here or
    further back.
    """
    best = None if node.activation is None else (0, node.activation)
    if place == 0:
        return best
    before = tokens[place - 1]
    exact = [child for child in node.children if before in child.tokens]
    wild = [child for child in node.children if not child.tokens]
    for child in (*exact, *wild):
        further = _deepest(child, tokens, place - 1)
        if further is not None and (best is None or further[0] + 1 > best[0]):
            best = (further[0] + 1, further[1])
    return best
