"""Requests cut into pieces: whatever came together, a piece is of one request only."""

from __future__ import annotations

from itertools import pairwise

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphapi.request_head import HeadError, body_length, parsable
from graphapi.request_pieces import HEAD_BYTES, Pieces, TooLongError

BYTES = st.text(alphabet="\r\n0a;", max_size=12).map(str.encode)
"""Those that framing is made of, so that a body looks like it."""


@st.composite
def requests(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A request and its body."""
    head = b"POST /x HTTP/1.1\r\nHost: x\r\n"
    if draw(st.booleans()):
        body = draw(BYTES)
        return head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body), body
    parts = draw(st.lists(BYTES.filter(len), max_size=4))
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    trailers = draw(st.sampled_from([b"", b"A: b\r\n", b"A: b\r\nC: d\r\n"]))
    sent = head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n" + trailers + b"\r\n"
    return sent, b"".join(parts)


class Reader:
    """Parses pieces as the server does."""

    def __init__(self) -> None:
        self.pieces = Pieces()
        self.parser = httptools.HttpRequestParser(self)
        self.bodies: list[bytes] = []
        self.begun = 0

    def on_message_begin(self) -> None:
        self.begun += 1
        self.headers: list[tuple[bytes, bytes]] = []
        self.bodies.append(b"")

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self.pieces.body(body_length(b"POST", "1.1", self.headers))

    def on_body(self, body: bytes) -> None:
        self.bodies[-1] += body

    def on_message_complete(self) -> None:
        self.pieces.end()

    def read(self, data: bytes) -> None:
        self.pieces.add(data)
        while self.pieces:
            between, before = self.pieces.between, self.begun
            piece = self.pieces.next()
            if not piece:
                return
            self.parser.feed_data(piece)
            assert self.begun - before == between, "a piece reaches into the next request"


@given(st.lists(requests(), min_size=1, max_size=4), st.lists(st.integers(0, 400)))
def test_no_piece_reaches_into_the_next_request(
    given: list[tuple[bytes, bytes]], cuts: list[int]
) -> None:
    sent = b"".join(request for request, _ in given)
    reader = Reader()
    ends = [0, *sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    for begin, end in pairwise(ends):
        reader.read(sent[begin:end])
    assert reader.bodies == [body for _, body in given]
    assert reader.pieces.between
    assert not reader.pieces


@pytest.mark.parametrize("step", [1, 7, 1000, 10**6])
def test_a_head_has_a_longest(step: int) -> None:
    begin = b"GET /x HTTP/1.1\r\nX: "
    longest = begin + b"a" * (HEAD_BYTES - len(begin) - 4) + b"\r\n\r\n"
    for head, fits in ((longest, True), (b"GET" + longest, False)):
        pieces = Pieces()
        given = b""
        try:
            for at in range(0, len(head), step):
                pieces.add(head[at : at + step])
                given += pieces.next()
        except TooLongError:
            assert not fits
        else:
            assert fits
            assert given == head


def test_a_body_of_empty_lines_costs_no_more_than_its_length() -> None:
    pieces = Pieces()
    pieces.body(None)
    pieces.add(b"\r\n" * 500_000)  # copied for each piece, it would take minutes
    count = 0
    while pieces:
        assert pieces.next()
        count += 1
    assert count >= 499_999


@pytest.mark.parametrize(
    "line",
    [
        b"GET /x\r\n",
        b"GET /x\n",
        b"GET /x HTTP/1.1\n",
        b"GET /x HTTP/2.0\r\n",
        b"GET /\xc3 HTTP/1.1\r\n",
    ],
)
def test_lines_that_a_parser_may_take(line: bytes) -> None:
    with pytest.raises(HeadError):
        parsable(line + b"Host: x\r\n\r\n")
