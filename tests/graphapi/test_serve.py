"""The server as a process: where it listens, how it is told to stop, how it fails."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from cypher.load import load_pack
from cypher.url import parse_graph_url
from tests.graphapi.serving import command, serving
from tests.graphs import small_graph, write_pack

STOP_SECONDS = 30
"""The longest that a server may take to stop on a busy machine."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The small graph in a file."""
    folder = tmp_path_factory.mktemp("served")
    write_pack(folder / "pack", small_graph(seed=1))
    made = f"ladybug://{folder / 'graph.lbug'}"
    load_pack(folder / "pack", parse_graph_url(made), lambda *_: None)
    return made


def test_it_says_where_and_answers_at_once(url: str) -> None:
    with serving(url) as (_, address):
        answer = httpx.post(address, json={"query": "{ models { id } }"}, timeout=STOP_SECONDS)
        assert answer.json()["data"] == {"models": [{"id": "other"}, {"id": "toy"}]}
        took = []
        with httpx.Client() as client:
            for _ in range(20):
                began = time.perf_counter()
                client.post(address, json={"query": "{ __typename }"})
                took.append(time.perf_counter() - began)
    assert sorted(took)[10] < 0.03, "Nagle's algorithm delays answers by 40 ms"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_finishes_the_requests_under_way(url: str, number: signal.Signals) -> None:
    with serving(url) as (process, address):
        host, port = httpx.URL(address).host, httpx.URL(address).port
        assert port is not None
        body = b'{"query": "{ models { id } }"}'
        with closing(socket.create_connection((host, port))) as connection:
            # Half of a request: under way until the other half comes.
            head = f"POST /graphql HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:9])
            time.sleep(0.5)
            process.send_signal(number)
            time.sleep(0.5)
            assert process.poll() is None, "it did not wait"
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection((host, port)).close()
            connection.sendall(body[9:])
            answered = connection.makefile("rb").read()
        assert answered.startswith(b"HTTP/1.1 200")
        assert b'{"data":{"models":[{"id":"other"},{"id":"toy"}]}' in answered
        assert process.wait(STOP_SECONDS) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_a_request_that_never_ends_does_not_hold_it(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEUROCYPHER_SHUTDOWN_SECONDS", "1")
    with serving(url) as (process, address):
        host, port = httpx.URL(address).host, httpx.URL(address).port
        with closing(socket.create_connection((host, port or 0))) as connection:
            connection.sendall(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
            time.sleep(0.5)
            process.send_signal(signal.SIGTERM)
            assert process.wait(STOP_SECONDS) == 0


def _failing(url: str, *options: str) -> str:
    """What a server that cannot start says on its way out."""
    done = subprocess.run(
        command(url, *options), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    return done.stderr


def test_a_port_in_use_is_said(url: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        message = _failing(url, "--port", str(port))
    assert f"cannot listen at 127.0.0.1:{port} (Address already in use)" in message
    assert "--port" in message


def test_an_address_that_is_none_is_said(url: str) -> None:
    assert "cannot listen at no.such.host.invalid:8000" in _failing(
        url, "--host", "no.such.host.invalid"
    )
    assert "cannot listen at 127.0.0.1:99999" in _failing(url, "--port", "99999")


def test_a_graph_that_is_not_there_is_said(tmp_path: Path) -> None:
    missing = f"ladybug://{tmp_path / 'none.lbug'}"
    assert f"no graph at {missing}" in _failing(missing, "--port", "0")


def test_a_limit_that_makes_no_sense_is_said(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEUROCYPHER_MAX_PAGE", "lots")
    assert "NEUROCYPHER_MAX_PAGE is 'lots'" in _failing(url, "--port", "0")


def test_queries_run_side_by_side(url: str) -> None:
    query = "{ neurons(first: 100) { edges { node { similar { edges { sharedTokens } } } } } }"
    with serving(url) as (_, address):
        answers: list[str] = []

        def ask() -> None:
            answers.append(httpx.post(address, json={"query": query}, timeout=60).text)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert "errors" not in answers[0]
