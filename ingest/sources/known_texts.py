"""Which texts are in the pack already: a source says the same ones again and again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

_MOST = 1_000_000
"""Ids that are kept, a hundred bytes each. Beyond them a text may be written twice; packs forget
the second."""


class KnownTexts:
    """Ids of texts that some unit has written or is about to write."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._ids: set[str] = set()
        self.all_known = True
        """Whether none was forgotten for there being too many: then no text is written twice."""

    def add_new(self, ids: Sequence[str]) -> list[int]:
        """Add those that are not among them; gives the first place of each."""
        known = self._ids
        places = [at for at, own in enumerate(ids) if own not in known]
        first = {ids[at]: at for at in reversed(places)}
        self.update(first)
        return sorted(first.values())

    def update(self, ids: Collection[str]) -> None:
        """Add those that are about to be written, or that a unit wrote before the job was stopped."""
        if len(self._ids) + len(ids) > self._most:
            self._ids.clear()
            self.all_known = False
        self._ids.update(ids)

    def forget(self, ids: Iterable[str]) -> None:
        """Those of a record that was dropped are to be written again."""
        self._ids.difference_update(ids)
