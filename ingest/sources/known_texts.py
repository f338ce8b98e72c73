"""Which texts are in the pack already: a source says the same ones again and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cypher.native import IS_THERE, native

_MOST = 1_000_000
"""Ids that are kept, a hundred bytes each. Beyond them a text may be written twice; packs forget
the second."""


class Ids(Protocol):
    """A set of ids."""

    def __len__(self) -> int: ...

    def new_places(self, ids: Sequence[str]) -> list[int]:
        """The first place of each that is not in the set."""
        ...

    def update(self, ids: Sequence[str]) -> None:
        """Add some."""
        ...

    def difference_update(self, ids: Sequence[str]) -> None:
        """Take some out, where they are in it."""
        ...

    def clear(self) -> None:
        """Take all out."""
        ...


class PythonIds(set[str]):
    """The same by Python's own."""

    def new_places(self, ids: Sequence[str]) -> list[int]:
        """The first place of each that is not in the set."""
        places = [at for at, own in enumerate(ids) if own not in self]
        return sorted({ids[at]: at for at in reversed(places)}.values())


class KnownTexts:
    """Ids of texts that some unit has written or is about to write."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._ids: Ids = native.IdSet() if IS_THERE else PythonIds()
        self.all_known = True
        """Whether none was forgotten for there being too many: then no text is written twice."""

    def add_new(self, ids: Sequence[str]) -> list[int]:
        """Add those that are not among them; gives the first place of each."""
        places = self._ids.new_places(ids)
        if places:
            self.update([ids[at] for at in places])
        return places

    def update(self, ids: Sequence[str]) -> None:
        """Add those that are about to be written, or that a unit wrote before the job was stopped."""
        if len(self._ids) + len(ids) > self._most:
            self._ids.clear()
            self.all_known = False
        self._ids.update(ids)

    def forget(self, ids: Sequence[str]) -> None:
        """Those of a record that was dropped are to be written again."""
        self._ids.difference_update(ids)
