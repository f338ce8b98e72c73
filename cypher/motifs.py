"""Motifs of a token graph: what its trie says as a whole, in numbers that are asked for often.

They are worked out once, where a token graph is made, and stored with it: to find them in a graph
every trie would have to be walked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Motifs:
    """Motifs of one token graph: columns of `TokenGraph`."""

    n_unconnected: int | None
    """Activating nodes that are unconnected: no token is named both by the node, or a node that
    leads back from it, and by another activating node, or one that leads back from that. Null if
    there is no activating node.
    """
    repeat_activation: float | None
    """The strongest activation, as a share of the neuron's maximum, at the end of a pattern that
    has a node behind the activating one that names a token which the activating one names too.
    Null if no pattern has.
    """


def motifs_of(
    tokens: Sequence[Collection[str]],
    *,
    positions: Sequence[int],
    activations: Sequence[float | None],
    is_end: Sequence[bool],
    edges: Iterable[tuple[int, int]],
) -> Motifs:
    """The motifs of a trie, of each node of which every column but `edges` has an item.

    `tokens` are those that a node names, none if it accepts any; `positions` are 0 at activating
    nodes and fall going back; a pattern ends where `is_end` is true and an activation is known.
    `edges` lead from a node to one for the token before it, by places in the columns, and each to
    a lower position. A node may have several before it, and also stand before several, as in the
    drawings that N2G has published.

    A set of activating nodes is an integer here, with a bit for each: a node's is that of the
    activating nodes that it leads back from. So each edge and each token is looked at once or
    twice, whatever the number of ways through the trie.
    """
    backwards = sorted(edges, key=lambda edge: -positions[edge[0]])
    behind = [0] * len(positions)
    named_first: dict[str, int] = {}
    bit = 1
    for node, position in enumerate(positions):
        if position == 0:
            behind[node] = bit
            for token in tokens[node]:
                named_first[token] = named_first.get(token, 0) | bit
            bit <<= 1
    if bit == 1:
        return Motifs(None, None)
    for node, before in backwards:
        behind[before] |= behind[node]
    strongest = [
        activation if ends else None for activation, ends in zip(activations, is_end, strict=True)
    ]
    is_known = strongest.count(None) < len(strongest)
    for node, before in reversed(backwards) if is_known else ():
        strongest[node] = _larger(strongest[node], strongest[before])

    named, repeated = dict(named_first), None
    for node, position in enumerate(positions):
        if position < 0:
            for token in tokens[node]:
                named[token] = named.get(token, 0) | behind[node]
                if is_known and named_first.get(token, 0) & behind[node]:
                    repeated = _larger(repeated, strongest[node])
    connected = 0
    for nodes in named.values():
        if nodes & (nodes - 1):  # more than one of them
            connected |= nodes
    return Motifs(bit.bit_length() - 1 - connected.bit_count(), repeated)


def _larger(one: float | None, other: float | None) -> float | None:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)
