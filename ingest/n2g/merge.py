"""Siblings that say the same become one node that accepts several tokens."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.n2g.evidence import FIRING
from ingest.n2g.trie import Node

ALIKE = 0.25
"""Activations of merged siblings differ by less than this share of the maximum."""


def merged(siblings: Sequence[Node]) -> tuple[Node, ...]:
    """`siblings` and all behind them with those merged that the evidence gave one activation.

    Only nodes without anything behind them merge, and only within one step of `ALIKE` that
    lies wholly on one side of firing: no prediction of firing changes.
    """
    kept = [
        Node(node.tokens, node.activation, node.importance, merged(node.children))
        for node in siblings
        if node.children
    ]
    leaves: dict[int, list[Node]] = {}
    for node in siblings:
        if not node.children:
            leaves.setdefault(_step(node), []).append(node)
    kept.extend(_one(alike) for alike in leaves.values())
    kept.sort(key=lambda node: (not node.tokens, node.tokens))
    return tuple(kept)


def _one(alike: Sequence[Node]) -> Node:
    if len(alike) == 1:
        return alike[0]
    shares = [leaf.activation or 0.0 for leaf in alike]
    return Node(
        tuple(sorted(token for leaf in alike for token in leaf.tokens)),
        sum(shares) / len(shares),
        max(leaf.importance for leaf in alike),
    )


def _step(leaf: Node) -> int:
    """The step of `ALIKE` that the activation lies in; firing begins with a step."""
    return int(((leaf.activation or 0.0) - FIRING) // ALIKE)
