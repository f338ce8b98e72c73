"""Token graphs as N2G's files: what was imported comes back, and what we build loses nothing."""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cypher.pack import Pack
from ingest.errors import ExportError, SourceError
from ingest.exports.n2g_dot import TrieNode, dot
from ingest.exports.n2g_index import normal_form
from ingest.sources.n2g_graph import read_drawn
from tests.cli import neurocypher
from tests.ingest.exports.comparing import exported, loaded, tables
from tests.ingest.sources.importing import imported, written
from tests.ingest.sources.published import real
from tests.ingest.sources.test_n2g import FOLDER, PYTHON, RUST, edges_of
from tests.packs import small_pack

SIMILAR = {
    "graphviz": RUST.replace('label=ing, fillcolor="#ff8080", ', 'label="a [", '),
    "similar": [
        {"layer": 0, "neuron": 1, "similarity": 0.5},
        {"layer": 1, "neuron": 9, "similarity": 0.75},
    ],
}
ALL = {**FOLDER, "tiny/neuron2graph/1/2.json": SIMILAR, "neuron_graphs/tiny/run/1_3/graph": "digraph {}"}  # fmt: skip


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return imported("n2g", written(tmp_path / "in", ALL), tmp_path / "pack")


def test_from_a_graph_and_back(pack: Pack, graph_url: str, tmp_path: Path) -> None:
    out = exported("n2g", loaded(pack, graph_url), tmp_path / "out")
    assert tables(imported("n2g", out, tmp_path / "again")) == tables(pack)
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    run = "neuron_graphs/tiny/n2g"
    assert files == {
        "activation_matrix-tiny.json", f"{run}/stats.json", f"{run}/neuron_store.json",
        f"{run}/0_1/graph", f"{run}/1_7/graph", f"{run}/1_3/graph", "tiny/neuron2graph/1/2.json",
    }  # fmt: skip


def test_a_real_matrix_comes_back(ladybug_graph: str, tmp_path: Path) -> None:
    file = real("n2g", "activation_matrix-pythia-70m.json")
    pack = imported("n2g", file, tmp_path / "pack")
    out = exported("n2g", loaded(pack, ladybug_graph), tmp_path / "out")
    assert [path.name for path in out.iterdir()] == [file.name]
    assert json.loads((out / file.name).read_bytes()) == json.loads(file.read_bytes())


def test_some_neurons_alone_from_a_pack(pack: Pack, tmp_path: Path) -> None:
    done = neurocypher("export", pack.path, "--format", "n2g", "--out", tmp_path / "out",
                       "--layers", "0", "--neurons", "1-2")  # fmt: skip
    assert done.status == 0, done.err
    assert "1 graphs; 2 reports; 2 maxima; 3 forms" in done.out
    again = imported("n2g", tmp_path / "out", tmp_path / "again")
    chosen = imported("n2g", tmp_path / "in", tmp_path / "some", layers="0", neurons="1-2")
    assert tables(again) == tables(chosen)


def test_what_we_build_loses_nothing(ladybug_graph: str, tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "pack")
    out = exported("n2g", loaded(pack, ladybug_graph), tmp_path / "out")
    before, after = tables(pack), tables(imported("n2g", out, tmp_path / "again"))
    for table in ("TokenGraphNode", "PRECEDED_BY", "MATCHES", "STARTS_AT", "CONTAINS"):
        assert before[table], table
        assert after[table] == before[table], table
    columns = ("id", "n_nodes", "n_unconnected", "repeat_activation", "f1", "note")
    one, other = ([[r[c] for c in columns] for r in t["TokenGraph"]] for t in (before, after))
    assert one == other
    for table, kind in (("ACTIVATES_ON", "activating"), ("CONDITIONED_ON", "context")):
        of_tokens = {(row["source"], normal_form(row["target"])) for row in before[table]}
        listed = {(r["source"], r["form"]) for r in after["INDEXED_UNDER"] if r["kind"] == kind}
        assert listed == of_tokens


@pytest.mark.parametrize(
    ("token", "form"),
    [(" Play", "play"), ("PLAY", "PLAY"), ("A", "A"), (" ", " "), ("  ", "  "), (" .", " ."),
     ("McX", "McX"), (" a ", "a")],
)  # fmt: skip
def test_tokens_are_indexed_as_n2g_does(token: str, form: str) -> None:
    assert normal_form(token) == form


def test_a_source_or_model_that_is_not_there(
    pack: Pack, ladybug_graph: str, tmp_path: Path
) -> None:
    out, url = tmp_path / "out", loaded(pack, ladybug_graph)
    with pytest.raises(ExportError, match="nothing of the source 'other'; it has n2g"):
        exported("n2g", url, out, source="other")
    with pytest.raises(ExportError, match="no model 'gpt9'; it has tiny"):
        exported("n2g", url, out, model="gpt9")
    with pytest.raises(ExportError, match="nothing to write in the layers wanted"):
        exported("n2g", url, out, layers="7")
    assert not out.exists()


_TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=4
)


_SHARES = st.none() | st.floats(0, 1)
_NODES = st.lists(
    st.tuples(st.integers(0), _SHARES, _SHARES, st.booleans(),
              st.lists(_TEXTS, max_size=3, unique=True), st.booleans()),
    max_size=9,
)  # fmt: skip


def _trie(drawn: list[Any]) -> tuple[list[TrieNode], list[tuple[int, int]]]:
    """A trie; the first number of each node chooses its parent, the last makes it a gap."""
    nodes: list[TrieNode] = []
    edges: list[tuple[int, int]] = []
    for number, (choice, activation, importance, is_end, tokens, _) in enumerate(drawn):
        parent = choice % (number + 1)
        position = 0
        if parent < number:
            position = nodes[parent].position - 1
            edges.append((parent, number))
        nodes.append(TrieNode(number, position, False, activation, importance, is_end, tokens))
    for number, (_, activation, _, is_end, _, is_gap) in enumerate(drawn):
        if nodes[number].position < 0 and is_gap:
            known = activation if is_end else None
            nodes[number] = TrieNode(number, nodes[number].position, True, known, None, is_end)
    return nodes, edges


@settings(deadline=None)
@given(_NODES, st.none() | _TEXTS)
def test_any_trie_is_read_as_it_was(drawn_nodes: list[Any], note: str | None) -> None:
    nodes, edges = _trie(drawn_nodes)
    drawn = read_drawn(dot("0_1", nodes, edges, note), "graph")
    assert drawn.note == note
    found = [
        TrieNode(number, drawn.positions[number], drawn.is_gap[number],
                 drawn.activations[number], drawn.importances[number], drawn.is_end[number],
                 [t for at, t in zip(drawn.accepting, drawn.accepted, strict=True) if at == number])
        for number in range(len(drawn))
    ]  # fmt: skip
    assert found == nodes
    assert edges_of(drawn) == sorted(edges)


_WHOLE = dot(
    "0_1",
    [
        TrieNode(0, 0, False, 1.0, 0.5, True, [" a", "b"]),
        TrieNode(1, -1, True, None, None, False),
        TrieNode(2, -2, False, 0.25, 0.75, True, ["["]),
    ],
    [(0, 1), (1, 2)],
    "a note",
)


@settings(deadline=None)
@given(
    st.integers(0, len(_WHOLE)),
    st.integers(0, 12),
    st.sampled_from(["", '"', "nan", "-", "9", "\\\\ud800", "[", "2", "\n"]) | _TEXTS,
)
def test_a_damaged_drawing_is_read_or_refused(at: int, length: int, put: str) -> None:
    try:
        found = read_drawn(_WHOLE[:at] + put + _WHOLE[at + length :], "graph")
    except SourceError:
        return
    places = (*found.later, *found.earlier, *found.accepting)
    assert all(0 <= place < len(found) for place in places)
    assert all(token.encode() for token in found.accepted)
    assert all(math.isfinite(share or 0) for share in (*found.activations, *found.importances))


@pytest.mark.parametrize(
    ("found", "put", "said"),
    [
        ('activation="1.0"', 'activation="nan"', "found 'nan', expected a finite number"),
        ('token="\\"b\\""', 'token="\\"\\\\ud800\\""', "expected a text in JSON"),
        ('number="2"', 'number="x"', "number: found 'x'"),
        ('position="-2"', 'position="-0"', "an edge to a later token"),
        ('through="1"', 'through="0"', "found node 0 in a gap and elsewhere"),
        ('"0" -> "2"', '"0" -> "9"', "an edge of '9'"),
    ],
)
def test_what_is_wrong_in_a_drawing_is_said(found: str, put: str, said: str) -> None:
    assert found in _WHOLE
    with pytest.raises(SourceError, match=said):
        read_drawn(_WHOLE.replace(found, put), "graph")


_NAMES = st.sampled_from(["0_0", "0_3", "1_2", "2_0"])
_NUMBER = st.none() | st.floats(-1e6, 1e6)
_CLASS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("precision", "recall", "f1-score"), _NUMBER),
        "support": st.integers(0, 9),
    },
)
_REPORT: st.SearchStrategy[dict[str, Any]] = st.just({}) | st.fixed_dictionaries(
    {"accuracy": _NUMBER}, optional={"0": _CLASS, "1": _CLASS, "correlation": _NUMBER}
)
_LISTED = st.dictionaries(
    _TEXTS | st.just(""), st.lists(_NAMES, min_size=1, max_size=3), max_size=3
)
_FILES = st.fixed_dictionaries(
    {"activation_matrix-m.json": st.lists(st.lists(_NUMBER, max_size=4), min_size=3, max_size=3)},
    optional={
        "stats.json": st.dictionaries(
            st.sampled_from("012"), st.dictionaries(st.sampled_from("0123"), _REPORT)
        ),
        "neuron_store.json": st.fixed_dictionaries({"activating": _LISTED, "important": _LISTED}),
        "neuron_graphs/m/run/0_3/graph": st.just(PYTHON),
        "neuron_graphs/m/run/2_0/graph": st.just(RUST),
    },
)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(_FILES)
def test_any_folder_comes_back(files: dict[str, Any]) -> None:
    files["activation_matrix-m.json"][1] = [0.5, None, -0.0]  # a source that says something
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pack = imported("n2g", written(folder / "in", files), folder / "pack")
        url = loaded(pack, f"ladybug://{folder / 'graph.lbug'}")
        again = imported("n2g", exported("n2g", url, folder / "out"), folder / "again")
        assert tables(again) == tables(pack)
