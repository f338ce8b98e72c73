"""What a drawn token graph says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

END = 7.0
"""Pen width of a node where a pattern is complete."""
LEAST_ACTIVATION, LEAST_IMPORTANCE = 0.3, 0.55
"""What a white node stands for, with N2G's own defaults."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn graph: of each of its nodes an item in every column but `edges`."""

    tokens: Sequence[tuple[str, ...]]
    """The tokens that it accepts; none if it accepts any (in a gap), or the drawing has lost it."""
    positions: Sequence[int]
    """0 for the activating token, -1, -2 … going back."""
    is_gap: Sequence[bool]
    activations: Sequence[float | None]
    """Share of the maximum, read off the colour; of activating tokens."""
    importances: Sequence[float | None]
    """Read off the colour; of context tokens."""
    is_end: Sequence[bool]
    edges: Sequence[tuple[int, int]]
    """A node, and one for the token before it: their places in the columns, each pair once."""
    said: str | None = None
    """The note that the drawing has, `""` for none; None if it says nothing of notes."""

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def n_gaps(self) -> int:
        """Nodes that stand where the drawing leaves positions out."""
        return sum(self.is_gap)

    @property
    def n_lost(self) -> int:
        """Nodes whose token the drawing has lost."""
        return self.tokens.count(()) - self.n_gaps

    @property
    def note(self) -> str | None:
        """What the source could not say."""
        if self.said is not None:
            return self.said or None
        parts = [
            "Read from a drawing: nodes of one position and token are one, numbers are colours"
        ]
        if self.n_lost:
            parts.append(f"{self.n_lost} nodes have lost their token")
        if self.n_gaps:
            parts.append(f"{self.n_gaps} nodes that accept any token stand where it has a gap")
        return "; ".join(parts) + "."


def drawn_graph(
    tokens: Sequence[str | None],
    *,
    positions: Sequence[int],
    activations: Sequence[float | None],
    importances: Sequence[float | None],
    is_end: Sequence[bool],
    later: Sequence[tuple[int, int]],
) -> Drawn:
    """The graph of these nodes, with a node that accepts any token wherever an edge leaves one out.

    The nodes stand in the order of their positions, activating tokens first; `later` are edges,
    each from a node to one that stands further back.
    """
    gaps: list[int] = []
    edges: list[tuple[int, int]] = []
    if all(positions[node] == positions[earlier] + 1 for node, earlier in later):
        edges, later = list(later), ()
    for node, earlier in later:
        tail = node
        for position in range(positions[node] - 1, positions[earlier], -1):
            number = len(tokens) + len(gaps)
            gaps.append(position)
            edges.append((tail, number))
            tail = number
        edges.append((tail, earlier))
    nothing = [None] * len(gaps)
    return Drawn(
        [() if token is None else (token,) for token in tokens] + [()] * len(gaps),
        [*positions, *gaps],
        [False] * len(tokens) + [True] * len(gaps),
        [*activations, *nothing],
        [*importances, *nothing],
        [*is_end, *[False] * len(gaps)],
        list(dict.fromkeys(edges)),
    )
