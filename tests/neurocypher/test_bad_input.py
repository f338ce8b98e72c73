"""Bad input to the commands that load and read: one line, exit status 1, an unchanged graph."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cypher.engines.ladybug import Writer
from cypher.schema import SCHEMA_VERSION
from cypher.url import parse_graph_url
from tests.cli import assert_failed, neurocypher
from tests.neo4j import Neo4jServer
from tests.packs import small_pack
from tests.whole import Whole, load, whole_graph


@pytest.fixture
def unchanged(ladybug_graph: str, tmp_path: Path) -> Iterator[str]:
    """The URL of a graph that is the same after the test."""
    load(ladybug_graph, small_pack(tmp_path / "first", model="first"))
    before: Whole = whole_graph(ladybug_graph)
    files = sorted(path.name for path in tmp_path.glob(".*"))
    yield ladybug_graph
    assert whole_graph(ladybug_graph) == before
    assert sorted(path.name for path in tmp_path.glob(".*")) == files


def test_a_pack_that_is_not_there(unchanged: str, tmp_path: Path) -> None:
    ran = neurocypher("load", tmp_path / "none", "--graph", unchanged)
    assert_failed(ran, f"no pack at {tmp_path / 'none'}", "does not exist", "Check the path")


def test_a_folder_that_is_no_pack(unchanged: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    ran = neurocypher("load", tmp_path / "folder", "--graph", unchanged)
    assert_failed(ran, "is no pack", "pack.json")


def test_a_corrupt_pack(unchanged: str, tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "pack")
    file = pack.files("Sequence")[0]
    file.write_bytes(file.read_bytes()[:-4])
    ran = neurocypher("load", pack.path, "--graph", unchanged)
    assert_failed(ran, str(file), "corrupt", "fetch the pack again")


def test_a_bad_pack_behind_a_good_one(unchanged: str, tmp_path: Path) -> None:
    good = small_pack(tmp_path / "good", model="second")
    ran = neurocypher("load", good.path, tmp_path / "none", "--graph", unchanged)
    assert_failed(ran, "no pack at")


@pytest.mark.parametrize(
    ("name", "version", "expected"),
    [
        ("format_version", 2, "pack format version 2; this program reads 1. Upgrade neurocypher."),
        (
            "schema_version",
            1,
            f"graph model version 1; this program reads {SCHEMA_VERSION}. Make the pack again",
        ),
    ],
)
def test_a_pack_of_another_version(
    unchanged: str, tmp_path: Path, name: str, version: int, expected: str
) -> None:
    pack = small_pack(tmp_path / "pack")
    manifest = pack.path / "pack.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), name: version}))
    assert_failed(neurocypher("load", pack.path, "--graph", unchanged), expected)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("graph.lbug", "'graph.lbug' is no graph URL; expected ladybug:///path/to/graph.lbug"),
        ("http://localhost", "'http://localhost' is no graph URL"),
        ("bolt://127.0.0.1:1", "no Neo4j answers at bolt://127.0.0.1:1"),
        ("neo4j://no.such.host.invalid", "no Neo4j answers at neo4j://no.such.host.invalid"),
    ],
)
@pytest.mark.parametrize("command", ["load", "status", "query"])
def test_a_url_where_no_graph_is(tmp_path: Path, command: str, url: str, expected: str) -> None:
    pack = str(small_pack(tmp_path / "pack").path)
    arguments = {"load": [pack], "query": ["RETURN 1"], "status": []}[command]
    assert_failed(neurocypher(command, *arguments, "--graph", url), expected)


@pytest.mark.parametrize("command", ["status", "query"])
def test_a_file_that_is_not_there_or_no_graph(tmp_path: Path, command: str) -> None:
    argument = ["RETURN 1"] if command == "query" else []
    url = f"ladybug://{tmp_path / 'none.lbug'}"
    assert_failed(
        neurocypher(command, *argument, "--graph", url), "does not exist", "neurocypher load PACK"
    )
    junk = tmp_path / "junk.lbug"
    junk.write_bytes(b"no graph" * 1000)
    ran = neurocypher(command, *argument, "--graph", f"ladybug://{junk}")
    assert_failed(ran, str(junk), "cannot be opened")
    assert junk.read_bytes() == b"no graph" * 1000


def test_a_wrong_password(neo4j_server: Neo4jServer, neo4j_graph: str, tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "pack")
    load(neo4j_graph, pack)
    before = whole_graph(neo4j_graph)
    # A user of its own: after three mistakes the server locks the user out for a while.
    with neo4j_server.driver() as driver:
        driver.execute_query(
            "CREATE USER mistaken IF NOT EXISTS SET PASSWORD 'correct horse' CHANGE NOT REQUIRED"
        )
    given = {"NEUROCYPHER_USER": "mistaken", "NEUROCYPHER_PASSWORD": "hunter2"}
    for command in (["load", pack.path], ["status"], ["query", "RETURN 1"]):
        ran = neurocypher(*command, "--graph", neo4j_server.url, environment=given)
        assert_failed(ran, neo4j_server.url, "refuses user mistaken", "NEUROCYPHER_PASSWORD")
        assert "hunter2" not in ran.err
    assert whole_graph(neo4j_graph) == before


def test_a_password_from_the_environment(neo4j_server: Neo4jServer, neo4j_graph: str) -> None:
    given = {
        "NEUROCYPHER_GRAPH": neo4j_server.url,
        "NEUROCYPHER_USER": neo4j_server.user,
        "NEUROCYPHER_PASSWORD": neo4j_server.password,
    }
    assert neo4j_graph != neo4j_server.url  # which has the credentials in it
    assert neurocypher("load", "demo", environment=given).status == 0
    ran = neurocypher(
        "query", "MATCH (n:Neuron) RETURN count(n) AS n", "-f", "csv", environment=given
    )
    assert (ran.status, ran.out) == (0, "n\n860\n")


def test_a_graph_of_another_version(graph_url: str, tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "pack")
    load(graph_url, pack)
    _set_version(graph_url, 99)
    for command in (["load", pack.path], ["status"], ["query", "RETURN 1"]):
        ran = neurocypher(*command, "--graph", graph_url)
        assert_failed(
            ran, f"graph model version 99; this program reads {SCHEMA_VERSION}", "into a new graph"
        )


def _set_version(url: str, version: int) -> None:
    parsed = parse_graph_url(url)
    if url.startswith("ladybug"):
        writer = Writer(Path(parsed.location))
        writer.run("MATCH (s:GraphState) SET s.schema_version = $v", {"v": version})
        writer.close()
    else:
        from cypher.engines.neo4j import Writer as ServerWriter

        server = ServerWriter(parsed)
        server.run("MATCH (s:GraphState) SET s.schema_version = $v", {"v": version})
        server.close()


def test_a_graph_that_another_process_writes(unchanged: str, tmp_path: Path) -> None:
    path = parse_graph_url(unchanged).location
    hold = (
        "import ladybug, sys; d = ladybug.Database(sys.argv[1]); print('open', flush=True); "
        "sys.stdin.read(); d.close()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"open\n"
        ran = neurocypher("load", small_pack(tmp_path / "pack").path, "--graph", unchanged)
        assert_failed(ran, path, "is being written by another process", "Wait until")
        assert neurocypher("status", "--graph", unchanged).status == 0  # it can still be read


def test_a_full_disk(small_disk: Path, tmp_path: Path) -> None:
    url = f"ladybug://{small_disk / 'graph.lbug'}"
    load(url, small_pack(tmp_path / "pack"))
    before = whole_graph(url)
    ran = neurocypher("load", "demo", "--graph", url)
    assert_failed(ran, "disk", "is full", "graph is as it was before")
    assert whole_graph(url) == before
    assert [path.name for path in small_disk.iterdir()] == ["graph.lbug"]


def test_no_graph_named() -> None:
    ran = neurocypher("status")
    assert ran.status == 2
    assert "--graph URL" in ran.err
    assert "NEUROCYPHER_GRAPH" in ran.err


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("MATCH (n:Neuron", "ends where a `)` is expected"),
        ("MATCH (n:Neuron) RETURN", "Parser exception"),
        ("MATCH (n:Nope) RETURN n", "Nope"),
        (
            "MATCH (n:Neuron) DETACH DELETE n",
            "`DETACH` is no clause or operator of a read statement",
        ),
    ],
)
def test_a_statement_that_the_engine_refuses(unchanged: str, statement: str, expected: str) -> None:
    ran = neurocypher("query", statement, "--graph", unchanged)
    assert_failed(ran, expected)
