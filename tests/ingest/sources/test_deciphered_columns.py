"""Answers that are read many at a time are what each would be by itself."""

from __future__ import annotations

from functools import partial
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypher import ids
from ingest.errors import SourceError
from ingest.sources.deciphered_columns import UnusualError, answer_columns
from ingest.sources.deciphered_rows import DecipheredRows
from ingest.sources.documents import open_json
from ingest.sources.drawn_rows import DrawnRows
from ingest.sources.fields import Record
from ingest.sources.n2g_deciphered import read_deciphered

TEXTS = st.sampled_from(['"a"', "a", "", '"', '"\\"', "é\\", "<0xE2>", " a", "\\n"])
SHARES = st.sampled_from([0.5, 0, 1, 1.5, -0.25, -0.0, 0.12345, 1 / 3])


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """A graph: depths, some without nodes, and edges to any later depth, some of them twice."""
    counts = draw(st.lists(st.integers(0, 3), max_size=5))
    depths = [depth for depth, count in enumerate(counts) for _ in range(count)]
    begins = [sum(counts[:at]) for at in range(len(counts) + 1)]
    items = []
    for at, depth in enumerate(depths):
        deeper = [to for to, other in enumerate(depths) if other > depth]
        required = draw(st.lists(st.sampled_from(deeper), max_size=3)) if deeper else []
        items.append({"token": draw(TEXTS), "required": required, "importance": draw(SHARES)})
        assert begins[depth] <= at
    return {"subgraph_indices": draw(st.sampled_from([begins, begins or [0]])), "graph": items}


def _answer(data: bytes, name: str) -> Record:
    return Record(open_json(data, name), name)


def added(graphs: list[dict[str, Any]]) -> DecipheredRows:
    rows = DecipheredRows("n2g", "r")
    for at, graph in enumerate(graphs):
        answer = partial(_answer, orjson.dumps({"graph": graph}), f"{at}.json")
        neuron = ids.neuron_id("m", 0, at)
        assert rows.add(neuron, answer().record("graph"), [], again=answer, known={}) is not None
    return rows


@settings(deadline=None)
@given(st.lists(answers(), max_size=5))
def test_many_are_what_each_is(graphs: list[dict[str, Any]]) -> None:
    one_by_one = DrawnRows("r")
    notes, sizes = [], []
    for at, graph in enumerate(graphs):
        drawn = read_deciphered(Record({"graph": graph}, "x").record("graph"))
        neuron = ids.neuron_id("m", 0, at)
        one_by_one.add(ids.token_graph_id(neuron, "n2g"), neuron, drawn)
        notes.append(drawn.note)
        sizes.append(len(drawn))
    tables = added(graphs).tables()
    for name, table in one_by_one.tables().items():
        assert tables[name].equals(table), name
    assert tables["TokenGraph"].column("note").to_pylist() == notes
    assert tables["TokenGraph"].column("n_nodes").to_pylist() == sizes


ODD: list[tuple[str, Any]] = [
    ("token", 5), ("token", None), ("required", [0]), ("required", [9]), ("required", [-1]),
    ("required", [True]), ("required", [1.0]), ("required", ["1"]), ("required", [None]),
    ("importance", None), ("importance", True), ("importance", "1"), ("importance", 2**63),
    ("subgraph_indices", [0, 1]), ("subgraph_indices", [0, 2, 1, 2]), ("subgraph_indices", [1, 2]),
    ("subgraph_indices", []), ("subgraph_indices", [0, "1", 2]), ("subgraph_indices", [0, 1.0, 2]),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), ODD)
def test_what_is_odd_is_left_to_reading_one_by_one(field: str, value: object) -> None:
    graph: dict[str, Any] = {
        "subgraph_indices": [0, 1, 2],
        "graph": [
            {"token": "a", "required": [1], "importance": 0.5},
            {"token": "b", "required": [], "importance": 0.25},
        ],
    }
    usual = orjson.loads(orjson.dumps(graph))
    if field == "subgraph_indices":
        graph[field] = value
    else:
        graph["graph"][0][field] = value
    rows = added([usual, graph])
    with pytest.raises(UnusualError):
        answer_columns(rows._answers)
    expected = outcome(graph)
    if isinstance(expected, int):
        assert rows.tables()["TokenGraph"].column("n_nodes").to_pylist() == [2, expected]
        return
    with pytest.raises(SourceError) as raised:
        rows.tables()
    assert str(raised.value) == expected


def outcome(graph: dict[str, Any]) -> int | str:
    """Nodes of a graph, or what is wrong with it."""
    try:
        return len(read_deciphered(Record({"graph": graph}, "1.json").record("graph")))
    except SourceError as error:
        return str(error)
