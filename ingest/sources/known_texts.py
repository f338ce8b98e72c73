"""Which texts are in the pack already: a source says the same ones again and again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_MOST = 1_000_000
"""Ids that are kept, a hundred bytes each. Beyond them a text may be written twice; packs forget
the second."""


class KnownTexts:
    """Ids of texts that some unit has written or is about to write."""

    def __init__(self) -> None:
        self._ids: set[str] = set()

    def __contains__(self, own: str) -> bool:
        return own in self._ids

    def missing(self, ids: Sequence[str]) -> list[int]:
        """Places of those that are not among them."""
        return [at for at, own in enumerate(ids) if own not in self._ids]

    def add(self, own: str) -> None:
        """Add one."""
        if len(self._ids) >= _MOST:
            self._ids.clear()
        self._ids.add(own)

    def update(self, ids: Iterable[str]) -> None:
        """Add those that a unit wrote before the job was stopped."""
        for own in ids:
            self.add(own)

    def forget(self, ids: Iterable[str]) -> None:
        """Those of a record that was dropped are to be written again."""
        self._ids.difference_update(ids)
