"""A trie that fits the evidence and says no more than it must.

Each node stands for the places whose last tokens it matches, and predicts their mean. A node
is kept only if it changes what its parent says (fires or not), or leads to one that does.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from ingest.n2g.evidence import FIRING, Evidence
from ingest.n2g.trie import Node, strongest

MAX_DEPTH = 4
"""Tokens of context, at most."""


def fit(evidence: Evidence, depth: int = MAX_DEPTH) -> tuple[Node, ...]:
    """The roots of the trie: one per token on which the neuron fires somewhere."""
    firing = evidence.shares >= FIRING
    own = evidence.contexts[:, 0]
    roots = []
    for token in np.unique(own[firing]).tolist():
        places = np.flatnonzero(own == token)
        root = _grown(evidence, places, (token,), 0, depth, None)
        if root is not None and strongest(root) >= FIRING:
            roots.append(root)
    return tuple(roots)


def _grown(
    evidence: Evidence,
    places: Int[np.ndarray, " place"],
    tokens: tuple[int, ...],
    back: int,
    depth: int,
    parent: float | None,
) -> Node | None:
    """The node for these places, or None if it changes nothing."""
    mean = float(evidence.shares[places].mean())
    fires = mean >= FIRING
    children = []
    if back < depth:
        firing = evidence.shares[places] >= FIRING
        if firing.any() and not firing.all():
            before = evidence.contexts[places, back + 1]
            for token in np.unique(before[before >= 0]).tolist():
                child = _grown(
                    evidence, places[before == token], (token,), back + 1, depth, mean
                )
                if child is not None:
                    children.append(child)
    changes = parent is None or fires != (parent >= FIRING)
    if not changes and not children:
        return None
    activation = min(max(mean, 0.0), 1.0)
    lost = 0.0 if parent is None else abs(mean - parent) / max(mean, parent, 1e-9)
    return Node(tokens, activation, min(lost, 1.0), tuple(children))
