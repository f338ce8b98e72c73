"""Texts with a number for each token, many at once, of which only what is new becomes Python's."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from struct import Struct
from typing import Any, cast

from ingest.sources.documents import compact
from ingest.sources.peaks import largest

_DOUBLE = Struct("=d")


@dataclass(frozen=True, slots=True)
class Samples:
    """Some texts of a record."""

    json: Sequence[bytes]
    """Of each its tokens, at least one, as a JSON list without spaces."""
    values: Sequence[Any]
    """Of each the numbers of its tokens, as a buffer of eight bytes each."""
    lengths: Sequence[int]
    """Tokens of each."""
    read: Callable[[int], Sequence[str]]
    """Gives the tokens of the text at a place, or raises SourceError if one is no text."""
    ids: Sequence[str] | None = None
    """Of each its id, where what read them has found it out."""

    @classmethod
    def of(cls, texts: Sequence[tuple[Sequence[str], Sequence[float]]]) -> Samples:
        """Texts that were read already: tokens and numbers of each."""
        return cls(
            [compact(tokens) for tokens, _ in texts],
            [array("d", values) for _, values in texts],
            [len(tokens) for tokens, _ in texts],
            lambda at: texts[at][0],
        )

    @classmethod
    def joined(cls, parts: Sequence[Samples]) -> Samples:
        """One after another."""
        if len(parts) == 1:
            return parts[0]
        begins = list(accumulate(map(len, parts), initial=0))

        def read(at: int) -> Sequence[str]:
            part = bisect_right(begins, at) - 1
            return parts[part].read(at - begins[part])

        known = [part.ids for part in parts if len(part)]
        return cls(
            [json for part in parts for json in part.json],
            [values for part in parts for values in part.values],
            [length for part in parts for length in part.lengths],
            read,
            None if None in known else list(chain.from_iterable(ids for ids in known if ids)),
        )

    def __len__(self) -> int:
        return len(self.json)

    def taken(self, places: Sequence[int]) -> Samples:
        """Those at some places, in that order."""
        return Samples(
            [self.json[at] for at in places],
            [self.values[at] for at in places],
            [self.lengths[at] for at in places],
            lambda at: self.read(places[at]),
            None if self.ids is None else [self.ids[at] for at in places],
        )

    def part(self, begin: int, end: int) -> Samples:
        """Those from one place to before another."""
        return Samples(
            self.json[begin:end],
            self.values[begin:end],
            self.lengths[begin:end],
            lambda at: self.read(begin + at),
            None if self.ids is None else self.ids[begin:end],
        )

    def numbers(self, at: int) -> memoryview[float]:
        """The numbers of the text at a place."""
        return memoryview(self.values[at]).cast("B").cast("d")

    def number(self, at: int, place: int) -> float:
        """The number of one token of the text at a place."""
        return cast("float", _DOUBLE.unpack_from(self.values[at], _DOUBLE.size * place)[0])

    def largest(self) -> float | None:
        """The largest of all numbers; None if there are none."""
        return largest(b"".join(self.values))
