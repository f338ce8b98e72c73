"""N2G's results: three dialects of drawings, scores, index and maxima, and what a drawing loses."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypher.pack import open_pack
from ingest.errors import SourceError
from ingest.sources.n2g_drawn import Drawn
from ingest.sources.n2g_graph import read_drawn, token_of
from tests.ingest.sources.importing import by_id, ends, imported, reported, rows, written
from tests.shared import shared_path

PYTHON = r"""
digraph "0_1" {
    graph [nodesep=0.2 rankdir=RL ranksep=1.5 splines=spline]
    node [fixedsize=true height=0.75 style=filled width=2]
    subgraph cluster_4 { node [style=filled] pencolor=white penwidth=3 }
    subgraph cluster_3 {
        a [label=" play" fillcolor="#ff0000" fontcolor=black penwidth=7 shape=box]
        b [label="ing" fillcolor="#ff8080" penwidth=1]
    }
    subgraph cluster_2 { c [label=" the" fillcolor="#0000ff" penwidth=1] }
    subgraph cluster_1 { d [label="" fillcolor="#8080ff" penwidth=7] }
    a -> c [dir=back penwidth=3]
    b -> d [dir=back penwidth=3]
    c -> d [dir=back penwidth=3]
}
"""
RUST = r"""digraph {
  subgraph cluster_3 { 7 [label="", fillcolor="#8080ff", penwidth=7]; }
  subgraph cluster_2 { 5 [label=" the", fillcolor="#0000ff", penwidth=1]; }
  subgraph cluster_1 {
    1 [label=" play", fillcolor="#ff0000", penwidth=7];
    2 [label=ing, fillcolor="#ff8080", penwidth=1];
  }
  5 -> 1; 7 -> 2; 7 -> 5;
}
"""


def edges_of(drawn: Drawn) -> list[tuple[int, int]]:
    return sorted(zip(drawn.later, drawn.earlier, strict=True))


STATS = {
    "0": {
        "1": {
            "0": {"precision": 0.9, "recall": 0.8, "f1-score": 0.85, "support": 100},
            "1": {"precision": 0.5, "recall": 0.25, "f1-score": 0.33, "support": 10},
            "accuracy": 0.7,
            "macro avg": {"precision": 0.7},
            "correlation": -0.5,
        },
        "2": {"0": {"precision": 1, "recall": 1, "f1-score": 1, "support": 9.0}, "accuracy": 1},
        "3": {},
        "4": {
            "accuracy": 0.5,
            "firing": {"precision": math.nan, "recall": 0.0, "f1_score": 0.0, "count": 3},
            "non_firing": {"precision": 1.0, "recall": 0.5, "f1_score": 0.6, "count": 4},
        },
    }
}
STORE = {
    "activating": {"play": ["0_1", "1_7"], "": ["0_1"]},
    "important": {"the": ["0_1", "0_1"]},
}
MATRIX: list[list[float]] = [[0.5, 2.5, -0.0, -1, 3], [1, 2, 3, 4, 5]]
FOLDER = {
    "neuron_graphs/tiny/run/0_1/graph": PYTHON,
    "neuron_graphs/tiny/run/1_7/graph": RUST,
    "neuron_store.json": STORE,
    "stats.json": STATS,
    "activation_matrix-tiny.json": MATRIX,
}


@pytest.mark.parametrize("text", [PYTHON, RUST], ids=["python", "rust"])
def test_the_dialects_draw_the_same(text: str) -> None:
    drawn = read_drawn(text, "graph")
    assert list(zip(drawn.positions, drawn.is_end, drawn.is_gap, strict=True)) == [
        (0, True, False),
        (0, False, False),
        (-1, False, False),
        (-2, True, False),
        (-1, False, True),
    ]
    assert dict(zip(drawn.accepting, drawn.accepted, strict=True)) == {
        0: " play",
        1: "ing",
        2: " the",
    }
    assert edges_of(drawn) == [(0, 2), (1, 4), (2, 3), (4, 3)]
    assert list(drawn.activations) == [1.0, round(0.3 + 0.7 * 127 / 255, 4), None, None, None]
    assert list(drawn.importances) == [
        None, None, 1.0, round(0.55 + 0.45 * 127 / 255, 4), None,
    ]  # fmt: skip
    assert (drawn.n_lost, drawn.n_gaps) == (1, 1)
    assert "1 nodes have lost their token" in str(drawn.note)


def test_a_single_depth_is_the_activating_one() -> None:
    for number in (0, 1, 5):
        text = f'digraph {{ subgraph cluster_{number} {{ a [label=x fillcolor="#ff0000"] }} }}'
        drawn = read_drawn(text, "graph")
        assert (list(drawn.positions), list(drawn.activations)) == ([0], [1.0])
    assert len(read_drawn("digraph {}", "graph")) == 0


@settings(deadline=None)
@given(st.text(min_size=1))
def test_a_label_gives_the_token_back_but_for_what_is_stripped(token: str) -> None:
    label = json.dumps(token).strip('[]"')
    kept = token.strip('[]"')
    if kept != token or token.endswith("\\"):
        assert token_of(label) != ""
    elif not any(0xD800 <= ord(c) <= 0xDFFF for c in token):
        assert token_of(label) == token


@pytest.mark.parametrize(
    ("token", "read"),
    [("[", None), ("]", None), (" [", " "), ("\n", "\n"), ("é", "é"), ("𝄞", "𝄞"), ('a"b', 'a"b'),
     ('"', '"'), ("\\", "\\"), (" ", " ")],
)  # fmt: skip
def test_brackets_are_lost(token: str, read: str | None) -> None:
    assert token_of(json.dumps(token).strip('[]"')) == read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "found the end, expected digraph"),
        ("digraph {", "found the end"),
        ("{}", "expected digraph"),
        ("digraph { a [label=x }", "line 1"),
        ("digraph { a [label=x] }", "in no cluster"),
        ("digraph { subgraph other { a [label=x] } }", "expected cluster_ and a number"),
        ("digraph { subgraph cluster_1 { a } }", "without a label"),
        ("digraph { subgraph cluster_1 { a [label=x] } a -> b }", "edge of 'b'"),
        ("digraph { subgraph cluster_1 { a [label=x penwidth=wide] } }", "penwidth: found 'wide'"),
        (
            "digraph { subgraph cluster_1 { a [label=x]; b [label=y] } a -> b }",
            "both ways between clusters",
        ),
        ("digraph " + "{ subgraph x " * 40, "subgraphs within one another"),
    ],
)
def test_what_is_no_drawing_is_said(text: str, said: str) -> None:
    with pytest.raises(SourceError) as raised:
        read_drawn(text, "0_1/graph")
    assert said in str(raised.value)
    assert str(raised.value).startswith("0_1/graph")


def test_everything_of_a_folder(tmp_path: Path) -> None:
    pack = imported("n2g", written(tmp_path / "in", FOLDER), tmp_path / "pack")
    (model,) = rows(pack, "Model")
    assert (model["id"], model["n_layers"], model["d_mlp"]) == ("tiny", 2, 5)
    assert {row["name"]: row["n_neurons"] for row in rows(pack, "Layer")} == {"0": 5, "1": 5}
    neurons = by_id(pack, "Neuron")
    assert len(neurons) == 11  # 1/7 is drawn, though the matrix has no such
    for layer, values in enumerate(MATRIX):
        for index, value in enumerate(values):
            assert neurons[f"tiny/{layer}/{index}"]["max_activation"] == value
    graphs = by_id(pack, "TokenGraph")
    assert graphs.keys() == {f"tiny/{n}@n2g" for n in ("0/1", "0/2", "0/4", "1/7")}
    full = graphs["tiny/0/1@n2g"]
    columns = ("precision", "recall", "f1", "support", "accuracy", "explained_variance",
               "non_firing_precision", "non_firing_support", "max_activation", "n_nodes",
               "n_unconnected", "repeat_activation")  # fmt: skip
    assert [full[c] for c in columns] == [
        0.5, 0.25, 0.33, 10, 0.7, -0.5, 0.9, 100, 2.5, 5, 2, None,
    ]  # fmt: skip
    assert [graphs["tiny/0/2@n2g"][c] for c in columns[:4]] == [None] * 4
    assert [graphs["tiny/0/2@n2g"][c] for c in columns[-3:]] == [None] * 3
    assert graphs["tiny/0/2@n2g"]["note"] == "The source has scores of it, and no graph."
    newer = graphs["tiny/0/4@n2g"]
    assert [newer[c] for c in columns[:4]] == [None, 0.0, 0.0, 3]
    fires = [
        (r["source"], r["target"], r["rank"], r["token_rank"]) for r in rows(pack, "ACTIVATES_ON")
    ]
    assert sorted(fires) == [
        ("tiny/0/1", " play", 1, 1),
        ("tiny/0/1", "ing", 2, 1),
        ("tiny/1/7", " play", 1, 2),
        ("tiny/1/7", "ing", 2, 2),
    ]
    assert {(r["source"], r["target"], r["distance"]) for r in rows(pack, "CONDITIONED_ON")} == {
        ("tiny/0/1", " the", 1),
        ("tiny/1/7", " the", 1),
    }
    listed = {(r["source"], r["target"], r["kind"], r["form"]) for r in rows(pack, "INDEXED_UNDER")}
    assert listed == {
        ("tiny/0/1", "play", "activating", "play"),
        ("tiny/1/7", "play", "activating", "play"),
        ("tiny/0/1", "the", "context", "the"),
    }
    lacking = {(row["source"], row["kind"]) for row in rows(pack, "LACKS")}
    assert lacking == {("tiny/0/3", "token graph scores"), ("tiny/0/1", "activating token")}
    kinds = [row["kind"] for row in rows(pack, "TokenGraphNode")]
    assert sorted(kinds) == ["activating"] * 4 + ["context"] * 4 + ["ignore"] * 2
    nodes = {node for _, node in ends(pack, "CONTAINS")}
    assert {end for pair in ends(pack, "PRECEDED_BY") for end in pair} <= nodes


def test_deepdeciphers_answer_has_similar_neurons(tmp_path: Path) -> None:
    answer = {
        "graphviz": RUST,
        "similar": [
            {"layer": 1, "neuron": 4, "similarity": 0.5},
            {"layer": 0, "neuron": 9, "similarity": 0.75},
        ],
    }
    folder = written(tmp_path / "in", {"tiny/neuron2graph/0/1.json": answer})
    pack = imported("n2g", folder, tmp_path / "pack")
    assert {
        (r["target"], r["similarity"], r["rank"], r["cross_layer_rank"])
        for r in rows(pack, "SIMILAR_TO")
    } == {("tiny/0/9", 0.75, 1, None), ("tiny/1/4", 0.5, 2, 1)}
    assert pack.rows("TokenGraphNode") == 5


DECIPHERED = {
    "subgraph_indices": [0, 0, 2, 3, 4],
    "graph": [
        {"token": " play", "required": [2, 3], "importance": 1},
        {"token": '"\\" x"', "required": [], "importance": 0.0},
        {"token": '" the"', "required": [], "importance": 0.5},
        {"token": "", "required": [], "importance": 0.25},
    ],
}


def test_deepdeciphers_numbers_are_the_graph(tmp_path: Path) -> None:
    answer = {"graph": DECIPHERED, "graphviz": "not looked at", "similar": []}
    folder = written(tmp_path / "in", {"tiny/neuron2graph/0/1.json": answer})
    pack = imported("n2g", folder, tmp_path / "pack")
    nodes = by_id(pack, "TokenGraphNode")
    matched = {row["source"]: row["target"] for row in rows(pack, "MATCHES")}
    found = {
        (matched.get(own), n["kind"], n["position"], n["activation"], n["importance"])
        for own, n in nodes.items()
    }
    assert found == {
        (" play", "activating", 0, 1.0, None),
        ('" x', "activating", 0, 0.3, None),
        (" the", "context", -1, None, 0.775),
        (None, "ignore", -1, None, None),
        (None, "context", -2, None, 0.6625),
    }
    before = ends(pack, "PRECEDED_BY")
    kinds = {(nodes[a]["position"], nodes[b]["position"]) for a, b in before}
    assert len(before) == 3
    assert kinds == {(0, -1), (-1, -2)}
    (graph,) = rows(pack, "TokenGraph")
    assert "1 nodes have lost their token" in graph["note"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"subgraph_indices": [0, 2]}, "places from 0 to 4, ascending"),
        ({"subgraph_indices": [0, 3, 2, 4]}, "places from 0 to 4, ascending"),
        ({"graph": [{"token": "a", "required": [0], "importance": 1}], "subgraph_indices": [0, 1]},
         "nodes of later depths"),
        ({"graph": [{"token": "a", "required": [7], "importance": 1}], "subgraph_indices": [0, 1]},
         "nodes of later depths"),
    ],
)  # fmt: skip
def test_deepdeciphers_numbers_must_fit(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    answer = {"graph": {**DECIPHERED, **changes}}
    folder = written(tmp_path / "in", {"tiny/neuron2graph/0/1.json": answer})
    with pytest.raises(SourceError, match=message):
        imported("n2g", folder, tmp_path / "pack")


def test_edges_may_leave_out_so_many_positions(tmp_path: Path) -> None:
    n_edges = 300
    items = [{"token": "a", "required": [n_edges], "importance": 1} for _ in range(n_edges)]
    items += [{"token": "b", "required": [], "importance": 1} for _ in range(n_edges)]
    begins = [0, n_edges, *[n_edges] * 4000, 2 * n_edges]
    answer = {"graph": {"subgraph_indices": begins, "graph": items}}
    folder = written(tmp_path / "in", {"tiny/neuron2graph/0/1.json": answer})
    with pytest.raises(
        SourceError, match="leave out 1,200,000 positions, expected at most 1,048,576"
    ):
        imported("n2g", folder, tmp_path / "pack")


def test_an_answer_that_is_bad_at_its_end_leaves_nothing(tmp_path: Path) -> None:
    good = {"graph": DECIPHERED, "similar": [{"layer": "1", "neuron": 4, "similarity": 0.5}]}
    twice = [{"layer": 0, "neuron": 3, "similarity": share} for share in (0.5, 0.25)]
    files = {"tiny/neuron2graph/0/1.json": good}
    plain = imported("n2g", written(tmp_path / "a", files), tmp_path / "plain")
    files["tiny/neuron2graph/0/2.json"] = {**good, "similar": twice}
    folder = written(tmp_path / "b", files)
    with pytest.raises(SourceError, match="as before"):
        imported("n2g", folder, tmp_path / "pack")
    assert len(reported("n2g", folder, tmp_path / "pack", skip_bad=True, restart=True).bad) == 1
    pack = open_pack(tmp_path / "pack")
    for table in ("TokenGraphNode", "CONTAINS", "MATCHES", "ACTIVATES_ON", "SIMILAR_TO", "Token"):
        found = [[{**r, "run_id": None} for r in rows(one, table)] for one in (pack, plain)]
        assert found[0] == found[1], table
        assert found[0], table


@pytest.mark.parametrize("model", ["gpt2-small", "pythia-70m"])
def test_the_real_matrix_arrives_whole(tmp_path: Path, model: str) -> None:
    file = shared_path("data", "real", "n2g", f"activation_matrix-{model}.json")
    plain = json.loads(file.read_bytes())
    pack = imported("n2g", file, tmp_path / "pack")
    found = {row["id"]: row["max_activation"] for row in rows(pack, "Neuron")}
    assert found == {
        f"{model}/{layer}/{index}": value
        for layer, values in enumerate(plain)
        for index, value in enumerate(values)
    }
    assert {row["id"]: row["n_layers"] for row in rows(pack, "Model")} == {model: len(plain)}
    assert pack.rows("Measurement") == pack.rows("HAS_NEURON") == len(found)


def test_several_models_must_be_told_apart(tmp_path: Path) -> None:
    files = {"activation_matrix-a.json": [[1]], "activation_matrix-b.json": [[1]]}
    with pytest.raises(SourceError, match="data of 2 models: a, b"):
        imported("n2g", written(tmp_path / "in", files), tmp_path / "pack")


def test_a_bad_graph_is_left_out(tmp_path: Path) -> None:
    folder = written(tmp_path / "in", {**FOLDER, "neuron_graphs/tiny/run/0_1/graph": "graph ["})
    with pytest.raises(SourceError, match="0_1/graph"):
        imported("n2g", folder, tmp_path / "pack")
    report = reported("n2g", folder, tmp_path / "other", skip_bad=True)
    assert [bad.neuron for bad in report.bad] == ["tiny/0/1"]


@pytest.mark.parametrize("bad", ["stats.json", "activation_matrix-tiny.json"])
def test_graphs_are_there_without_a_bad_file_about_all_neurons(tmp_path: Path, bad: str) -> None:
    folder = written(tmp_path / "in", {**FOLDER, bad: "{"})
    with pytest.raises(SourceError, match=bad):
        imported("n2g", folder, tmp_path / "pack")
    report = reported("n2g", folder, tmp_path / "pack", skip_bad=True, restart=True)
    assert [one.neuron for one in report.bad] == [None]
    graphs = by_id(open_pack(tmp_path / "pack"), "TokenGraph")
    assert {"tiny/0/1@n2g", "tiny/1/7@n2g"} <= graphs.keys()
    known = "max_activation" if bad == "stats.json" else "precision"
    assert graphs["tiny/0/1@n2g"][known] is not None


def test_a_graph_is_there_without_its_bad_scores(tmp_path: Path) -> None:
    stats = {**STATS, "0": {**STATS["0"], "1": {"accuracy": "high"}}}
    folder = written(tmp_path / "in", {**FOLDER, "stats.json": stats})
    report = reported("n2g", folder, tmp_path / "pack", skip_bad=True)
    assert [(one.neuron, one.kind) for one in report.bad] == [("tiny/0/1", "token graph scores")]
    pack = open_pack(tmp_path / "pack")
    assert by_id(pack, "TokenGraph")["tiny/0/1@n2g"]["accuracy"] is None
    assert ("tiny/0/1", "token graph scores") in {
        (r["source"], r["kind"]) for r in rows(pack, "LACKS")
    }


@pytest.mark.parametrize("support", [2**63, -1, 0.5, 1e300])
def test_tokens_are_counted_in_whole_numbers(tmp_path: Path, support: float) -> None:
    stats = {"0": {"1": {"1": {"precision": 1, "recall": 1, "f1-score": 1, "support": support}}}}
    folder = written(tmp_path / "in", {"stats.json": stats})
    with pytest.raises(SourceError, match=r"field support: found .*, expected a whole number"):
        imported("n2g", folder, tmp_path / "pack", model="tiny")


@pytest.mark.parametrize("skip_bad", [False, True])
def test_how_similar_neurons_are_may_be_any_number(tmp_path: Path, skip_bad: bool) -> None:
    shares = [0.5, 1, 2**63, -(10**25), 0]
    similar = [{"layer": 1, "neuron": n, "similarity": share} for n, share in enumerate(shares)]
    answer = {"graph": DECIPHERED, "similar": similar}
    folder = written(tmp_path / "in", {"tiny/neuron2graph/0/1.json": answer})
    pack = imported("n2g", folder, tmp_path / "pack", skip_bad=skip_bad)
    found = {row["target"]: row["similarity"] for row in rows(pack, "SIMILAR_TO")}
    assert found == {f"tiny/1/{n}": float(share) for n, share in enumerate(shares)}
