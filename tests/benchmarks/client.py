"""A client over one kept connection that costs little itself: the server is what is measured.

`http.client` reads an answer's head with the parser of e-mails, which takes as long as the server
needs for all of a kept answer. This one reads what our server sends: heads with a length.
"""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

_SECONDS = 120.0
_BYTES = 1 << 20
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)")


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
        self._socket.sendall(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))
        received = bytearray()
        while (end := received.find(_END)) < 0:
            received += self._received()
        length = _LENGTH.search(received, 0, end)
        assert length is not None, bytes(received[:end])
        whole = end + len(_END) + int(length[1])
        while len(received) < whole:
            received += self._received()
        return int(received[9:12]), bytes(received[end + len(_END) :])

    def _received(self) -> bytes:
        part = self._socket.recv(_BYTES)
        assert part, "the server closed the connection"
        return part

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()
