"""Answers that the compiled reader takes become the rows that they become without it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypher import ids
from cypher.native import native
from ingest.errors import SourceError
from ingest.sources.compiled_rows import CompiledRows
from ingest.sources.drawn_rows import DrawnRows
from ingest.sources.fields import Record
from ingest.sources.n2g_deciphered import deciphered_token, read_deciphered
from ingest.sources.n2g_trie import drawn_motifs
from tests.ingest.sources.importing import imported, written
from tests.ingest.sources.outcomes import in_any_order, outcome

pytestmark = pytest.mark.usefixtures("native_reader")

TEXTS = st.sampled_from(['"a"', "a", "", '"', '"\\"', "é\\", "<0xE2>", " a", "\\n", "b", "c"])
SHARES = st.one_of(
    st.sampled_from([0.5, 0, 1, 1.5, -0.25, -0.0, 0.12345, 1 / 3, 0.1875, 0.625]),
    st.floats(0, 1),
    st.integers(-9, 2**62),
)
SIMILAR = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 12), st.sampled_from([0.5, 0.0, -0.0, 1, 0.25])),
    unique_by=lambda one: one[:2],
    max_size=6,
)
LAYER = 3
INDICES = (10, 1, 0, 100, 2)
"""Of neurons: the ids of their graphs stand in another order, 10@ before 1@."""
TOKEN_GRAPH = ("id", "neuron_id", "note", "n_nodes", "n_unconnected")
SIMILAR_TO = ("source", "target", "measure", "similarity", "rank", "cross_layer_rank")


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    """A graph: depths, some without nodes, and edges to any later depth, some of them twice."""
    counts = draw(st.lists(st.integers(0, 4), max_size=5))
    depths = [depth for depth, count in enumerate(counts) for _ in range(count)]
    begins = [sum(counts[:at]) for at in range(len(counts) + 1)]
    items = []
    for depth in depths:
        deeper = [to for to, other in enumerate(depths) if other > depth]
        required = draw(st.lists(st.sampled_from(deeper), max_size=3)) if deeper else []
        items.append({"token": draw(TEXTS), "required": required, "importance": draw(SHARES)})
    graph = {"subgraph_indices": draw(st.sampled_from([begins, begins or [0]])), "graph": items}
    similar = [
        {"layer": layer, "neuron": neuron, "similarity": share}
        for layer, neuron, share in draw(SIMILAR)
    ]
    return {
        "more": [1, {"a": "b"}],
        "graph": graph,
        "similar": draw(st.sampled_from([similar, None])),
    }


def compiled(folder: Path, values: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Rows by table."""
    paths = []
    for index, value in enumerate(values):
        paths.append(folder / f"{index}")
        paths[-1].write_bytes(orjson.dumps(value))
    reader = native.GraphReader()
    found = CompiledRows(reader, "m", "n2g", "r")
    for at in range(0, len(paths), 2):  # read some at a time, as those of a folder are
        read = reader.read(paths[at : at + 2], 1 << 20)
        reader.name(list(map(deciphered_token, read.new_texts)))
        sizes = {place: size for place, size in enumerate(read.sizes()) if size is not None}
        assert len(sizes) == len(paths[at : at + 2])
        neurons = [ids.neuron_id("m", LAYER, index) for index in INDICES[at:][: len(sizes)]]
        found.add(read, sizes, neurons, [LAYER] * len(sizes), [{}] * len(sizes))
    first, again = found.tables(), found.tables()
    assert first == again
    return {name: table.to_pylist() for name, table in again.items()}


@settings(deadline=None)
@given(st.lists(answers(), max_size=5))
def test_many_are_what_each_is(
    tmp_path_factory: pytest.TempPathFactory, values: list[dict[str, Any]]
) -> None:
    assert_what_each_is(compiled(tmp_path_factory.mktemp("answers"), values), values)


def assert_what_each_is(
    found: dict[str, list[dict[str, Any]]], values: list[dict[str, Any]]
) -> None:
    one_by_one, graphs, similar = DrawnRows("r"), [], []
    for index, value in zip(INDICES, values, strict=False):
        neuron = ids.neuron_id("m", LAYER, index)
        graph = ids.token_graph_id(neuron, "n2g")
        drawn = read_deciphered(Record(value, "x").record("graph"))
        one_by_one.add(graph, neuron, drawn)
        motifs = drawn_motifs(drawn)
        graphs.append((graph, neuron, drawn.note, len(drawn), motifs.n_unconnected))
        across = 0
        others = [
            (0.0 - one["similarity"], f"m/{one['layer']}/{one['neuron']}", one["layer"] != LAYER)
            for one in value.get("similar") or ()
        ]
        for rank, (negative, other, is_across) in enumerate(sorted(others), 1):
            across += is_across
            place = across if is_across else None
            similar.append((neuron, other, "n2g", 0.0 - negative, rank, place))
    for name, table in one_by_one.tables().items():
        assert found[name] == table.to_pylist(), name
    assert [tuple(row[name] for name in TOKEN_GRAPH) for row in found["TokenGraph"]] == graphs
    found_similar = [tuple(row[name] for name in SIMILAR_TO) for row in found["SIMILAR_TO"]]
    assert found_similar == sorted(similar)


def test_of_many_activating_nodes_those_that_share_a_token_are_connected(tmp_path: Path) -> None:
    n_first, n_second = 150, 100  # more than a word has bits
    first = [
        {"token": f"t{n}", "required": [n_first + n % n_second], "importance": 1}
        for n in range(n_first)
    ]
    second = [{"token": f"u{n}", "required": [], "importance": 1} for n in range(n_second)]
    graph = {"subgraph_indices": [0, n_first, n_first + n_second], "graph": first + second}
    found = compiled(tmp_path, [{"graph": graph}])
    assert_what_each_is(found, [{"graph": graph}])
    (row,) = found["TokenGraph"]
    assert row["n_unconnected"] == 50  # from 50 to 99: the last 50 share a token with the first 50


def test_a_token_may_stand_at_every_depth(tmp_path: Path) -> None:
    n_depths, tokens = 50, "abcdefg"
    items = [
        {
            "token": token,
            "required": [7 * depth + at] if depth < n_depths else [],
            "importance": at / 7,
        }
        for depth in range(1, n_depths + 1)
        for at, token in enumerate(tokens[depth % 7 :] + tokens[: depth % 7])
    ]
    begins = [7 * depth for depth in range(n_depths + 1)]
    values = [{"graph": {"subgraph_indices": begins, "graph": items}}]
    found = compiled(tmp_path, values)
    assert_what_each_is(found, values)
    assert {row["distance"] for row in found["CONDITIONED_ON"]} == {1}


ODD: list[tuple[str, Any]] = [
    ("token", 5), ("token", None), ("required", [0]), ("required", [9]), ("required", [-1]),
    ("required", [True]), ("required", [1.0]), ("required", ["1"]), ("required", [None]),
    ("required", 1), ("required", None), ("importance", None), ("importance", True),
    ("importance", "1"), ("importance", 2**63), ("subgraph_indices", [0, 1]),
    ("subgraph_indices", [0, 2, 1, 2]), ("subgraph_indices", [1, 2]), ("subgraph_indices", []),
    ("subgraph_indices", [0, "1", 2]), ("subgraph_indices", [0, 1.0, 2]), ("subgraph_indices", None),
    ("graph", None), ("graph", [1]), ("graph", {}), ("similar", 1), ("similar", [1]),
    ("similar", [{"layer": -1, "neuron": 1, "similarity": 1}]),
    ("similar", [{"layer": "1", "neuron": 1, "similarity": 1}]),
    ("similar", [{"layer": 1, "neuron": 1.0, "similarity": 1}]),
    ("similar", [{"layer": 1, "neuron": 1, "similarity": None}]),
    ("similar", [{"layer": 1, "neuron": 1}]),
    ("similar", [{"layer": 1, "neuron": 1, "similarity": 0.5}] * 2),
    ("similar", [{"layer": 1, "neuron": 1, "similarity": share} for share in (0.5, 1)]),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), ODD)
def test_what_is_odd_is_left_to_the_others(tmp_path: Path, field: str, value: object) -> None:
    def graph() -> dict[str, Any]:
        items = [
            {"token": "a", "required": [1], "importance": 0.5},
            {"token": "b", "required": [], "importance": 0.25},
        ]
        return {"subgraph_indices": [0, 1, 2], "graph": items}

    usual = {"graph": graph(), "similar": [{"layer": 0, "neuron": 9, "similarity": 0.5}]}
    odd: dict[str, Any] = {**usual, "graph": graph()}
    if field == "similar":
        odd[field] = value
    elif field in ("subgraph_indices", "graph"):
        odd["graph"][field] = value
    else:
        odd["graph"]["graph"][0][field] = value
    files = {"tiny/neuron2graph/0/0.json": usual, "tiny/neuron2graph/0/1.json": odd}
    folder = written(tmp_path / "in", files)
    paths = sorted(map(str, folder.rglob("*.json")))
    assert native.GraphReader().read(paths, 1 << 20).sizes()[1] is None
    found, expected = (
        outcome("n2g", folder, tmp_path / f"{skip}", skip_bad=skip) for skip in (False, True)
    )
    assert found == expected


NODES = '[{"token": "a", "required": [1], "importance": 0.5}, %s]'
LAST = '{"token": "b", "required": [], "importance": 0.25}'
SIMILAR_ONE = '[{"neuron": 9, "similarity": 0.5, "layer": 0}]'
GRAPH = f'"graph": {{"subgraph_indices": [0, 1, 2], "graph": {NODES % LAST}}}'
USUAL = f'{{{GRAPH}, "similar": {SIMILAR_ONE}}}'
WAYS: list[tuple[str, str, bool]] = [
    ("as it mostly is", USUAL, True),
    ("null for no similar ones", USUAL.replace(SIMILAR_ONE, "null"), True),
    ("without similar ones", USUAL.replace(f', "similar": {SIMILAR_ONE}', ""), True),
    ("similar ones first", f'{{"similar": {SIMILAR_ONE}, {GRAPH}}}', True),
    ("fields of a node in another order",
     USUAL.replace(LAST, '{"importance": 0.25, "required": [], "token": "b"}'), True),
    ("places after the nodes",
     USUAL.replace('"subgraph_indices": [0, 1, 2], ', "").replace("}]}", '}], "subgraph_indices": [0, 1, 2]}'),
     True),
    ("fields that nobody asks for",
     USUAL.replace("{", '{"x": [null, {"y": "z"}, -0.0], "graphs": 1e3, ').replace("1e3", "0"), True),
    ("a field that nobody asks for twice",
     USUAL.replace('"subgraph_indices"', '"x": 1, "x": 2, "subgraph_indices"'), True),
    ("escapes", USUAL.replace('"token"', '"tok\\u0065n"').replace('"b"', '"\\u00e9\\n"'), True),
    ("-0.0", USUAL.replace("0.25", "-0.0"), True),
    ("-0", USUAL.replace("0.25", "-0"), False),
    ("-0 where nobody asks for it", USUAL.replace("{", '{"x": -0, ', 1), False),
    ("a large number", USUAL.replace("{", '{"x": 123456789012345678901234567890, ', 1), False),
    ("a field of a node twice", USUAL.replace(LAST, LAST.replace("{", '{"token": "c", ')), False),
    ("a graph twice", USUAL.replace("{", '{"graph": 1, ', 1), False),
    ("similar ones twice", USUAL.replace("{", '{"similar": [], ', 1), False),
    ("more after it", f"{USUAL} 1", False),
    ("cut off", USUAL[:-1], False),
    ("a list", f"[{USUAL}]", False),
]  # fmt: skip


@pytest.mark.parametrize(("way", "is_taken"), [one[1:] for one in WAYS], ids=[w[0] for w in WAYS])
def test_ways_to_write_an_answer(tmp_path: Path, way: str, is_taken: bool) -> None:
    path = tmp_path / "in/tiny/neuron2graph/0/0.json"
    path.parent.mkdir(parents=True)
    path.write_text(way)
    assert (native.GraphReader().read([path], 1 << 20).sizes()[0] is not None) == is_taken
    found, expected = (
        outcome("n2g", tmp_path / "in", tmp_path / f"{skip}", skip_bad=skip)
        for skip in (False, True)
    )
    assert found == expected


def test_nothing_is_read_any_more_after_an_error(tmp_path: Path) -> None:
    files: dict[str, Any] = {f"tiny/neuron2graph/0/{n}.json": {"graph": {}} for n in range(1000)}
    with pytest.raises(SourceError) as raised:
        imported("n2g", written(tmp_path / "in", files), tmp_path / "pack")
    assert raised.traceback  # which holds what was being done
    assert not [thread for thread in threading.enumerate() if "ThreadPoolExecutor" in thread.name]


def test_a_unit_may_hold_answers_of_every_kind(tmp_path: Path) -> None:
    usual = {"subgraph_indices": [0, 1], "graph": [{"token": "a", "required": [], "importance": 1}]}
    files: dict[str, Any] = {
        f"tiny/neuron2graph/0/{n}.json": {"graph": usual} for n in range(0, 150, 2)
    }
    files["tiny/neuron2graph/0/3.json"] = {"graph": {**usual, "subgraph_indices": [0, 1, 1]}}
    files["tiny/neuron2graph/0/5.json"] = {"graphviz": "digraph {}"}
    files["tiny/neuron2graph/0/7.json"] = {"graph": {**usual, "more": -0.0}, "similar": None}
    folder = written(tmp_path / "in", files)
    (folder / "tiny/neuron2graph/0/9.json").write_bytes(
        orjson.dumps({"graph": usual}).replace(b'"a"', b'"a","token":"b"')
    )
    found, plain = (
        in_any_order(imported("n2g", folder, tmp_path / f"{skip}", skip_bad=skip))
        for skip in (False, True)
    )
    assert found == plain
