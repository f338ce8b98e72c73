"""A client over one kept connection that costs little itself: the server is what is measured.

`http.client` reads an answer's head with the parser of e-mails, which takes as long as the server
needs for all of a kept answer.
"""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import httptools

_SECONDS = 120.0
_BYTES = 1 << 20


class Client:
    """Posts JSON to a path of a server."""

    def __init__(self, address: str, path: str) -> None:
        parts = urlsplit(address)
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 80), _SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._head = (
            f"POST {path} HTTP/1.1\r\nhost: {parts.netloc}\r\ncontent-type: application/json\r\n"
            "accept: application/json\r\ncontent-length: "
        ).encode()

    def post(self, body: bytes) -> tuple[int, bytes]:
        """The answer's status and body."""
        answer = _Answer()
        parser = httptools.HttpResponseParser(answer)
        self._socket.sendall(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))
        while not answer.whole:
            received = self._socket.recv(_BYTES)
            assert received, "the server closed the connection"
            parser.feed_data(received)
        return parser.get_status_code(), b"".join(answer.parts)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


class _Answer:
    """What the parser has found."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.whole = False

    def on_body(self, part: bytes) -> None:
        self.parts.append(part)

    def on_message_complete(self) -> None:
        self.whole = True
