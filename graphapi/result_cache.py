"""Answers that are kept to be given again, as long as the graph holds what it held.

The load id is a part of the key: a new load makes every answer before it unreachable, and the
least recently used go first when there are too many.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from graphapi.metrics import Metrics

_ENTRY_BYTES = 500
"""What an entry takes beside its body: key, objects and the table."""
_SHARE = 8
"""No answer may take more than this part of the cache: one large page must not empty it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer without errors."""

    body: bytes
    operation: str
    """Its kind, for the figures."""


class ResultCache:
    """A bounded number of bytes, the least recently used first out."""

    def __init__(self, max_bytes: int, metrics: Metrics) -> None:
        self._max_bytes = max_bytes
        self._metrics = metrics
        self._kept: OrderedDict[tuple[object, ...], Kept] = OrderedDict()
        self._bytes = 0

    def get(self, key: tuple[object, ...]) -> Kept | None:
        """The answer kept under `key`."""
        kept = self._kept.get(key)
        self._metrics.cache.labels("hit" if kept else "miss").inc()
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def put(self, key: tuple[object, ...], kept: Kept) -> None:
        """Keep an answer, unless it is too large."""
        size = _size(key, kept)
        if size > self._max_bytes // _SHARE:
            return
        if (old := self._kept.pop(key, None)) is not None:
            self._bytes -= _size(key, old)
        self._kept[key] = kept
        self._bytes += size
        while self._bytes > self._max_bytes:
            first, dropped = self._kept.popitem(last=False)
            self._bytes -= _size(first, dropped)
        self._metrics.cache_bytes.set(self._bytes)

    def __len__(self) -> int:
        return len(self._kept)


def _size(key: tuple[object, ...], kept: Kept) -> int:
    texts = sum(len(part) for part in key if isinstance(part, str | bytes))
    return len(kept.body) + texts + _ENTRY_BYTES
