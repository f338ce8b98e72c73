"""HTTP over a socket, with an end to a client's patience with us and to ours with a client.

uvicorn waits for ever for a request's head, and for a client to take its answer. Here a head
has its time, and so has an answer that is not taken: then the connection is cut, and what was
kept for it is free.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class BoundedProtocol(H11Protocol):
    """One connection."""

    head_seconds: float
    """How long a request's head may take from its first byte, and the first one to begin."""
    taking_seconds: float
    """How long an answer may lie in the buffer without enough being taken to send more."""

    _head_timer: asyncio.TimerHandle | None = None
    _taking_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """It has gone."""
        _stop(self._head_timer)
        self._head_timer = None
        _stop(self._taking_timer)
        self._taking_timer = None
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """It has sent something."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            _stop(self._head_timer)
            self._head_timer = None
        elif self._head_timer is None and not self.transport.is_closing():
            self._wait_for_head()

    def pause_writing(self) -> None:
        """It takes less than it is sent."""
        super().pause_writing()
        self._wait_for_taking()

    def resume_writing(self) -> None:
        """It has caught up."""
        _stop(self._taking_timer)
        self._taking_timer = None
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """It has nothing more to ask."""
        super().timeout_keep_alive_handler()
        if self.transport.get_write_buffer_size() and self._taking_timer is None:
            self._wait_for_taking()

    def _wait_for_head(self) -> None:
        self._head_timer = self.loop.call_later(self.head_seconds, self.transport.abort)

    def _wait_for_taking(self) -> None:
        self._taking_timer = self.loop.call_later(self.taking_seconds, self.transport.abort)


def bounded_protocol(*, head_seconds: float, taking_seconds: float) -> type[BoundedProtocol]:
    """The protocol with these limits: uvicorn makes its objects itself."""
    limits = {"head_seconds": head_seconds, "taking_seconds": taking_seconds}
    return type("BoundedProtocol", (BoundedProtocol,), limits)


def _stop(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
