"""A sentence about a neuron, put together from its token graph by a template.

No language model has a say in it; the same graph always gives the same sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

EXPLAINER = "template"
VERSION = "1"
"""Raised whenever the same graph would give another sentence."""
_TOKENS = 6
_CONTEXTS = 3


@dataclass(frozen=True, slots=True)
class Pattern:
    """One token that fires, and what has to stand before it."""

    token: str
    activation: float
    """Share of the neuron's maximum."""
    after: str | None
    """The token that its strongest pattern asks for, if it asks for one."""
    distance: int
    """How far back that token stands, from 1; 0 without one."""
    always: bool
    """Whether the token fires whatever stands before it."""


def sentence(patterns: Sequence[Pattern]) -> str:
    """What the neuron fires on: at least one pattern, the strongest first."""
    always = [pattern for pattern in patterns if pattern.always]
    others = [pattern for pattern in patterns if not pattern.always]
    parts = []
    if always:
        parts.append(f"on {_listed([quoted(p.token) for p in always], _TOKENS)}")
    if others:
        after = [_conditioned(pattern) for pattern in others]
        parts.append(f"on {_listed(after, _CONTEXTS if always else _TOKENS)}")
    text = "Fires " + ", and ".join(parts)
    return f"{text}."


def quoted(token: str) -> str:
    """A token in quotation marks, its space kept and its line ends visible."""
    shown = token.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    return f"“{shown}”"


def _conditioned(pattern: Pattern) -> str:
    if pattern.after is None:
        return f"{quoted(pattern.token)} in some contexts"
    if pattern.distance == 1:
        return f"{quoted(pattern.token)} after {quoted(pattern.after)}"
    return f"{quoted(pattern.token)} with {quoted(pattern.after)} {pattern.distance} tokens before"


def _listed(items: Sequence[str], most: int) -> str:
    """`a`, `a and b`, `a, b and 7 more`."""
    shown = list(items[:most])
    hidden = len(items) - len(shown)
    if hidden:
        shown.append(f"{hidden} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
