"""The trie: what a token graph is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A node and what stands before it."""

    tokens: tuple[int, ...]
    """Token ids that it accepts, in ascending order; empty if it accepts any."""
    activation: float | None
    """Share of the neuron's maximum if the text matches to here and no further; None if unknown."""
    importance: float
    """Share of the activation that is lost without it, 0 to 1."""
    children: tuple[Node, ...] = ()
    """What may stand before it: an exact child is tried before one that accepts any."""

    @property
    def is_end(self) -> bool:
        """Whether a pattern is complete here."""
        return self.activation is not None


@dataclass(frozen=True, slots=True)
class Placed:
    """A node at its place in the trie."""

    number: int
    """From 0, parents before their children."""
    parent: int | None
    """Number of the node after it; None at an activating token."""
    position: int
    """0 for the activating token, -1, -2 … going back."""
    node: Node


def placed(roots: tuple[Node, ...]) -> Iterator[Placed]:
    """Every node, parents first."""
    number = 0
    waiting: list[tuple[Node, int | None, int]] = [(root, None, 0) for root in reversed(roots)]
    while waiting:
        node, parent, position = waiting.pop()
        yield Placed(number, parent, position, node)
        waiting.extend((child, number, position - 1) for child in reversed(node.children))
        number += 1


def size(roots: tuple[Node, ...]) -> int:
    """How many nodes there are."""
    return sum(1 + size(root.children) for root in roots)


def strongest(node: Node) -> float:
    """The largest activation of any pattern that ends at `node` or further back."""
    own = node.activation if node.activation is not None else 0.0
    return max([own, *(strongest(child) for child in node.children)])
