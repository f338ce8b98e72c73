"""Growing a trie: the compiled part of `ingest.n2g.fit`."""

from __future__ import annotations

from typing import NamedTuple, no_type_check

import numpy as np
from jaxtyping import Bool, Float64, Int32
from numba import njit

from ingest.n2g.evidence import FIRING

_BELOW = FIRING - 1e-4
"""What a node says that does not fire, at most: four places are kept."""


class Places(NamedTuple):
    """Evidence in the order of its contexts: those that end alike stand together."""

    contexts: Int32[np.ndarray, "place back"]
    fires: Bool[np.ndarray, " place"]
    shares: Float64[np.ndarray, " place"]
    weights: Float64[np.ndarray, " place"]


class Limits(NamedTuple):
    """What a trie may become."""

    depth: int
    """Tokens of context, at most."""
    threshold: float
    """A node fires if this share of its places does."""
    shrink: float
    """How many places' worth a node's guess from its parent is."""
    penalty: float
    """What a node has to save, as weight of places that are predicted wrongly."""


class Nodes(NamedTuple):
    """The trie as columns, parents before children."""

    tokens: Int32[np.ndarray, " node"]
    parents: Int32[np.ndarray, " node"]
    """-1 for an activating token."""
    activations: Float64[np.ndarray, " node"]


OPEN = np.dtype(
    [
        ("node", np.int64),
        ("first", np.int64),
        ("end", np.int64),
        ("at", np.int64),
        ("fires", np.bool_),
        ("guess", np.float64),
        ("weight", np.float64),
        ("unit", np.float64),
        ("firing", np.float64),
        ("shares", np.float64),
        ("cost", np.float64),
        ("left", np.float64),
        ("left_firing", np.float64),
        ("left_shares", np.float64),
    ]
)
"""A node that is not finished: its run of places and how far its children have been made, what
it guesses for contexts never seen, its places' weight, what of it is expected to fire and to be
predicted wrongly, and the same of the places that no child speaks for."""


@njit(nogil=True, cache=True)
@no_type_check
def grow_all(places, limits, prior, nodes):
    """Grow the tree of each activating token; gives the number of nodes."""
    open_nodes = np.zeros(limits.depth + 1, OPEN)
    count = 0
    first = 0
    while first < len(places.fires):
        end = _end_of(places, first, len(places.fires), 0)
        after = _grow(places, limits, nodes, open_nodes, first, end, count, prior)
        root = open_nodes[0]
        if root.firing - root.cost - limits.penalty * (after - count) > 0:
            count = after
        first = end
    return count


@njit(nogil=True, cache=True)
@no_type_check
def _end_of(places, first, end, back):
    """Where the run of places with the same token `back` tokens ago ends."""
    token = places.contexts[first, back]
    at = first + 1
    while at < end and places.contexts[at, back] == token:
        at += 1
    return at


@njit(nogil=True, cache=True)
@no_type_check
def _guess(places, limits, first, end, back, share):  # noqa: PLR0917  (compiled)
    """How likely the neuron fires in a context never seen: each seen one counts once.

    So Kneser and Ney (1995) count: a common context says no more of an unknown one.
    """
    if back == limits.depth:
        return share
    total = 0.0
    contexts = 0
    at = first
    while at < end:
        until = _end_of(places, at, end, back + 1)
        weight = 0.0
        firing = 0.0
        for place in range(at, until):
            weight += places.weights[place]
            firing += places.weights[place] * places.fires[place]
        total += firing / weight
        contexts += 1
        at = until
    return total / contexts


@njit(nogil=True, cache=True)
@no_type_check
def _grow(places, limits, nodes, open_nodes, first, end, count, prior):  # noqa: PLR0917  (compiled)
    """Grow the tree of a run of places with one activating token; gives the number of nodes.

    Depth first, the nodes on the way to the present one open: compiled code that calls itself
    cannot be kept on disk.
    """
    count = _opened(places, limits, nodes, open_nodes, 0, first, end, count, prior, -1)
    back = 0
    while True:
        here = open_nodes[back]
        if here.at < here.end:
            until = _end_of(places, here.at, here.end, back + 1)
            if places.contexts[here.at, back + 1] < 0:
                here.at = until
            else:
                count = _opened(
                    places, limits, nodes, open_nodes, back + 1,
                    here.at, until, count, here.guess, here.node,
                )  # fmt: skip
                back += 1
            continue
        nodes.activations[here.node] = _activation(here, limits)
        if back == 0:
            return count
        back -= 1
        count = _weighed_up(places, limits, open_nodes[back], here, count)


@njit(nogil=True, cache=True)
@no_type_check
def _opened(  # noqa: PLR0917  (compiled)
    places, limits, nodes, open_nodes, back, first, end, count, prior, parent
):
    """Make the node of a run of places, `back` tokens before the activating one."""
    weight = 0.0
    squares = 0.0
    firing = 0.0
    shares = 0.0
    n_fires = 0
    for place in range(first, end):
        w = places.weights[place]
        weight += w
        squares += w * w
        firing += w * places.fires[place]
        shares += w * places.shares[place]
        n_fires += places.fires[place]
    unit = limits.shrink * squares / weight
    share = (firing + unit * prior) / (weight + unit)
    mixed = 0 < n_fires < end - first
    here = open_nodes[back]
    here.guess = _guess(places, limits, first, end, back, share) if mixed else share
    here.fires = here.guess >= limits.threshold
    here.weight = weight
    here.unit = unit
    here.firing = weight * share
    here.shares = shares
    here.cost = weight - here.firing if here.fires else here.firing
    here.left = weight
    here.left_firing = firing
    here.left_shares = shares
    here.node = count
    here.first = first
    here.end = end
    opens = mixed and back < limits.depth and here.cost > limits.penalty
    here.at = first if opens else end
    nodes.tokens[count] = places.contexts[first, back]
    nodes.parents[count] = parent
    return count + 1


@njit(nogil=True, cache=True)
@no_type_check
def _weighed_up(places, limits, parent, child, count):
    """Keep a finished child with all that is behind it, or forget it; gives the number of nodes."""
    parent.at = child.end
    wrong = child.weight - child.firing if parent.fires else child.firing
    if wrong - child.cost - limits.penalty * (count - child.node) <= 0:
        return child.node
    parent.cost = max(parent.cost - (wrong - child.cost), 0.0)
    for place in range(child.first, child.end):
        weight = places.weights[place]
        parent.left -= weight
        parent.left_firing -= weight * places.fires[place]
        parent.left_shares -= weight * places.shares[place]
    return count


@njit(nogil=True, cache=True)
@no_type_check
def _activation(here, limits):
    """What a finished node says where no child of it matches."""
    if here.left > 1e-9 * here.weight:
        share = (here.left_firing + here.unit * here.guess) / (here.left + here.unit)
        activation = here.left_shares / here.left
    else:  # every context that was seen has a node of its own
        share = here.guess
        activation = here.shares / here.weight
    if share >= limits.threshold:
        return min(max(activation, FIRING), 1.0)
    return min(max(activation, 0.0), _BELOW)
