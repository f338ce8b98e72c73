"""`neurocypher query` and `status`: what they print."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cypher.graph import Value
from neurocypher.commands.status import _missing
from tests.cli import neurocypher
from tests.packs import small_pack
from tests.whole import load

STATEMENT = (
    "MATCH (n:Neuron)-[:HAS_EXAMPLE]->(e:Example {bucket: 'top'}) WHERE n.id = $id "
    "RETURN e.id AS id, e.`rank` AS place, e.activations AS activations, "
    "n.skewness AS missing, n.max_activation > 2 AS strong ORDER BY id"
)
EXPECTED = [
    {
        "id": f"tiny/0/1@model@top#{rank}",
        "place": rank,
        "activations": [2.0 / rank, 0.0, -0.25],
        "missing": None,
        "strong": True,
    }
    for rank in (1, 2)
]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("query")
    url = f"ladybug://{folder / 'graph.lbug'}"
    load(url, small_pack(folder / "pack"))
    return url


def query(url: str, *options: object) -> str:
    ran = neurocypher("query", STATEMENT, "--graph", url, "-p", "id=tiny/0/1", *options)
    assert ran.status == 0, ran.err
    return ran.out


def test_json(url: str) -> None:
    assert json.loads(query(url, "--format", "json")) == EXPECTED


def test_csv(url: str) -> None:
    rows = list(csv.DictReader(io.StringIO(query(url, "--format", "csv"))))
    assert [row["id"] for row in rows] == [row["id"] for row in EXPECTED]
    assert [json.loads(row["activations"]) for row in rows] == [
        row["activations"] for row in EXPECTED
    ]
    assert {(row["missing"], row["strong"]) for row in rows} == {("", "true")}


def test_parquet(url: str, tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    assert query(url, "--format", "parquet", "--output", file) == ""
    assert pq.read_table(file).to_pylist() == EXPECTED
    assert [path.name for path in tmp_path.iterdir()] == ["rows.parquet"]


def test_ndjson(url: str) -> None:
    assert [json.loads(line) for line in query(url, "--format", "ndjson").splitlines()] == EXPECTED


def test_arrow(url: str, tmp_path: Path) -> None:
    file = tmp_path / "rows.arrow"
    assert query(url, "--format", "arrow", "--output", file) == ""
    assert pa.ipc.open_stream(file.read_bytes()).read_all().to_pylist() == EXPECTED


def test_a_table_cuts_nothing(url: str) -> None:
    printed = query(url)
    assert "tiny/0/1@model@top#1" in printed
    assert "[2.0,0.0,-0.25]" in printed
    assert printed.endswith("2 rows\n")


def test_parameters_are_json_or_text(url: str) -> None:
    statement = "RETURN $a AS a, $b AS b, $c AS c"
    given = ["-p", "a=1", "-p", 'b=["x", "y"]', "-p", "c= play"]
    ran = neurocypher("query", statement, "--graph", url, "-f", "json", *given)
    assert json.loads(ran.out) == [{"a": 1, "b": ["x", "y"], "c": " play"}]
    assert neurocypher("query", "RETURN 1", "--graph", url, "-p", "nonsense").status == 2


def test_nodes_look_alike_on_both_engines(graph_url: str, tmp_path: Path) -> None:
    load(graph_url, small_pack(tmp_path / "pack"))
    statement = "MATCH p = (n:Neuron {id: 'tiny/0/1'})-[r:ACTIVATES_ON]->(t) RETURN n, r, t, p"
    ran = neurocypher("query", statement, "--graph", graph_url, "-f", "json")
    (row,) = json.loads(ran.out)
    assert row["t"] == {"_label": "Token", "id": " t1"}
    assert row["n"]["_label"] == "Neuron"
    assert row["n"]["max_activation"] == 3.0
    assert "skewness" not in row["n"]
    assert row["r"]["_label"] == "ACTIVATES_ON"
    assert [node["id"] for node in row["p"]["_nodes"]] == ["tiny/0/1", " t1"]
    assert [rel["_label"] for rel in row["p"]["_rels"]] == ["ACTIVATES_ON"]


def test_status_says_what_is_there_and_what_is_not(graph_url: str, tmp_path: Path) -> None:
    load(graph_url, small_pack(tmp_path / "pack"))
    ran = neurocypher("status", "--graph", graph_url)
    assert ran.status == 0, ran.err
    assert "6/6" in ran.out
    assert "tiny/0: 1 without token_graph (never fires)" in ran.out
    # of top texts and random ones, each beside bigrams, which the small pack has none of
    scores = [line.split() for line in ran.out.splitlines() if " n2g " in line]
    assert scores == [[layer, "n2g", "5", "0.500", "-", "0.250", "-"] for layer in ("0", "1")]
    found = json.loads(neurocypher("status", "--graph", graph_url, "--json").out)
    assert found["unfinished"] == []
    assert [row["n_token_graphs"] for row in found["layers"]] == [5, 5]
    assert [(row["layer_id"], row["random_f1"]) for row in found["token_graphs"]] == [
        ("tiny/0", 0.25),
        ("tiny/1", 0.25),
    ]
    assert {row["job"] for row in found["runs"]} == {
        "mine", "token-graphs", "similarity", "explain", "circuits",
    }  # fmt: skip


def test_many_reasons_are_summed_up() -> None:
    def row(kind: str, reason: str, n_absent: int) -> dict[str, Value]:
        return {"layer_id": "m/0", "kind": kind, "reason": reason, "n_absent": n_absent}

    reasons = [row("examples", f"reason {n}", 10 - n) for n in range(6)]
    assert list(
        _missing([*reasons, row("examples", "never fires", 90), row("sense", "so", 1)])
    ) == [
        "m/0: 90 without examples (never fires)",
        "m/0: 10 without examples (reason 0)",
        "m/0: 9 without examples (reason 1)",
        "m/0: 8 without examples (reason 2)",
        "m/0: 18 without examples (3 other reasons)",
        "m/0: 1 without sense (so)",
    ]


def test_status_says_that_a_load_has_not_ended(neo4j_graph: str, tmp_path: Path) -> None:
    from cypher.engines.neo4j import Writer
    from cypher.url import parse_graph_url

    load(neo4j_graph, small_pack(tmp_path / "pack"))
    mark = {"pack": "half", "digest": "d", "started_at": "2026-01-01T00:00:00+00:00", "runs": []}
    writer = Writer(parse_graph_url(neo4j_graph))
    writer.run("MATCH (s:GraphState) SET s.unfinished = $mark", {"mark": json.dumps([mark])})
    writer.close()
    ran = neurocypher("status", "--graph", neo4j_graph)
    assert ran.out.startswith("UNFINISHED: a load of half, begun at 2026-01-01T00:00:00+00:00")
    assert json.loads(neurocypher("status", "--graph", neo4j_graph, "--json").out)["unfinished"]
