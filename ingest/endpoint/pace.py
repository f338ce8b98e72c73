"""Requests and tokens per minute: each request waits for its turn."""

from __future__ import annotations

import asyncio
import time

_MINUTE = 60.0


class Pace:
    """Spaces requests evenly, so that no minute holds more than is allowed.

    Limits are per minute; None for no limit.
    """

    def __init__(self, requests: float | None, tokens: float | None) -> None:
        self._seconds_per_request = 0.0 if requests is None else _MINUTE / requests
        self._seconds_per_token = 0.0 if tokens is None else _MINUTE / tokens
        self._free = 0.0
        """When the next request may go, by the monotonic clock."""

    async def wait(self, tokens: int) -> None:
        """Wait for the turn of a request of so many tokens."""
        now = time.monotonic()
        turn = max(now, self._free)
        self._free = turn + max(self._seconds_per_request, self._seconds_per_token * tokens)
        if turn > now:
            await asyncio.sleep(turn - now)
