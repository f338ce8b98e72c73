"""What a drawn token graph says."""

from __future__ import annotations

from dataclasses import dataclass

END = 7.0
"""Pen width of a node where a pattern is complete."""
LEAST_ACTIVATION, LEAST_IMPORTANCE = 0.3, 0.55
"""What a white node stands for, with N2G's own defaults."""


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """One node of a drawn graph."""

    token: str | None
    """Its text; None where it accepts any (in a gap) or the drawing has lost it."""
    position: int
    """0 for the activating token, -1, -2 … going back."""
    is_gap: bool
    activation: float | None
    """Share of the maximum, read off the colour; of activating tokens."""
    importance: float | None
    """Read off the colour; of context tokens."""
    is_end: bool
    before: tuple[int, ...]
    """Numbers of the nodes for the token before it."""
    also: tuple[str, ...] = ()
    """Further tokens that it accepts, where the drawing says so."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn graph."""

    nodes: tuple[DrawnNode, ...]
    """Activating tokens first, then going back."""
    n_lost: int
    """Nodes whose token the drawing has lost."""
    n_gaps: int
    """Nodes put in where the drawing leaves positions out."""
    said: str | None = None
    """The note that the drawing has, `""` for none; None if it says nothing of notes."""

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
