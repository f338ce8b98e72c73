"""HTTP over a socket, with an end to a client's patience with us and to ours with a client.

uvicorn waits for ever for a request's head, and for a client to take its answer. Here a head
has its time and its length, and so has an answer that is not taken its time: then the connection
is cut, and what was kept for it is free. Requests sent ahead of an answer wait unread.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT, FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from graphapi.joined_writes import JoinedWrites
from graphapi.request_head import HeadError, body_length, parsable
from graphapi.request_pieces import HEAD_BYTES, Pieces, TooLongError
from graphapi.whole_answer import WholeAnswer


class _OneRequest(FlowControl):
    """Reading does not go on while much that came waits for the answer to a request."""

    held = False

    def resume_reading(self) -> None:
        if not self.held:
            super().resume_reading()


class BoundedProtocol(HttpToolsProtocol):
    """One connection."""

    head_seconds: float
    """How long a request's head may take from its first byte, and the first one to begin."""
    taking_seconds: float
    """How long an answer may lie in the buffer without enough being taken to send more."""

    flow: _OneRequest
    transport: JoinedWrites
    _pieces: Pieces
    _apart = 0
    """Bytes of a chunked body since the last that were of the body itself."""
    _head_timer: asyncio.TimerHandle | None = None
    _taking_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has come."""
        joined = JoinedWrites(transport, self.loop)
        super().connection_made(joined)
        self.flow = _OneRequest(joined)
        self._pieces = Pieces()
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
        self._unset_keepalive_if_required()
        self._pieces.add(data)
        self._parse()

    def _parse(self) -> None:
        """Parse what has come, up to the end of a request that is not answered yet."""
        while self._pieces and not self._whole() and not self.transport.is_closing():
            between = self._pieces.between
            try:
                piece = self._pieces.next()
                if between and piece:
                    piece = parsable(piece)
            except TooLongError:
                self.send_400_response(f"The request's head is above {HEAD_BYTES} bytes.")
                return
            except HeadError:
                self.send_400_response("Invalid HTTP request received.")
                return
            if not piece:
                break
            self._apart += len(piece)
            super().data_received(piece)
            if between:
                self._apart = 0
            elif self._apart > HEAD_BYTES and not self.transport.is_closing():
                self.send_400_response(f"More than {HEAD_BYTES} bytes between parts of a body.")
        if len(self._pieces) > HIGH_WATER_LIMIT and self._whole():
            self.flow.held = True  # with less, reading goes on, to see the client go away
            self.flow.pause_reading()
        if self._under_way():
            _stop(self._head_timer)
            self._head_timer = None
        elif self._head_timer is None and not self.transport.is_closing():
            self._wait_for_head()

    def _under_way(self) -> bool:
        """Whether there is a request without all of its answer."""
        return self.cycle is not None and not self.cycle.response_complete

    def _whole(self) -> bool:
        """Whether all of a request has come, and not all of its answer has gone."""
        return self._pieces.between and self._under_way()

    def on_headers_complete(self) -> None:
        """A head is there: what this raises, the parser takes for a fault of the request."""
        version = self.parser.get_http_version()
        self.headers[:] = [(name, value.strip(b" \t")) for name, value in self.headers]
        self._pieces.body(body_length(self.parser.get_method(), version, self.headers))
        if version == "1.0":
            self.expect_100_continue = False  # it knows no such answer
        self.transport.hold_head()
        super().on_headers_complete()
        self.headers = []  # what comes behind a chunked body is no part of the head

    def on_body(self, body: bytes) -> None:
        """A part of a body."""
        self._apart = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A request has ended."""
        self._pieces.end()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """An answer has gone: what was sent ahead of it is next."""
        self.flow.held = False
        super().on_response_complete()
        if self._pieces and not self.transport.is_closing():
            self._unset_keepalive_if_required()
            self._parse()

    def send_400_response(self, msg: str) -> None:
        """Say that a request is none, unless an answer has begun: it would be a part of that."""
        if self._under_way() and self.cycle.response_started:
            self.transport.abort()
        else:
            super().send_400_response(msg)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if cycle.scope["http_version"] == "1.0" and cycle.scope["method"] != "HEAD":
            app = WholeAnswer(app)
        super()._start_asgi_task(cycle, app)

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
