"""Which of a neuron's examples belong together, by the roots of its token graph.

A root is the token, or the tokens, that fire alike; a neuron with several fires on unlike things.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ingest.explaining.evidence import RANDOM, Known, Passage

_FEWEST = 2
"""Examples that make a group: of one alone nothing general can be said."""


@dataclass(frozen=True, slots=True)
class Group:
    """Examples that end in the same root."""

    tokens: tuple[str, ...]
    """The root's tokens, in order."""
    shown: tuple[Passage, ...]
    scored: tuple[Passage, ...]


def groups(known: Known, roots: Sequence[frozenset[str]], most: int) -> list[Group]:
    """The largest groups, at most so many; none unless there are two.

    An example belongs to the first root that has the token at its peak; random ones belong to
    every group.
    """
    found = []
    for at, root in enumerate(roots):
        own = root.difference(*roots[:at])
        shown = tuple(p for p in known.shown if p.tokens[p.peak] in own)
        scored = scored_of(own, known)
        if len(shown) >= _FEWEST:
            found.append(Group(tuple(sorted(root)), shown, scored))
    found.sort(key=lambda group: (-len(group.shown), group.tokens))
    return found[:most] if len(found) > 1 and most > 1 else []


def scored_of(about: Collection[str] | None, known: Known) -> tuple[Passage, ...]:
    """What an explanation is scored on that is about the examples with these tokens at their
    peaks, or about all.
    """
    if not about:
        return known.scored
    return tuple(p for p in known.scored if p.bucket == RANDOM or p.tokens[p.peak] in about)
