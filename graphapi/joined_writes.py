"""An answer's head and its body in one packet: uvicorn writes them one after the other."""

from __future__ import annotations

import asyncio
from typing import Any

_COPIED_BYTES = 64 * 1024
"""The longest body that is copied behind its head; for a longer one a packet more is nothing."""


class JoinedWrites(asyncio.Transport):
    """A connection on which a head waits for its body, until the loop comes round and no longer."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._holding = False
        self._head: bytes | None = None

    def hold_head(self) -> None:
        """The next that is written is a head."""
        self._holding = True

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Write `data`, behind the head if one waits."""
        head, self._head = self._head, None
        if self._transport.is_closing():
            return
        if head is not None:
            if len(data) <= _COPIED_BYTES:
                # not writelines: in some releases of Python it does not say that a buffer is full
                data = b"".join((head, data))
            else:
                self._transport.write(head)
            self._transport.write(data)
        elif self._holding:
            self._holding = False
            self._head = bytes(data)
            self._loop.call_soon(self._flush)
        else:
            self._transport.write(data)

    def _flush(self) -> None:
        head, self._head = self._head, None
        if head is not None and not self._transport.is_closing():
            self._transport.write(head)

    def close(self) -> None:
        """Close it once everything is sent."""
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        """Close it at once."""
        self._transport.abort()

    def is_closing(self) -> bool:
        """Whether it is closed, or will be."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What is known of the socket."""
        return self._transport.get_extra_info(name, default)

    def get_write_buffer_size(self) -> int:
        """How many bytes are written and not sent."""
        return self._transport.get_write_buffer_size()

    def pause_reading(self) -> None:
        """Read no further."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._transport.resume_reading()
