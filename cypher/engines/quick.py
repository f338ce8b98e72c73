"""How many threads a statement of Ladybug's is best run with, and which of several are run in one.

Ladybug 0.22 runs a statement that may have one thread in the thread that asks. With more, each
of its stages is handed to threads that wait for work: of a statement of half a millisecond that
was half, and what the next statement finds in the caches of its core besides.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from cypher.engines.small_statements import seeks

_QUICK_SECONDS = 0.003
"""A statement that took no more, with all threads, gets one from then on."""
_SLOW_SECONDS = 0.008
"""One that took more, alone, gets all again."""
_MOST = 1024
"""Statements whose pace is kept."""

_UNKNOWN_SECONDS = 0.001
_ALL = 0

_Result = TypeVar("_Result")


class Pace:
    """How long the statements of a file took last."""

    def __init__(self) -> None:
        self._quick: set[str] = set()
        self._seconds: dict[str, float] = {}

    def threads(self, text: str) -> int:
        """1, or 0 for as many as there are."""
        return 1 if text in self._quick or seeks(text) else _ALL

    def seconds(self, text: str) -> float:
        """How long a statement took when it was run last; a millisecond if it never was."""
        return self._seconds.get(text, _UNKNOWN_SECONDS)

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
        if len(self._seconds) >= _MOST:
            self._seconds.clear()
            self._quick.clear()
        self._seconds[text] = seconds
        if threads == _ALL and seconds <= _QUICK_SECONDS:
            self._quick.add(text)
        elif threads != _ALL and seconds > _SLOW_SECONDS:
            self._quick.discard(text)


def shared_out(seconds: Sequence[float], parts: int) -> list[list[int]]:
    """The places of works that take so long, in at most so many parts that end at like times.

    In each part the longest comes first. Graham's rule: each work, the longest first, goes to
    the part that ends first (SIAM Journal on Applied Mathematics 17, 1969).
    """
    shared: list[tuple[float, list[int]]] = [(0.0, []) for _ in range(parts)]
    for place in sorted(range(len(seconds)), key=lambda one: -seconds[one]):
        least = min(range(parts), key=lambda part: shared[part][0])
        end, places = shared[least]
        shared[least] = end + seconds[place], [*places, place]
    return [places for _, places in shared if places]
