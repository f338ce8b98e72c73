"""A sentence about a neuron, put together from its token graph by a template.

No language model has a say in it; the same graph always gives the same sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

EXPLAINER = "template"
VERSION = "2"
"""Raised whenever the same graph would give another sentence."""
_TOKENS = 6
_CONDITIONED = 3
"""How many tokens are written out, and of those that need a context if others do not."""
_CONTEXTS = 2
_EXCEPTIONS = 1


@dataclass(frozen=True, slots=True)
class Pattern:
    """One token that fires, and what has to stand before it."""

    token: str
    activation: float
    """Share of the neuron's maximum, the largest of any context."""
    always: bool
    """Whether it fires whatever stands before it, but for the contexts."""
    contexts: tuple[str, ...]
    """Texts that end right before it and make it fire, or, if it always does, keep it from
    firing: the first `WRITTEN` of them, the shortest first."""
    n_contexts: int
    """How many there are."""


WRITTEN = 1 + max(_CONTEXTS, _EXCEPTIONS)
"""Contexts that a sentence can write out."""


def sentence(patterns: Sequence[Pattern]) -> str:
    """What the neuron fires on: at least one pattern, the strongest first."""
    always = [_excepted(pattern) for pattern in patterns if pattern.always]
    others = [_conditioned(pattern) for pattern in patterns if not pattern.always]
    parts = []
    if always:
        parts.append(f"on {_listed(always, len(always), _TOKENS)}")
    if others:
        parts.append(f"on {_listed(others, len(others), _CONDITIONED if always else _TOKENS)}")
    return f"Fires {'; '.join(parts)}."


def quoted(token: str) -> str:
    """A token in quotation marks, its space kept and its line ends visible."""
    shown = token.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    return f"“{shown}”"


def _conditioned(pattern: Pattern) -> str:
    return f"{quoted(pattern.token)} after {_contexts(pattern, _CONTEXTS)}"


def _excepted(pattern: Pattern) -> str:
    if not pattern.contexts:
        return quoted(pattern.token)
    return f"{quoted(pattern.token)} (but not after {_contexts(pattern, _EXCEPTIONS)})"


def _contexts(pattern: Pattern, most: int) -> str:
    return _listed([quoted(text) for text in pattern.contexts], pattern.n_contexts, most, "or")


def _listed(items: Sequence[str], count: int, most: int, word: str = "and") -> str:
    """`a`, `a and b`, `a, b and 7 more`; never `and 1 more`, which is no shorter.

    `items` are the first `most + 1`, or all if there are fewer, of `count`.
    """
    shown = list(items[: most if count > most + 1 else most + 1])
    if count > len(shown):
        shown.append(f"{count - len(shown)} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {word} {shown[-1]}"
