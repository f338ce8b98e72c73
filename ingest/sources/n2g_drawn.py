"""What a drawn token graph says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import sub

from ingest.errors import SourceError

END = 7.0
"""Pen width of a node where a pattern is complete."""
LEAST_ACTIVATION, LEAST_IMPORTANCE = 0.3, 0.55
"""What a white node stands for, with N2G's own defaults."""
_KNOWN_SHARES = 1 << 12
"""Of colours, of which there are few."""
_MOST_GAPS = 1 << 20
"""Nodes that a drawing leaves out, each of which takes some hundred bytes of memory."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn graph: of each of its nodes an item in each column, up to those of edges and tokens."""

    positions: Sequence[int]
    """0 for the activating token, -1, -2 … going back."""
    is_gap: Sequence[bool]
    activations: Sequence[float | None]
    """Share of the maximum, read off the colour; of activating tokens."""
    importances: Sequence[float | None]
    """Read off the colour; of context tokens."""
    is_end: Sequence[bool]
    later: Sequence[int]
    """The place of a node in these columns, for each edge from it, each pair of nodes once …"""
    earlier: Sequence[int]
    """… and that of the one for the token before it, where the edge leads."""
    accepting: Sequence[int]
    """The place of a node, for each token that it accepts …"""
    accepted: Sequence[str]
    """… and that token. A gap accepts any, and has none; so has what the drawing has lost."""
    said: str | None = None
    """The note that the drawing has, `""` for none; None if it says nothing of notes."""

    def __len__(self) -> int:
        return len(self.positions)

    @property
    def tokens(self) -> list[list[str]]:
        """Of each node those that it accepts; none if it accepts any, or has lost its own."""
        found: list[list[str]] = [[] for _ in self.positions]
        for at, token in zip(self.accepting, self.accepted, strict=True):
            found[at].append(token)
        return found

    @property
    def n_gaps(self) -> int:
        """Nodes that stand where the drawing leaves positions out."""
        return sum(self.is_gap)

    @property
    def n_lost(self) -> int:
        """Nodes whose token the drawing has lost."""
        return len(self) - len(set(self.accepting)) - self.n_gaps

    @property
    def note(self) -> str | None:
        """What the source could not say."""
        if self.said is not None:
            return self.said or None
        return note_of(self.n_lost, self.n_gaps)


@lru_cache
def note_of(n_lost: int, n_gaps: int) -> str:
    """What a drawing cannot say of which so many nodes have lost their token, or stand in a gap."""
    parts = ["Read from a drawing: nodes of one position and token are one, numbers are colours"]
    if n_lost:
        parts.append(f"{n_lost} nodes have lost their token")
    if n_gaps:
        parts.append(f"{n_gaps} nodes that accept any token stand where it has a gap")
    return "; ".join(parts) + "."


def drawn_graph(
    tokens: Sequence[str | None],
    *,
    positions: Sequence[int],
    activations: Sequence[float | None],
    importances: Sequence[float | None],
    is_end: Sequence[bool],
    later: Sequence[int],
    earlier: Sequence[int],
    file: str,
) -> Drawn:
    """The graph of these nodes, with a node that accepts any token wherever an edge leaves one out.

    The nodes stand in the order of their positions, activating tokens first; edges lead from a
    `later` node to an `earlier` one, by their places. Raises SourceError if too many are left out.
    """
    gaps: list[int] = []
    edges = list(zip(later, earlier, strict=True))
    if len(set(edges)) != len(edges):
        edges = list(dict.fromkeys(edges))
    left_out = sum(positions[later] - positions[earlier] - 1 for later, earlier in edges)
    if left_out:
        if left_out > _MOST_GAPS:
            raise SourceError(
                f"{file}: found edges that leave out {left_out:,} positions, "
                f"expected at most {_MOST_GAPS:,}. Is it damaged, or made to fill the memory?"
            )
        edges = list(_without_gaps(edges, positions, gaps))
    if gaps or len(edges) != len(later):
        later, earlier = zip(*edges, strict=True)
    accepting: Sequence[int] = range(len(tokens))
    if None in tokens:
        accepting = [at for at, token in enumerate(tokens) if token is not None]
    nothing = [None] * len(gaps)
    return Drawn(
        [*positions, *gaps],
        [False] * len(tokens) + [True] * len(gaps),
        [*activations, *nothing],
        [*importances, *nothing],
        [*is_end, *[False] * len(gaps)],
        later,
        earlier,
        accepting,
        [token for token in tokens if token is not None],
    )


@lru_cache(_KNOWN_SHARES)
def shown(share: float, least: float) -> float:
    """What a share of a full colour stands for, where white is the `least`, the full colour 1.

    To four places, as the compiled reader rounds it: scaled, halves to even.
    """
    found = min(max(share, 0.0), 1.0) * (1 - least) + least
    scaled = found * 1e4
    return found if scaled.is_integer() else round(scaled) / 1e4


def steps(positions: Sequence[int], later: Sequence[int], earlier: Sequence[int]) -> Iterable[int]:
    """How many tokens each edge goes back."""
    position = positions.__getitem__
    return map(sub, map(position, later), map(position, earlier))


def _without_gaps(
    edges: Sequence[tuple[int, int]], positions: Sequence[int], gaps: list[int]
) -> Iterator[tuple[int, int]]:
    """Edges from each position to the next, over nodes whose positions are added to `gaps`."""
    for node, earlier in edges:
        tail = node
        for position in range(positions[node] - 1, positions[earlier], -1):
            number = len(positions) + len(gaps)
            gaps.append(position)
            yield tail, number
            tail = number
        yield tail, earlier
