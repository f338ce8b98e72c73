"""What the server's protocol takes for a request, over real sockets: the bounds of `BoundedProtocol`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psutil
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from graphapi.protocol import bounded_protocol

HEAD_SECONDS = 1.0
PATIENCE = 20.0
HOST = b"Host: x\r\n"
GET = b"GET /x HTTP/1.1\r\n" + HOST
CLOSE = b"Connection: close\r\n"


LEFT = threading.Event()
"""Set when a client has gone that asked for /left."""


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with what was asked; /stream in two parts, a while apart; /early at once; /left never."""
    body = b""
    while scope["path"] != "/early":
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    if scope["path"] == "/left":
        assert (await receive())["type"] == "http.disconnect"
        LEFT.set()
        return
    asked = {
        "path": scope["path"],
        "headers": [
            [name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]
        ],
        "body": body.decode("latin-1"),
    }
    if scope["path"] == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        await asyncio.sleep(0.5)
        await send({"type": "http.response.body", "body": b"second"})
        return
    answer = json.dumps(asked).encode()
    length = (b"content-length", str(len(answer)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": answer})


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    """A server of `echo`."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=100)
    protocol = bounded_protocol(head_seconds=HEAD_SECONDS, taking_seconds=2)
    config = uvicorn.Config(
        echo, http=protocol, lifespan="off", log_config=None, access_log=False, ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: server.run(sockets=[listener]))
    thread.start()
    yield listener.getsockname()
    server.should_exit = True
    thread.join()
    listener.close()


def connect(address: tuple[str, int]) -> socket.socket:
    return socket.create_connection(address, timeout=PATIENCE)


def ended(address: tuple[str, int], sent: bytes) -> bytes:
    """All that the server says until it closes the connection."""
    with closing(connect(address)) as connection:
        answer = b""
        # it may close before all is sent or read, and may have said why
        with contextlib.suppress(ConnectionError):
            connection.sendall(sent)
        with contextlib.suppress(ConnectionError):
            while part := connection.recv(1_000_000):
                answer += part
        return answer


def statuses(answer: bytes) -> list[int]:
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3})", answer)]


def content(answer: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return found


def post(fields: bytes, body: bytes = b"abc", version: bytes = b"1.1") -> bytes:
    return b"POST /x HTTP/" + version + b"\r\n" + HOST + CLOSE + fields + b"\r\n" + body


CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"3\r\nabc\r\n0\r\n\r\n"

REFUSED = {
    "head in one line": GET + b"X: " + b"a" * 17_000 + b"\r\n\r\n",
    "head in many lines": GET + b"X: a\r\n" * 3_000 + b"\r\n",
    "head without end": GET + b"X: " + b"a" * 17_000,
    "long target": b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "extension of a chunk": post(CHUNKED, b"3;a=" + b"b" * 40_000 + b"\r\nabc\r\n0\r\n\r\n"),
    "trailer": post(CHUNKED, b"3\r\nabc\r\n0\r\nX: " + b"a" * 40_000),
    "trailers": post(CHUNKED, b"3\r\nabc\r\n0\r\n" + b"X: a\r\n" * 6_000 + b"\r\n"),
    "length and chunks": post(b"Content-Length: 3\r\n" + CHUNKED, CHUNKS),
    "chunks and length": post(CHUNKED + b"Content-Length: 3\r\n", CHUNKS),
    "two lengths": post(b"Content-Length: 3\r\nContent-Length: 3\r\n"),
    "two other lengths": post(b"Content-Length: 3\r\nContent-Length: 4\r\n"),
    "list of lengths": post(b"Content-Length: 3, 3\r\n"),
    "length with sign": post(b"Content-Length: +3\r\n"),
    "negative length": post(b"Content-Length: -3\r\n"),
    "empty length": post(b"Content-Length:\r\n"),
    "hexadecimal length": post(b"Content-Length: 0x3\r\n"),
    "length in two words": post(b"Content-Length: 0 3\r\n"),
    "endless length": post(b"Content-Length: " + b"9" * 30 + b"\r\n"),
    "other coding": post(b"Transfer-Encoding: gzip, chunked\r\n", CHUNKS),
    "unknown coding": post(b"Transfer-Encoding: xchunked\r\n", CHUNKS),
    "no coding": post(b"Transfer-Encoding: identity\r\n"),
    "chunks twice": post(CHUNKED + CHUNKED, CHUNKS),
    "blank before colon": post(b"Transfer-Encoding : chunked\r\n", CHUNKS),
    "chunks in 1.0": post(CHUNKED, CHUNKS, b"1.0"),
    "chunk without size": post(CHUNKED, b"x\r\n"),
    "chunk with sign": post(CHUNKED, b"-1\r\n"),
    "endless chunk": post(CHUNKED, b"f" * 17 + b"\r\n"),
    "chunk longer than said": post(CHUNKED, b"3\r\nabcXX0\r\n\r\n"),
    "chunk with LF": post(CHUNKED, b"3\nabc\n0\n\n"),
    "extension with LF": post(CHUNKED, b"3;a\nb\r\nabc\r\n0\r\n\r\n"),
    "extension with CR": post(CHUNKED, b"3;a\rb\r\nabc\r\n0\r\n\r\n"),
    "folded": GET + b"X: a\r\n b\r\n\r\n",
    "folded at once": b"GET /x HTTP/1.1\r\n Host: x\r\n\r\n",
    "LF": b"GET /x HTTP/1.1\nHost: x\n\n",
    "LF in a field": GET + b"X: a\nY: b\r\n\r\n",
    "CR in a field": GET + b"X: a\rY: b\r\n\r\n",
    "NUL in a value": GET + b"X: a\0b\r\n\r\n",
    "NUL in a name": GET + b"X\0: b\r\n\r\n",
    "control in a value": GET + b"X: a\x01b\r\n\r\n",
    "nameless": GET + b": b\r\n\r\n",
    "no colon": GET + b"X\r\n\r\n",
    "no host": b"GET /x HTTP/1.1\r\n\r\n",
    "two hosts": GET + HOST + b"\r\n",
    "two hosts in 1.0": b"GET /x HTTP/1.0\r\n" + HOST + HOST + b"\r\n",
    "0.9": b"GET /x\r\n\r\n",
    "0.9 with LF": b"GET /x\nHost: x\r\n\r\n",
    "0.9 by name": b"GET /x HTTP/0.9\r\n" + HOST + b"\r\n",
    "1.2": b"GET /x HTTP/1.2\r\n" + HOST + b"\r\n",
    "2.0": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "another protocol": b"SOURCE /x ICE/1.0\r\n" + HOST + b"\r\n",
    "bytes in the path": b"GET /\xc3\xa9 HTTP/1.1\r\n" + HOST + b"\r\n",
    "bytes in the query": b"GET /x?\xff HTTP/1.1\r\n" + HOST + b"\r\n",
    "NUL in the query": b"GET /x?\0 HTTP/1.1\r\n" + HOST + b"\r\n",
    "blank in the query": b"GET /x?a b HTTP/1.1\r\n" + HOST + b"\r\n",
    "fragment": b"GET /x#y HTTP/1.1\r\n" + HOST + b"\r\n",
    "relative target": b"GET x HTTP/1.1\r\n" + HOST + b"\r\n",
    "tunnel": b"CONNECT x:80 HTTP/1.1\r\n" + HOST + b"\r\n",
    "tunnel to a path": b"CONNECT /x HTTP/1.1\r\n" + HOST + b"\r\n",
    "method in small letters": b"get /x HTTP/1.1\r\n" + HOST + b"\r\n",
    "garbage": bytes(range(256)) * 20,
    "words": b"hello there\r\n\r\n",
    "TLS": bytes.fromhex("16030102000100") + b"a" * 100,
    "lines before": b"\r\n" * 1_000 + GET + b"\r\n",
}


@pytest.mark.parametrize("sent", REFUSED.values(), ids=REFUSED)
def test_what_is_refused(address: tuple[str, int], sent: bytes) -> None:
    began = time.monotonic()
    answer = ended(address, sent + b"\r\n" + GET + b"\r\n")  # what follows is not looked at
    assert time.monotonic() - began < HEAD_SECONDS, "it was waited for"
    # a chunked body is refused in its midst, and a longer one than is read resets the connection
    assert statuses(answer) == [400] or (answer == b"" and len(sent) > 16_384)


ANSWERED = {
    "blanks around": post(b"Content-Length: \t 3 \r\n"),
    "chunks": post(CHUNKED, CHUNKS),
    "extensions": post(CHUNKED, b"3;a=b;c\r\nabc\r\n0\r\n\r\n"),
    "trailers": post(CHUNKED, b"3\r\nabc\r\n0\r\nX-Key: b\r\n\r\n"),
    "1.0": post(b"Content-Length: 3\r\n", version=b"1.0"),
    "upgrade to h2c": post(b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n"),
    "upgrade in chunks": post(b"Connection: upgrade\r\nupgrade: websocket\r\n" + CHUNKED, CHUNKS),
    "absolute": post(b"Content-Length: 3\r\n").replace(b"/x", b"http://x/x", 1),
}


@pytest.mark.parametrize("sent", ANSWERED.values(), ids=ANSWERED)
def test_what_is_answered(address: tuple[str, int], sent: bytes) -> None:
    answer = ended(address, sent)
    assert statuses(answer) == [200]
    asked = content(answer)
    assert asked["path"] == "/x"
    assert asked["body"] == "abc"
    assert "x-key" not in dict(asked["headers"]), "what comes behind the body is none of the head"
    assert all(value == value.strip() for _, value in asked["headers"])


def test_a_client_may_wait_for_leave_to_send(address: tuple[str, int]) -> None:
    with closing(connect(address)) as connection:
        connection.sendall(post(b"Expect: 100-continue\r\nContent-Length: 3\r\n", b""))
        assert connection.recv(1_000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"abc")
        assert b"abc" in connection.makefile("rb").read()
    old = post(b"Expect: 100-continue\r\nContent-Length: 3\r\n", version=b"1.0")
    assert statuses(ended(address, old)) == [200]


@pytest.mark.parametrize("step", [1, 3, 10_000])
def test_requests_sent_ahead_are_answered_one_after_another(
    address: tuple[str, int], step: int
) -> None:
    bodies = [b"a" * number + b"\r\n\r\n" for number in range(20)]
    sent = b"".join(
        b"POST /%d HTTP/1.1\r\n%s" % (number, HOST)
        + (
            b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
            if number % 2
            else b"%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (CHUNKED, len(body), body)
        )
        for number, body in enumerate(bodies)
    )
    with closing(connect(address)) as connection:
        for at in range(0, len(sent), step):
            connection.sendall(sent[at : at + step])
        connection.sendall(GET + CLOSE + b"\r\n")
        answer = connection.makefile("rb").read()
    assert statuses(answer) == [200] * 21
    found = [json.loads(line) for line in re.findall(rb"^{.*}", answer, re.MULTILINE)]
    assert [one["path"] for one in found] == [*(f"/{number}" for number in range(20)), "/x"]
    assert [one["body"].encode() for one in found] == [*bodies, b""]


def test_what_is_wrong_behind_a_request_is_refused_after_its_answer(
    address: tuple[str, int],
) -> None:
    assert statuses(ended(address, GET + b"\r\n" + b"\0\0\r\n\r\n")) == [200, 400]
    assert statuses(ended(address, GET + CLOSE + b"\r\n" + GET + b"\r\n")) == [200]


def test_requests_sent_ahead_are_not_kept(address: tuple[str, int]) -> None:
    process = psutil.Process()
    ended(address, GET + CLOSE + b"\r\n")
    before = process.memory_info().rss
    slow = b"GET /stream HTTP/1.1\r\n" + HOST + b"\r\n"
    ahead = (GET + b"\r\n") * 8_000
    connections = [connect(address) for _ in range(5)]
    for connection in connections:
        connection.sendall(slow + ahead)
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        grown = process.memory_info().rss - before
        assert grown < 30_000_000, "as requests they are 2 kB each: 80 MB"
        time.sleep(0.05)
    for connection in connections:
        connection.close()


def test_a_client_that_goes_is_seen_to_whatever_it_sent_ahead(address: tuple[str, int]) -> None:
    with closing(connect(address)) as connection:
        connection.sendall(b"GET /left HTTP/1.1\r\n" + HOST + b"\r\n" + GET + b"\r\n")
        assert not LEFT.wait(0.2)
    assert LEFT.wait(PATIENCE)


def test_a_body_that_nobody_waits_for_has_its_time(address: tuple[str, int]) -> None:
    with closing(connect(address)) as connection:
        connection.sendall(
            b"POST /early HTTP/1.1\r\n" + HOST + b"Content-Length: 1000000000\r\n\r\n"
        )
        assert statuses(connection.recv(1_000)) == [200]
        began = time.monotonic()
        with contextlib.suppress(ConnectionError):
            while time.monotonic() - began < PATIENCE:
                connection.sendall(b"a")
                time.sleep(0.05)
        assert time.monotonic() - began < 5 * HEAD_SECONDS


def test_an_answer_is_one_packet_and_a_stream_flows(address: tuple[str, int]) -> None:
    with closing(connect(address)) as connection:
        for _ in range(20):
            connection.sendall(GET + b"\r\n")
            assert content(connection.recv(10_000))["path"] == "/x"
        connection.sendall(b"GET /stream HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n")
        began = time.monotonic()
        first = connection.recv(10_000)
        assert b"first" in first
        assert b"second" not in first
        assert time.monotonic() - began < 0.4
        assert b"second" in connection.makefile("rb").read()


def test_an_old_client_gets_a_stream_without_chunks(address: tuple[str, int]) -> None:
    answer = ended(address, b"GET /stream HTTP/1.0\r\n\r\n")
    assert b"content-length: 11\r\n" in answer
    assert b"chunked" not in answer
    assert answer.endswith(b"\r\n\r\nfirstsecond")
    head = ended(address, b"HEAD /stream HTTP/1.0\r\n\r\n")
    assert statuses(head) == [200]
    assert head.endswith(b"\r\n\r\n")
