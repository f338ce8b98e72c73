"""What the experiments add to a trie: measured importance, and tokens that may be ignored.

A pattern with an ignored token is the model's own word (its saliency is low there, so the
neuron fires whatever stands in that place). It joins the trie only where the texts agree: at
least `SEEN` places match it, and together they say otherwise than the trie does without it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ingest.n2g.evidence import FIRING, Evidence
from ingest.n2g.saliency import Salient
from ingest.n2g.trie import Node

IMPORTANT = 0.5
"""A context token matters if the neuron loses at least this share of its activation without it."""
SEEN = 2

Pattern = tuple[tuple[int | None, float], ...]
"""The activating token and what goes before it, going back: a token id, or None for any, and its
importance. The farthest is never None."""


def patterns_of(salient: Sequence[Salient], depth: int) -> list[Pattern]:
    """Each measured pivot's pattern, cut behind its farthest token that matters."""
    found = []
    for measured in salient:
        tokens = measured.pivot.tokens[::-1]
        worth = [1.0, *measured.importance.tolist()]
        farthest = max(at for at, value in enumerate(worth) if value >= IMPORTANT)
        if farthest <= depth:
            found.append(
                tuple(
                    (tokens[at] if worth[at] >= IMPORTANT else None, worth[at])
                    for at in range(farthest + 1)
                )
            )
    return found


def with_importance(node: Node, salient: Sequence[Salient]) -> Node:
    """`node` with the largest measured importance where any pivot went through it."""
    return _measured(node, [(m.pivot.tokens[::-1], m.importance) for m in salient], 0)


def _measured(node: Node, through: Sequence[tuple[tuple[int, ...], np.ndarray]], back: int) -> Node:
    here = [
        (tokens, worth)
        for tokens, worth in through
        if back < len(tokens) and (not node.tokens or tokens[back] in node.tokens)
    ]
    measured = [float(worth[back - 1]) for _, worth in here] if back else []
    return Node(
        node.tokens,
        node.activation,
        max(measured, default=node.importance),
        tuple(_measured(child, here, back + 1) for child in node.children),
    )


def with_ignored(root: Node, patterns: Sequence[Pattern], evidence: Evidence) -> Node:
    """`root` with those patterns that hold an ignored token and that the texts agree with."""
    children = root.children
    for pattern in sorted(set(patterns), key=repr):
        tokens = [token for token, _ in pattern]
        if tokens[0] not in root.tokens or None not in tokens:
            continue
        matching = np.all(
            [
                evidence.contexts[:, back] >= 0
                if token is None
                else evidence.contexts[:, back] == token
                for back, token in enumerate(tokens)
            ],
            axis=0,
        )
        if matching.sum() < SEEN:
            continue
        share = min(max(float(np.median(evidence.shares[matching])), 0.0), 1.0)
        if (share >= FIRING) != ((root.activation or 0.0) >= FIRING):
            children = _inserted(children, pattern[1:], share)
    return Node(root.tokens, root.activation, root.importance, children)


def _inserted(nodes: tuple[Node, ...], pattern: Pattern, share: float) -> tuple[Node, ...]:
    """`nodes` with the rest of a pattern among them; an end that is there already stays."""
    (token, worth), rest = pattern[0], pattern[1:]
    wanted = () if token is None else (token,)
    for at, node in enumerate(nodes):
        if node.tokens == wanted:
            if not rest:
                return nodes
            deeper = Node(
                node.tokens,
                node.activation,
                max(node.importance, worth),
                _inserted(node.children, rest, share),
            )
            return (*nodes[:at], deeper, *nodes[at + 1 :])
    new = Node(wanted, None if rest else share, worth, _inserted((), rest, share) if rest else ())
    return (*nodes, new)
