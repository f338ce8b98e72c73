"""A trie that fits the evidence and says no more than it must.

Each node stands for the places in texts whose last tokens it matches, and says what the
neuron does there and in contexts that were never seen. Whether a node is worth its place is
weighed by the errors that it is *expected* to make on new texts: a node's rate of firing is
shrunk towards its parent's, the more the fewer places it was seen in, and a node is kept only if
it saves more errors, with all that is behind it, than `PENALTY` for each of its nodes. That is
cost-complexity pruning (Breiman et al., *Classification and Regression Trees*, 1984, chapter 3)
with shrunk instead of counted errors; `docs/n2g.md` compares it with held-back texts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int32, Int64

from ingest.n2g.evidence import Evidence
from ingest.n2g.grow import Limits, Nodes, Places, grow_all
from ingest.n2g.merge import merged
from ingest.n2g.trie import Node, size, strongest

MAX_DEPTH = 8
"""Tokens of context, at most."""
THRESHOLD = 0.48
"""A node fires if this share of its places does: F1 is best served by half of itself."""
SHRINK = 0.5
"""Places' worth of the parent's rate in a node's."""
PRIOR = 0.5
"""Rate of firing of a token that fired at least once, before its places are looked at."""
PENALTY = 0.015
"""What a node has to save: errors, in firing places of mean weight, for evidence with a single
one. It grows with the square root of their number, as chance does: 0.15 for 100, 0.8 for 3,000."""
_HARDER = 1.5
"""Step by which the penalty grows until a graph is small enough."""
_TOKENS_PER_KEY = 3
_BITS = 21


@dataclass(frozen=True, slots=True)
class Fit:
    """How a trie is fitted."""

    depth: int = MAX_DEPTH
    """Tokens of context, at most; no more than the evidence has."""
    penalty: float = PENALTY
    """See `PENALTY`; above 0."""
    shrink: float = SHRINK
    """See `SHRINK`."""
    max_nodes: int | None = None
    """Nodes of a graph, at most; None for any number."""


def fit(evidence: Evidence, how: Fit = Fit()) -> tuple[Node, ...]:
    """The roots of the trie, by token: one for each that is worth a pattern."""
    fires = evidence.fires
    if not fires.any():
        return ()
    own = evidence.those(np.isin(evidence.contexts[:, 0], evidence.contexts[fires, 0]))
    depth = min(how.depth, own.contexts.shape[1] - 1)
    order = _order(own.contexts[:, : depth + 1])
    places = Places(
        np.ascontiguousarray(own.contexts[order, : depth + 1]),
        own.fires[order],
        own.shares[order].astype(np.float64),
        own.weights[order].astype(np.float64),
    )
    of_firing = float(evidence.weights[fires].sum() / fires.sum())
    penalty = how.penalty * math.sqrt(fires.sum())
    while True:
        roots = _grown(places, Limits(depth, THRESHOLD, how.shrink, penalty * of_firing))
        if how.max_nodes is None or size(roots) <= how.max_nodes:
            return roots
        penalty *= _HARDER


def _grown(places: Places, limits: Limits) -> tuple[Node, ...]:
    room = len(places.fires) * (limits.depth + 1)
    nodes = Nodes(np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room))
    count = int(grow_all(places, limits, PRIOR, nodes))
    return merged(_tree(nodes, count))


def _order(contexts: Int32[np.ndarray, "place back"]) -> Int64[np.ndarray, " place"]:
    """The contexts' order, token by token going back; three tokens make one key."""
    whole = contexts.astype(np.int64) + 1
    keys = []
    for first in range(0, whole.shape[1], _TOKENS_PER_KEY):
        key = np.zeros(len(whole), np.int64)
        for column in whole[:, first : first + _TOKENS_PER_KEY].T:
            key = (key << _BITS) | column
        keys.append(key)
    found: np.ndarray = np.lexsort(keys[::-1])
    return found


def _tree(nodes: Nodes, count: int) -> list[Node]:
    """The columns as nodes; without measurements a node matters by what it adds."""
    parents = nodes.parents[:count].tolist()
    tokens, activations = nodes.tokens[:count].tolist(), nodes.activations[:count].tolist()
    children: list[list[Node]] = [[] for _ in range(count)]
    roots: list[Node] = []
    for at in range(count - 1, -1, -1):
        node = Node((tokens[at],), activations[at], 0.0, tuple(reversed(children[at])))
        parent = parents[at]
        if parent < 0:
            roots.append(node)
        else:
            children[parent].append(_worth(node, activations[parent]))
    return roots[::-1]


def _worth(node: Node, without: float) -> Node:
    best = strongest(node)
    lost = max(best - without, 0.0) / best if best > 0 else 0.0
    return Node(node.tokens, node.activation, lost, node.children)
