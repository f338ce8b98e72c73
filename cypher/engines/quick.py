"""How many threads a statement of Ladybug's is best run with.

Ladybug 0.22 runs a statement that may have one thread in the thread that asks. With more, each
of its stages is handed to threads that wait for work: of a statement of half a millisecond that
was half, and what the next statement finds in the caches of its core besides.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from cypher.engines.small_statements import seeks

_QUICK_SECONDS = 0.003
"""A statement that took no more, with all threads, gets one from then on."""
_SLOW_SECONDS = 0.008
"""One that took more, alone, gets all again."""
_MOST = 1024
"""Statements whose pace is kept."""

_ALL = 0

_Result = TypeVar("_Result")


class Pace:
    """Which statements of a file were quick."""

    def __init__(self) -> None:
        self._quick: set[str] = set()

    def threads(self, text: str) -> int:
        """1, or 0 for as many as there are."""
        return 1 if text in self._quick or seeks(text) else _ALL

    def run(
        self, text: str, given_threads: Callable[[int], None], work: Callable[[], _Result]
    ) -> _Result:
        """What `work` returns, which runs a statement with as many threads as are given."""
        threads = self.threads(text)
        given_threads(threads)
        began = time.perf_counter()
        done = work()
        self.took(text, threads, time.perf_counter() - began)
        return done

    def took(self, text: str, threads: int, seconds: float) -> None:
        """A statement that was run with so many threads took so long."""
        if threads != _ALL:
            if seconds > _SLOW_SECONDS:
                self._quick.discard(text)
        elif seconds <= _QUICK_SECONDS:
            if len(self._quick) >= _MOST:
                self._quick.clear()
            self._quick.add(text)
