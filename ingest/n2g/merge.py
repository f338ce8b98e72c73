"""Siblings that say the same become one node that accepts several tokens."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from ingest.n2g.evidence import FIRING
from ingest.n2g.trie import Node

ALIKE = 0.1
"""Activations of merged siblings differ by less than this share of the maximum."""


def merged(node: Node) -> Node:
    """`node` with the leaves below each parent merged where the evidence gave them one activation.

    Only context nodes without anything behind them merge, and only within one step of
    `ALIKE` that lies wholly on one side of firing: no prediction of firing changes.
    """
    deeper = [merged(child) for child in node.children if child.children]
    leaves = [child for child in node.children if not child.children]
    kept = [*deeper, *_merged_leaves(leaves)]
    kept.sort(key=lambda child: (not child.tokens, child.tokens))
    return Node(node.tokens, node.activation, node.importance, tuple(kept))


def _merged_leaves(leaves: Iterable[Node]) -> Iterable[Node]:
    for _, group in groupby(sorted(leaves, key=_step), key=_step):
        alike = list(group)
        shares = [leaf.activation or 0.0 for leaf in alike]
        yield Node(
            tuple(sorted(token for leaf in alike for token in leaf.tokens)),
            sum(shares) / len(shares),
            max(leaf.importance for leaf in alike),
        )


def _step(leaf: Node) -> int:
    """The step of `ALIKE` that the activation lies in; firing begins with a step."""
    return int(((leaf.activation or 0.0) - FIRING) // ALIKE)
