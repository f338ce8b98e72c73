"""The trie, as lines are added to it and nodes merged in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.n2g.trie import Node
from ingest.n2g2023.lines import Line

Tokens = tuple[int, ...]
_ANY: Tokens = ()
"""What an "ignore" node accepts."""


@dataclass(slots=True)
class Growing:
    """A node that is not finished. The trie's top is one, too, and stands for no token."""

    importance: float = 0.0
    activation: float | None = None
    """Share of the neuron's maximum if a line ends here."""
    children: dict[Tokens, Growing] = field(default_factory=dict)
    """By what they accept."""

    def add(self, line: Line) -> None:
        """Add a line below. Whatever is there keeps its values."""
        node = self
        for step in line.steps:
            node = node.children.setdefault(step.tokens, Growing(step.importance))
        if node.activation is None:
            node.activation = line.activation

    def take(self, other: Growing) -> None:
        """Add all that stands below `other`. Whatever is there keeps its values."""
        for tokens, theirs in other.children.items():
            mine = self.children.setdefault(tokens, Growing(theirs.importance))
            if mine.activation is None:
                mine.activation = theirs.activation
            mine.take(theirs)

    def merge(self) -> None:
        """From here down, give what stands below a node to the "ignore" node beside it.

        The node itself goes, unless a line ends at it.
        """
        waiting = deque([self])
        while waiting:
            node = waiting.popleft()
            ignore = node.children.get(_ANY)
            if ignore is not None:
                for tokens, child in list(node.children.items()):
                    if child is not ignore:
                        ignore.take(child)
                        if child.activation is None:
                            del node.children[tokens]
            waiting.extend(node.children.values())

    def finished(self) -> tuple[Node, ...]:
        """The nodes below, in the order of what they accept, "ignore" last."""
        return tuple(
            Node(tokens, child.activation, child.importance, child.finished())
            for tokens, child in sorted(
                self.children.items(), key=lambda entry: (entry[0] == _ANY, entry[0])
            )
        )


def grown(lines: Iterable[Line]) -> tuple[Node, ...]:
    """The trie of a neuron's lines, by its roots."""
    top = Growing()
    for line in lines:
        top.add(line)
    top.merge()
    return top.finished()
