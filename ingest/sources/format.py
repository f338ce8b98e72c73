"""What a format is to the job that imports it, and what of a source is wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ingest.errors import SourceError
from ingest.sources.tree import Tree

if TYPE_CHECKING:
    from ingest.sources.sink import Sink

_RANGE = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?\Z")


@dataclass(frozen=True, slots=True)
class Unit:
    """Files that are read together: what a job that was stopped has done, or does again."""

    name: str
    """Its own among the source's, the same each time."""
    files: tuple[str, ...]
    """Names in the tree."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Numbers or names that were asked for; all if nothing was."""

    text: str | None
    """Such as `0-4` or `3,17,40-49`, or names: `6-res-jb`."""
    ranges: tuple[tuple[int, int], ...] = ()
    """First and last of each range, both included."""
    names: frozenset[str] = frozenset()

    @classmethod
    def of(cls, text: str | None, option: str) -> Choice:
        """What an option's text says. Raises SourceError if it says nothing."""
        ranges, names = [], []
        for part in map(str.strip, text.split(",")) if text is not None else ():
            match = _RANGE.match(part)
            if match is not None:
                ranges.append((int(match[1]), int(match[2] or match[1])))
            names.append(part)
            if not part or (match and int(match[2] or match[1]) < int(match[1])):
                raise SourceError(
                    f"{text!r} names nothing for {option}. Expected such as 17, 0-99 or 3,17,40-49."
                )
        return cls(text, tuple(sorted(ranges)), frozenset(names))

    def holds(self, value: int | str) -> bool:
        """Whether a number, or a name, is among them."""
        if self.text is None or str(value) in self.names:
            return True
        if isinstance(value, str):
            if not value.isdecimal():
                return False
            value = int(value)
        return any(first <= value <= last for first, last in self.ranges)

    def numbers(self) -> Iterator[int]:
        """Each number once, ascending; nothing if all are meant."""
        last = -1
        for first, end in self.ranges:
            yield from range(max(first, last + 1), end + 1)
            last = max(last, end)

    def each(self) -> list[str]:
        """What was asked for by name: names that are none of a range, and each range's numbers."""
        names = sorted(name for name in self.names if _RANGE.match(name) is None)
        return [*map(str, self.numbers()), *names]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a source is to be imported."""

    model: str
    """The model's id in the graph."""
    layers: Choice
    """By name: `3`, `6-res-jb`."""
    neurons: Choice
    """By place within their layer, from 0."""


@runtime_checkable
class Format(Protocol):
    """One format of published data."""

    @property
    def name(self) -> str:
        """What it is called on the command line and, unless told otherwise, in the graph."""
        ...

    @property
    def version(self) -> int:
        """Raised whenever the same files would give other rows."""
        ...

    def model(self, tree: Tree) -> str | None:
        """The model that the files themselves name; None if they name none.

        Raises SourceError if they name several.
        """
        ...

    def units(self, tree: Tree, wanted: Wanted) -> Iterator[Unit]:
        """The files that hold what is wanted, in an order that is always the same.

        Raises SourceError if there are none of this format.
        """
        ...

    def read(self, unit: Unit, tree: Tree, sink: Sink) -> None:
        """Give every wanted record of a unit to the sink, each within `sink.record`.

        Raises SourceError at a record that is not of the format.
        """
        ...


def grouped(name: str, files: list[str], size: int) -> Iterator[Unit]:
    """Units of up to `size` files each, called after `name` and their number."""
    for number, first in enumerate(range(0, len(files), size)):
        yield Unit(f"{name}-{number:05d}", tuple(files[first : first + size]))
