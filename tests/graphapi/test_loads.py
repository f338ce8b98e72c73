"""A new load is moved to under traffic: no request fails, and none mixes two loads."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.graphapi.serving import serving
from tests.packs import small_pack
from tests.whole import load

QUERY = """{
  neurons(first: 100) { edges { node {
    id statistics { maxActivation } explanations { id text } tokenGraphs { id }
    similar(first: 3) { edges { similarity node { id statistics { maxActivation } } } }
  } } }
}"""
SECONDS = 60


class Client(threading.Thread):
    """Asks without a pause, and keeps what it was told."""

    def __init__(self, address: str, name: str) -> None:
        super().__init__()
        self._address = address
        self._comment = f"# {name} "
        self.answers: list[httpx.Response] = []
        self.failures: list[Exception] = []
        self.stop = threading.Event()

    def run(self) -> None:
        with httpx.Client(timeout=SECONDS) as client:
            while not self.stop.is_set():
                # another comment, another document: the answer is computed, not only found
                text = QUERY.replace("first: 100", f"first: {100 + len(self.answers) % 50}")
                try:
                    answer = client.post(self._address, json={"query": self._comment + "\n" + text})
                except httpx.HTTPError as error:
                    self.failures.append(error)
                else:
                    self.answers.append(answer)


def _label(answer: httpx.Response) -> tuple[str, bool]:
    extension = answer.json()["extensions"]
    assert extension["loadId"] == answer.headers["neurocypher-load-id"]
    unfinished = bool(extension.get("unfinished"))
    assert unfinished == ("neurocypher-load-unfinished" in answer.headers)
    return extension["loadId"], unfinished


def _ask(address: str) -> Any:
    return httpx.post(address, json={"query": QUERY}, timeout=SECONDS).json()


def test_a_load_is_moved_to_under_traffic(graph_url: str, tmp_path: Path) -> None:
    first = load(graph_url, small_pack(tmp_path / "first", settings="a"))
    with serving(graph_url, poll_seconds=0.2) as (process, address):
        before = _ask(address)
        clients = [Client(address, str(number)) for number in range(4)]
        for client in clients:
            client.start()
        time.sleep(0.5)
        second = load(graph_url, small_pack(tmp_path / "second", settings="bcd"))
        deadline = time.monotonic() + SECONDS
        while (after := _ask(address))["extensions"] != {"loadId": second}:
            assert time.monotonic() < deadline, "it never moved to the new load"
        time.sleep(0.5)
        for client in clients:
            client.stop.set()
        for client in clients:
            client.join()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()

    assert [failure for client in clients for failure in client.failures] == []
    answers = [answer for client in clients for answer in client.answers]
    assert {answer.status_code for answer in answers} == {200}
    expected = {first: before["data"], second: after["data"]}
    assert before["data"] != after["data"]
    seen = set()
    for answer in answers:
        load_id, unfinished = _label(answer)
        assert not (unfinished and graph_url.startswith("ladybug")), "a file is whole or absent"
        if not unfinished:
            assert answer.json()["data"] == expected[load_id]
            seen.add(load_id)
    assert seen == {first, second}


@pytest.mark.parametrize("content", [b"", b"no graph at all"])
def test_what_is_no_graph_is_not_moved_to(
    ladybug_graph: str, tmp_path: Path, content: bytes
) -> None:
    load_id = load(ladybug_graph, small_pack(tmp_path / "pack"))
    path = Path(ladybug_graph.removeprefix("ladybug://"))
    with serving(ladybug_graph, poll_seconds=0.1) as (process, address):
        other = tmp_path / "other"
        other.write_bytes(content)
        other.rename(path)
        time.sleep(1)
        assert _ask(address)["extensions"] == {"loadId": load_id}
        process.terminate()
        assert process.stderr is not None
        said = process.stderr.read()
    assert said.count("the load before it is served on") == 1
