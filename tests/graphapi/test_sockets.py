"""Clients that go away, that are slow, and that are many: the others are answered all the while."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx
import psutil
import pytest

from tests.graphapi.serving import serving
from tests.graphs import small_graph, write_pack
from tests.whole import load

pytestmark = pytest.mark.slow

MODELS = json.dumps({"query": "{ models { id } }"}).encode()
NEURONS = b'{"query": "{ neurons(first: %d) { edges { node { id layerIndex } } } }"}'
PAGE = json.dumps(
    {
        "query": "{ neurons(first: 100) { edges { node { id similar { edges { sharedTokens } } } } } }"
    }
).encode()
PATIENCE = 30.0
"""The longest that an answer may take on a busy machine, in seconds."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The small graph in a file."""
    folder = tmp_path_factory.mktemp("served")
    pack = write_pack(folder / "pack", small_graph(seed=1))
    made = f"ladybug://{folder / 'graph.lbug'}"
    load(made, pack)
    return made


@dataclass
class Server:
    """A server, and somebody who asks it all the while and must be answered."""

    address: str
    memory: psutil.Process
    waits: list[float] = field(default_factory=list)
    wrong: list[object] = field(default_factory=list)

    def connect(self) -> socket.socket:
        parts = httpx.URL(self.address)
        assert parts.port is not None
        return socket.create_connection((parts.host, parts.port), timeout=PATIENCE)

    def resident(self) -> int:
        return int(self.memory.memory_info().rss)

    def figure(self, name: str) -> float:
        text = httpx.get(self.address.replace("/graphql", "/metrics"), timeout=PATIENCE).text
        return sum(float(value) for value in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.M))

    def ask(self) -> None:
        began = time.monotonic()
        try:
            answer = httpx.post(
                self.address,
                content=MODELS,
                headers={"content-type": "application/json"},
                timeout=PATIENCE,
            )
        except httpx.HTTPError as error:
            self.wrong.append(error)
            return
        self.waits.append(time.monotonic() - began)
        if answer.status_code != 200:
            self.wrong.append(answer.text)


@contextlib.contextmanager
def _server(url: str, **settings: object) -> Iterator[Server]:
    with serving(url, **settings) as (process, address):
        server = Server(address, psutil.Process(process.pid))
        stop = threading.Event()

        def others() -> None:
            while not stop.is_set():
                server.ask()
                time.sleep(0.05)

        asking = threading.Thread(target=others)
        asking.start()
        try:
            yield server
        finally:
            stop.set()
            asking.join()
        assert server.wrong == []
        assert server.waits
        server.ask()
        assert server.wrong == []


def _head(length: int, path: bytes = b"/graphql") -> bytes:
    return (
        b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        b"Content-Length: %d\r\n\r\n" % length
    )


def test_killed_connections(url: str) -> None:
    with _server(url) as server:
        for number in range(200):
            connection = server.connect()
            sent = _head(len(PAGE)) + PAGE
            connection.sendall(sent[: 1 + number * 7 % len(sent)] if number % 2 else sent)
            # closed with a reset, in the middle of whatever the server does
            linger = b"\x01\0\0\0\0\0\0\0"
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.close()
        deadline = time.monotonic() + PATIENCE
        while server.figure("neurocypher_requests_in_progress") > 2:
            assert time.monotonic() < deadline, "requests of clients that have gone are kept"
            time.sleep(0.2)


def test_clients_that_send_a_byte_a_second_are_cut_off(url: str) -> None:
    with _server(url, receive_seconds=2) as server:
        heads = [server.connect() for _ in range(50)]
        bodies = [server.connect() for _ in range(50)]
        silent = [server.connect() for _ in range(20)]
        for connection in bodies:
            connection.sendall(_head(1000))
        began = time.monotonic()
        ended: set[int] = set()
        everyone = heads + bodies + silent
        while len(ended) < len(everyone):
            assert time.monotonic() - began < PATIENCE, "a slow client was not cut off"
            for connection in heads + bodies:
                with contextlib.suppress(OSError):
                    connection.sendall(b"P")
            for number, connection in enumerate(everyone):
                if number not in ended and _ended(connection):
                    ended.add(number)
            time.sleep(1)
        assert server.figure("neurocypher_refusals_total") >= 50  # those with a head are told why
    for connection in everyone:
        connection.close()


def _ended(connection: socket.socket) -> bool:
    connection.settimeout(0.001)
    try:
        while connection.recv(10_000):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def test_clients_that_do_not_take_their_answer_are_cut_off(url: str) -> None:
    fields = " ".join(f"a{number}: id" for number in range(50))
    body = json.dumps({"query": f"{{ neurons(first: 300) {{ edges {{ node {{ {fields} }} }} }} }}"})
    query = body.encode()
    with _server(url, request_seconds=10, max_aliases=1000) as server:
        headers = {"content-type": "application/json"}
        answer = httpx.post(server.address, content=query, headers=headers, timeout=PATIENCE)
        assert answer.status_code == 200, "the answer is kept now"
        assert len(answer.content) > 100_000
        before = server.resident()
        connections = [server.connect() for _ in range(10)]
        for connection in connections:
            # pipelined: far more than the sockets' own buffers hold, and nobody takes it
            connection.sendall((_head(len(query)) + query) * 100)
        deadline = time.monotonic() + 2 * PATIENCE
        while any(_open_to(server, connection) for connection in connections):
            assert time.monotonic() < deadline, "who takes nothing was not cut off"
            time.sleep(0.5)
        for connection in connections:
            connection.close()
        assert server.resident() - before < 100_000_000


def _open_to(server: Server, connection: socket.socket) -> bool:
    port = connection.getsockname()[1]
    return any(
        found.raddr and found.raddr.port == port
        for found in server.memory.net_connections("tcp")
        if found.status == psutil.CONN_ESTABLISHED
    )


STATEMENTS = b'{"statement": "MATCH (n:Neuron) RETURN n.id AS id ORDER BY id LIMIT %d"}'


@pytest.mark.parametrize(
    ("path", "asked", "least"), [(b"/graphql", NEURONS, 500), (b"/cypher", STATEMENTS, 50)]
)
def test_a_thousand_at_once(url: str, path: bytes, asked: bytes, least: int) -> None:
    with _server(url) as server:
        server.ask()
        before = server.resident()
        gate = threading.Event()
        statuses: Counter[str] = Counter()

        def one(number: int) -> str:
            with server.connect() as connection:
                gate.wait()
                body = asked % (1 + number % 100)
                connection.settimeout(120)
                connection.sendall(
                    _head(len(body), path)[:-2] + b"Connection: close\r\n\r\n" + body
                )
                answer = b""
                while part := connection.recv(1_000_000):
                    answer += part
            head, _, text = answer.partition(b"\r\n\r\n")
            status = head.split(b" ", 2)[1].decode()
            content = json.loads(text)
            assert ("errors" not in content) == (status == "200"), content
            if status != "200":
                assert content["errors"][0]["message"]
            return status

        with ThreadPoolExecutor(1000) as pool:
            waiting = [pool.submit(one, number) for number in range(1000)]
            time.sleep(2)
            gate.set()
            for done in waiting:
                statuses[done.result()] += 1
        assert set(statuses) <= {"200", "503"}
        assert statuses["200"] >= least
        deadline = time.monotonic() + PATIENCE
        while server.resident() - before > 200_000_000:
            assert time.monotonic() < deadline, "its memory did not return"
            time.sleep(0.5)


def test_more_than_may_wait_are_told_to_come_back(url: str) -> None:
    with serving(url, max_concurrent=1, max_waiting=1, cache_bytes=1) as (_, address):

        def one(number: int) -> httpx.Response:
            body = PAGE.replace(b"first: 100", b"first: %d" % (60 + number))
            headers = {"content-type": "application/json"}
            return httpx.post(address, content=body, headers=headers, timeout=PATIENCE)

        with ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(one, range(24)))
    assert {answer.status_code for answer in answers} == {200, 503}
    busy = next(answer for answer in answers if answer.status_code == 503)
    assert busy.json()["errors"][0]["extensions"] == {"code": "BUSY"}
    assert busy.headers["retry-after"] == "1"


CHUNKED = b"%x\r\n%b\r\n0\r\n\r\n" % (len(MODELS), MODELS)


def test_a_body_that_can_end_in_two_places_is_refused(url: str) -> None:
    length = f"content-length: {len(MODELS)}"
    smuggled = b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n"

    def answer(server: Server, version: str, framing: str, behind: bytes) -> bytes:
        head = (
            f"POST /graphql HTTP/{version}\r\nhost: a\r\ncontent-type: application/json\r\n"
            f"{framing}\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        with server.connect() as connection:
            connection.sendall(head.encode() + CHUNKED + behind)
            return b"".join(iter(lambda: connection.recv(65536), b""))  # up to the end

    with _server(url) as server:
        for version, framing in (("1.1", length), ("1.0", "accept: */*")):
            refusal = answer(server, version, framing, smuggled)
            assert refusal.startswith(b"HTTP/1.1 400 ")
            assert refusal.count(b"HTTP/1.1 ") == 1
            assert b"two ways" in refusal
        taken = answer(server, "1.1", "connection: close", b"")
        assert taken.startswith(b"HTTP/1.1 200 ")
