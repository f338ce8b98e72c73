"""How many requests are worked on at a time, and how many may wait for that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from graphapi.errors import UserError


class Slots:
    """Room for requests."""

    def __init__(self, n_slots: int, max_waiting: int) -> None:
        self._slots = asyncio.Semaphore(n_slots)
        self._n_slots = n_slots
        self._max_waiting = max_waiting
        self._waiting = 0

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Room for one request. Raises UserError, with the code BUSY, if too many wait."""
        if self._slots.locked() and self._waiting >= self._max_waiting:
            raise UserError(
                f"{self._n_slots} requests are being answered, and {self._waiting} wait; come "
                f"back later.",
                code="BUSY",
            )
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._slots.release()
