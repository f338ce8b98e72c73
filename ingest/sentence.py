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
_ALTERNATIVES = 2
"""How many tokens, contexts and tokens within one context are written out."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One token that fires, and what has to stand before it."""

    token: str
    activation: float
    """Share of the neuron's maximum."""
    after: tuple[str, ...]
    """The tokens that its strongest pattern asks for, any of them; empty if it asks for none."""
    distance: int
    """How far back they stand, from 1; 0 without one."""
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
    return f"Fires {'; '.join(parts)}."


def quoted(token: str) -> str:
    """A token in quotation marks, its space kept and its line ends visible."""
    shown = token.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    return f"“{shown}”"


def _conditioned(pattern: Pattern) -> str:
    if not pattern.after:
        return f"{quoted(pattern.token)} in some contexts"
    after = _listed([quoted(token) for token in pattern.after], _ALTERNATIVES, "or")
    if pattern.distance == 1:
        return f"{quoted(pattern.token)} after {after}"
    return f"{quoted(pattern.token)} with {after} {pattern.distance} tokens before"


def _listed(items: Sequence[str], most: int, word: str = "and") -> str:
    """`a`, `a and b`, `a, b and 7 more`; never `and 1 more`, which is no shorter."""
    shown = list(items[: most if len(items) > most + 1 else most + 1])
    hidden = len(items) - len(shown)
    if hidden:
        shown.append(f"{hidden} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {word} {shown[-1]}"
