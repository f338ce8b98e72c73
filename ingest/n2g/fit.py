"""A trie that fits the evidence and says no more than it must.

Each node stands for the places in texts whose last tokens it matches. What it predicts for a
context that was never seen is the median over the tokens that were seen before it, each
counted once however often it stood there (as Kneser and Ney count, 1995): a common context
says no more of an unknown one than a rare one does. A node is kept only if it changes what
its parent says (fires or not), or leads to one that does.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from ingest.n2g.evidence import FIRING, Evidence
from ingest.n2g.trie import Node, strongest

MAX_DEPTH = 4
"""Tokens of context, at most."""


def fit(evidence: Evidence, depth: int = MAX_DEPTH) -> tuple[Node, ...]:
    """The roots of the trie, by token: one for each on which the neuron fires somewhere."""
    own = evidence.contexts[:, 0]
    roots = []
    for token in np.unique(own[evidence.shares >= FIRING]).tolist():
        root = _grown(
            evidence, np.flatnonzero(own == token), token, back=0, depth=depth, parent=None
        )
        if root is not None and strongest(root) >= FIRING:
            roots.append(root)
    return tuple(roots)


def _grown(
    evidence: Evidence,
    places: Int[np.ndarray, " place"],
    token: int,
    *,
    back: int,
    depth: int,
    parent: float | None,
) -> Node | None:
    """The node for these places, `back` tokens before the activating one; None if of no use."""
    shares = evidence.shares[places]
    groups = []
    if back < depth and shares.max() >= FIRING > shares.min():
        before = evidence.contexts[places, back + 1]
        groups = [(at, places[before == at]) for at in np.unique(before[before >= 0]).tolist()]
    seen = [float(np.median(evidence.shares[group])) for _, group in groups]
    share = float(np.median(seen or shares))
    share = min(max(share, 0.0), 1.0)
    grown = (
        _grown(evidence, group, at, back=back + 1, depth=depth, parent=share)
        for at, group in groups
    )
    children = tuple(child for child in grown if child is not None)
    if parent is not None and not children and (share >= FIRING) == (parent >= FIRING):
        return None
    node = Node((token,), share, 0.0, children)
    best = strongest(node)
    lost = 0.0 if parent is None or best == 0 else max(best - parent, 0.0) / best
    return Node((token,), share, lost, children)
