"""Siblings that say the same become one node that accepts several tokens."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.n2g.evidence import FIRING
from ingest.n2g.trie import Node

ALIKE = 0.25
"""Activations of merged siblings differ by less than this share of the maximum."""


def merged(siblings: Sequence[Node]) -> tuple[Node, ...]:
    """`siblings` and all behind them with those merged that the evidence gave one activation.

    Only ends of certain tokens with nothing behind them merge, and only within one step of
    `ALIKE` that lies wholly on one side of firing: no prediction of firing changes.
    """
    kept: list[Node] = []
    leaves: dict[int, list[tuple[Node, float]]] = {}
    for node in siblings:
        if node.children or not node.tokens or node.activation is None:
            before = merged(node.children)
            kept.append(Node(node.tokens, node.activation, node.importance, before))
        else:
            step = int((node.activation - FIRING) // ALIKE)  # firing begins with a step
            leaves.setdefault(step, []).append((node, node.activation))
    kept.extend(_one(alike) for alike in leaves.values())
    kept.sort(key=lambda node: (not node.tokens, node.tokens))
    return tuple(kept)


def _one(alike: Sequence[tuple[Node, float]]) -> Node:
    """One node for all of these leaves, each given with its activation."""
    if len(alike) == 1:
        return alike[0][0]
    return Node(
        tuple(sorted({token for leaf, _ in alike for token in leaf.tokens})),
        sum(share for _, share in alike) / len(alike),
        max(leaf.importance for leaf, _ in alike),
    )
