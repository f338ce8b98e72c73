"""`neurocypher demo`: what a newcomer sees, and that it is right."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cypher import ids
from neurocypher.demo import demo_pack
from tests.cli import neurocypher


@contextmanager
def running_demo(cache: Path) -> Iterator[tuple[str, str]]:
    """The address of a demo and all that it printed before it served."""
    with subprocess.Popen(
        [sys.executable, "-m", "neurocypher", "demo", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "XDG_CACHE_HOME": str(cache)},
    ) as demo:
        assert demo.stdout is not None
        printed = ""
        while not printed.endswith("Ctrl-C ends it.\n"):
            line = demo.stdout.readline()
            assert line, demo.communicate()
            printed += line
        address = re.findall(r"http://[\d.]+:\d+", printed)[0]
        yield address, printed
        demo.send_signal(signal.SIGINT)
        _, errors = demo.communicate(timeout=60)
        assert demo.returncode == 0, errors
        assert "Traceback" not in errors


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def demo(cache: Path) -> Iterator[tuple[str, str]]:
    with running_demo(cache) as served:
        yield served


def _ask(address: str, query: str) -> dict[str, object]:
    answer = httpx.post(f"{address}/graphql", json={"query": query}, timeout=60).json()
    assert "errors" not in answer
    data: dict[str, object] = answer["data"]
    return data


def test_which_neurons_share_a_token(demo: tuple[str, str]) -> None:
    data = _ask(
        demo[0],
        '{ word(text: "play") { neurons(first: 20) { edges { activation node { id } } } } }',
    )
    found = [
        (edge["node"]["id"], edge["activation"])
        for edge in data["word"]["neurons"]["edges"]  # type: ignore[index]
    ]
    best: dict[str, float] = {}
    for row in demo_pack().table("ACTIVATES_ON").to_pylist():
        if ids.word_id(row["target"]) == "play":
            best[row["source"]] = max(best.get(row["source"], 0.0), row["activation"])
    expected = sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))
    assert found == expected[:20]
    assert found


def test_which_neurons_of_other_layers_are_like_this_one(demo: tuple[str, str]) -> None:
    neuron = "stories260K/0/57"
    data = _ask(
        demo[0],
        f'{{ neuron(id: "{neuron}") {{ similar(first: 10, layers: OTHER) '
        "{ edges { similarity sharedTokens node { id } } } } }",
    )
    found = [
        (edge["node"]["id"], edge["similarity"], sorted(edge["sharedTokens"]))
        for edge in data["neuron"]["similar"]["edges"]  # type: ignore[index]
    ]
    pack = demo_pack()
    fires: dict[str, set[str]] = {}
    for row in pack.table("ACTIVATES_ON", ["source", "target"]).to_pylist():
        fires.setdefault(row["source"], set()).add(row["target"])
    similar = [
        row
        for row in pack.table("SIMILAR_TO").to_pylist()
        if row["source"] == neuron and (row["cross_layer_rank"] or 11) <= 10
    ]
    similar.sort(key=lambda row: row["cross_layer_rank"])
    assert found == [
        (row["target"], row["similarity"], sorted(fires[neuron] & fires[row["target"]]))
        for row in similar
    ]
    assert found
    assert not any(id_.startswith("stories260K/0/") for id_, _, _ in found)


def test_what_it_prints_can_be_pasted(demo: tuple[str, str]) -> None:
    commands = [line.strip() for line in demo[1].splitlines() if line.strip().startswith("curl")]
    assert len(commands) == 3
    for command in commands:
        words = shlex.split(command)
        body = words[words.index("-d") + 1]
        address = next(word for word in words if word.startswith("http"))
        answer = httpx.post(address, content=body, headers={"content-type": "application/json"})
        assert "errors" not in answer.json()
        assert json.loads(body)["query"] in command.replace('\\"', '"')


def test_query_and_status_work_while_it_serves(demo: tuple[str, str], cache: Path) -> None:
    assert demo
    here = {"XDG_CACHE_HOME": str(cache)}
    status = neurocypher("status", "--graph", "demo", environment=here)
    assert status.status == 0, status.err
    assert "172/172" in status.out
    rows = neurocypher(
        "query", "MATCH (n:Neuron) RETURN count(n) AS n", "-f", "csv", "--graph", "demo",
        environment=here,
    )  # fmt: skip
    assert (rows.status, rows.out) == (0, "n\n860\n"), rows.err


def test_it_loads_once(demo: tuple[str, str], cache: Path) -> None:
    assert demo
    (graph,) = (cache / "neurocypher").glob("*.lbug")
    made = graph.stat()
    with running_demo(cache) as (address, _):
        assert _ask(address, "{ models { id } }") == {"models": [{"id": "stories260K"}]}
    assert graph.stat().st_mtime_ns == made.st_mtime_ns
    assert graph.stat().st_ino == made.st_ino
