"""Running a token graph on text.

Of all patterns that match at a position the one with the longest context says what the neuron
does; of equally long ones that with the fewest ignored tokens, and then the strongest. Where a
longer context is not known, the graph falls back to a shorter one, at last to the token alone.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float, Int32, Int64

from ingest.n2g.evidence import windows
from ingest.n2g.trie import Node


class Runner:
    """A token graph made ready to predict."""

    def __init__(self, roots: tuple[Node, ...]) -> None:
        self._roots = roots
        self._depth = max((_depth(root) for root in roots), default=0)
        self._tokens = np.array([token for root in roots for token in root.tokens], np.int32)
        self._any = any(not root.tokens for root in roots)

    def __call__(self, tokens: Int32[np.ndarray, " position"]) -> Float[np.ndarray, " position"]:
        """The predicted share of the maximum at each position; 0 where no pattern matches."""
        return self.on(windows(tokens, self._depth))

    def on(self, contexts: Int32[np.ndarray, "place back"]) -> Float[np.ndarray, " place"]:
        """The same for places in texts (see `Evidence.contexts`).

        Where the graph looks farther back than `contexts` do, it finds no text there.
        """
        found = np.zeros(len(contexts))
        rows = np.flatnonzero(np.isin(contexts[:, 0], self._tokens) | self._any)
        matched = _Matched(contexts[rows])
        for root in self._roots:
            matched.take(root, np.arange(len(rows)), 0, 0)
        found[rows] = matched.best
        return found


class _Matched:
    """What is known so far of some places."""

    def __init__(self, contexts: Int32[np.ndarray, "place back"]) -> None:
        self._contexts = contexts
        self._rank: Int64[np.ndarray, " place"] = np.full(
            len(contexts), np.iinfo(np.int64).min, np.int64
        )
        self.best = np.zeros(len(contexts))
        self._width = contexts.shape[1]

    def take(self, node: Node, rows: Int64[np.ndarray, " row"], back: int, ignored: int) -> None:
        """Take in a node and what is behind it, for the places that match all before it."""
        if back >= self._width:
            return
        ignored += not node.tokens
        rows = rows[self._fits(node, rows, back)]
        if node.activation is not None:
            rank = back * (self._width + 1) - ignored
            better = (rank > self._rank[rows]) | (
                (rank == self._rank[rows]) & (node.activation > self.best[rows])
            )
            self._rank[rows[better]] = rank
            self.best[rows[better]] = node.activation
        if len(rows):
            for child in node.children:
                self.take(child, rows, back + 1, ignored)

    def _fits(
        self, node: Node, rows: Int64[np.ndarray, " row"], back: int
    ) -> Bool[np.ndarray, " row"]:
        column = self._contexts[rows, back]
        if len(node.tokens) == 1:
            return np.asarray(column == node.tokens[0])
        return np.isin(column, node.tokens) if node.tokens else column >= 0


def _depth(node: Node) -> int:
    return 1 + max((_depth(child) for child in node.children), default=-1)
