"""Where one request ends and the next begins, in the bytes that a connection brings.

A parser takes all that it is given, requests that wait behind others too, and makes objects of
them. Given one piece at a time, none of which reaches into the next request, it has one request
at most; the rest stays bytes, and the connection is read no further.
"""

from __future__ import annotations

import re

HEAD_BYTES = 16 * 1024
"""The longest head of a request; and, in a chunked body, what may come between two parts of it."""

_END = re.compile(rb"\n\r?\n")
"""An empty line: the end of a head, and of a chunked body. A parser refuses one without CR."""


_BEHIND = 2
"""So many bytes of an empty line may have come before the others."""


class TooLongError(Exception):
    """A head has not ended where it must."""


class Pieces:
    """What came over a connection and is not parsed yet."""

    def __init__(self) -> None:
        self._bytes = b""
        self._at = 0
        """Where in them the next piece begins; before it are none, or some of the last one."""
        self._searched = 0
        """How many behind that have no end of a head among them."""
        self._left: int | None = 0
        """Those of the body that are still to come; None: it comes in chunks."""
        self.between = True
        """Whether the next piece is a head: no body is under way."""

    def __len__(self) -> int:
        """How many bytes wait."""
        return len(self._bytes) - self._at

    def add(self, data: bytes) -> None:
        """`data` has come."""
        kept = min(self._at, _BEHIND) if self._left is None else 0
        rest = self._bytes[self._at - kept :]
        self._bytes = rest + data if rest else data
        self._at = kept

    def body(self, length: int | None) -> None:
        """A body begins, of `length` bytes; None: in chunks."""
        self.between = False
        self._left = length

    def end(self) -> None:
        """The request has ended: a head is next."""
        self.between = True
        self._left = 0
        if not self:
            self._bytes, self._at = b"", 0

    def next(self) -> bytes:
        """The next piece of the request that has not ended: a whole head, or a part of its body.

        Empty if there is none yet. Raises TooLongError for a head of more than HEAD_BYTES.
        """
        if self.between:
            return self._head()
        if self._left is None:
            return self._chunked()
        piece = self._take(self._left)
        self._left -= len(piece)
        return piece

    def _head(self) -> bytes:
        if not self._bytes[self._at : self._at + 1].isalpha():
            return self._take(HEAD_BYTES)  # no method: its end is not worth waiting for
        found = _END.search(self._bytes, self._at + self._searched)
        length = (found.end() if found else len(self._bytes)) - self._at
        if length > HEAD_BYTES:
            raise TooLongError
        self._searched = 0 if found else max(0, length - _BEHIND)
        return self._take(length) if found else b""

    def _chunked(self) -> bytes:
        """Up to the next empty line, which may have begun in what was given out before."""
        last = self._at + HEAD_BYTES
        found = _END.search(self._bytes, max(0, self._at - _BEHIND), last)
        while found and found.end() <= self._at:
            found = _END.search(self._bytes, found.start() + 1, last)
        return self._take((found.end() if found else last) - self._at)

    def _take(self, count: int) -> bytes:
        piece = self._bytes[self._at : self._at + count]
        self._at += len(piece)
        return piece
