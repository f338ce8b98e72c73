"""Measured importance for the nodes of a trie."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.n2g.substitute import DISTANCES, Tested
from ingest.n2g.trie import Node


def with_importance(roots: Sequence[Node], tested: Sequence[Tested]) -> tuple[Node, ...]:
    """The trie with the largest measured importance wherever an experiment went through.

    Elsewhere a node keeps what it adds to its parent.
    """
    through = [
        (one.pivot.tokens[::-1], dict(zip(DISTANCES, one.importance, strict=True)))
        for one in tested
    ]
    return tuple(_measured(root, through, 0) for root in roots)


def _measured(
    node: Node, through: Sequence[tuple[tuple[int, ...], dict[int, float | None]]], back: int
) -> Node:
    here = [
        (tokens, worth)
        for tokens, worth in through
        if back < len(tokens) and (not node.tokens or tokens[back] in node.tokens)
    ]
    measured = [value for _, worth in here if (value := worth.get(back)) is not None]
    return Node(
        node.tokens,
        node.activation,
        max(measured, default=node.importance),
        tuple(_measured(child, here, back + 1) for child in node.children),
    )
