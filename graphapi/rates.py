"""How many requests somebody may make in a minute: a token bucket each.

A bucket holds a minute's requests and is refilled steadily, so that a burst is served and a
stream is held to its rate.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

_MOST = 10_000
"""Buckets that are kept. The one that was not used for longest goes first: most likely full."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    filled_at: float


class Rates:
    """The buckets of one application."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, who: str, per_minute: int) -> float:
        """Count a request of `who`; 0 if it may be made, else after how many seconds."""
        now = self._clock()
        bucket = self._buckets.get(who)
        if bucket is None:
            bucket = self._buckets[who] = _Bucket(float(per_minute), now)
            if len(self._buckets) > _MOST:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(who)
        refill = (now - bucket.filled_at) * per_minute / 60
        bucket.tokens = min(float(per_minute), bucket.tokens + refill)
        bucket.filled_at = now
        if bucket.tokens < 1:
            return (1 - bucket.tokens) * 60 / per_minute
        bucket.tokens -= 1
        return 0.0
