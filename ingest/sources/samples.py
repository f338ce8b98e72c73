"""Texts with a number for each token, many at once, of which only what is new becomes Python's."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ingest.sources.documents import Pair, compact, plain

_STRINGS = {str}


@dataclass(frozen=True, slots=True)
class Samples:
    """Some texts of a record."""

    pairs: list[Pair]
    """Of each its tokens, at least one, and their numbers."""
    read_one: Callable[[int], list[str]]
    """Gives the tokens of the text at a place, or raises SourceError."""

    def __len__(self) -> int:
        return len(self.pairs)

    def tokens(self, at: int) -> list[str]:
        """The tokens of the text at a place. Raises SourceError if one is no text."""
        found: list[str] = plain(self.pairs[at][0])
        return found if set(map(type, found)) == _STRINGS else self.read_one(at)

    def json(self) -> list[bytes]:
        """The tokens of each as a JSON list without spaces."""
        return [compact(tokens) for tokens, _ in self.pairs]

    def values(self) -> list[Any]:
        """The numbers of each, as a buffer of eight bytes each."""
        return [values for _, values in self.pairs]

    def largest(self) -> float | None:
        """The largest of all numbers."""
        return max((max(array("d", bytes(values))) for values in self.values()), default=None)
