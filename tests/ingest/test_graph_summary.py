"""What is read back from token graphs: which tokens fire, and what they need before them."""

from __future__ import annotations

from pathlib import Path

from cypher.pack import PackWriter, open_pack
from ingest.jobs.graph_rows import GraphRows, token_rows
from ingest.jobs.graph_summary import _activates_on, _conditioned_on, _graphs, _rank_by_token
from ingest.n2g.build import Judged, Scores
from ingest.n2g.trie import Node
from ingest.n2g.validate import Validation

TEXTS = ["<s>", " play", "ed", " to", " not", " they", "Play"]
PLAY, ED, TO, NOT, THEY = 1, 2, 3, 4, 5
TOP = Scores(Validation(0.5, 1.0, 0.66666, 0.75, 7), 0.25, 0.375)
RANDOM = Scores(Validation(None, None, None, None, 0), None, None)


def pack_of(path: Path, *graphs: tuple[int, tuple[Node, ...]]) -> Path:
    """A pack with these neurons' graphs."""
    rows = GraphRows("m", "0", TEXTS, "run", "n2g")
    for index, roots in graphs:
        rows.add(Judged(index, 2.0, roots, TOP, RANDOM))
    with PackWriter(path) as writer:
        for table, listed in rows.tables.items():
            writer.add(table, listed)
        for table, listed in token_rows(TEXTS[1:]).items():
            writer.add(table, listed)
    return path


# fires on " play" but not after " not", and on "ed" two tokens after " they" or after " to"
KNOWN = (
    Node((PLAY,), 0.9, 0.0, (Node((NOT,), 0.1, 0.0),)),
    Node(
        (ED,),
        0.2,
        0.0,
        (
            Node((TO,), 0.6, 0.7),
            Node((), None, 0.1, (Node((THEY,), 0.8, 0.9),)),
        ),
    ),
)


def test_tokens_of_one_text_are_one_and_siblings_may_share_them(tmp_path: Path) -> None:
    """Several ids may stand for the same text; the node matches it once."""
    rows = GraphRows("m", "0", ["a", "a", "b"], "run", "n2g-2023")
    rows.add(Judged(0, 1.0, (Node((0, 1, 2), 1.0, 0.0), Node((1,), 0.5, 0.0)), TOP, RANDOM))
    assert [(row["source"], row["target"]) for row in rows.tables["MATCHES"]] == [
        ("m/0/0@n2g-2023#0", "a"), ("m/0/0@n2g-2023#0", "b"), ("m/0/0@n2g-2023#1", "a"),
    ]  # fmt: skip


def test_a_pack_without_graphs_says_nothing(tmp_path: Path) -> None:
    pack = open_pack(pack_of(tmp_path / "p"))
    assert list(_graphs(pack)) == []


def test_tokens_that_fire_and_tokens_that_they_need(tmp_path: Path) -> None:
    [(neuron, graph)] = _graphs(open_pack(pack_of(tmp_path / "p", (3, KNOWN))))
    assert neuron == "m/0/3"
    assert list(_activates_on(neuron, graph)) == [
        {"source": "m/0/3", "target": " play", "activation": 0.9, "rank": 1},
        {"source": "m/0/3", "target": "ed", "activation": 0.8, "rank": 2},
    ]
    assert list(_conditioned_on(neuron, graph)) == [  # " not" keeps it from firing: no condition
        {"source": "m/0/3", "target": " they", "importance": 0.9, "distance": 2, "rank": 1},
        {"source": "m/0/3", "target": " to", "importance": 0.7, "distance": 1, "rank": 2},
    ]


def test_nodes_are_numbered_and_tied_together(tmp_path: Path) -> None:
    pack = open_pack(pack_of(tmp_path / "p", (3, KNOWN)))
    nodes = {row["id"]: row for row in pack.table("TokenGraphNode").to_pylist()}
    kinds = [nodes[f"m/0/3@n2g#{number}"]["kind"] for number in range(6)]
    assert kinds == ["activating", "context", "activating", "context", "ignore", "context"]
    assert [nodes[f"m/0/3@n2g#{number}"]["position"] for number in range(6)] == [
        0,
        -1,
        0,
        -1,
        -1,
        -2,
    ]
    assert [nodes[f"m/0/3@n2g#{number}"]["is_end"] for number in range(6)] == [
        True, True, True, True, False, True,
    ]  # fmt: skip
    edges = {
        (row["source"][-1], row["target"][-1]) for row in pack.table("PRECEDED_BY").to_pylist()
    }
    assert edges == {("0", "1"), ("2", "3"), ("2", "4"), ("4", "5")}
    starts = {row["target"][-1] for row in pack.table("STARTS_AT").to_pylist()}
    assert starts == {"0", "2"}
    matches = {(r["source"][-1], r["target"]) for r in pack.table("MATCHES").to_pylist()}
    assert matches == {("0", " play"), ("1", " not"), ("2", "ed"), ("3", " to"), ("5", " they")}
    words = {(r["source"], r["target"]) for r in pack.table("FORM_OF").to_pylist()}
    assert {(" play", "play"), ("Play", "play")} <= words


def test_scores_on_both_kinds_of_text(tmp_path: Path) -> None:
    [row] = open_pack(pack_of(tmp_path / "p", (3, KNOWN))).table("TokenGraph").to_pylist()
    names = ("precision", "recall", "f1", "correlation", "support", "token_baseline_f1",
             "bigram_baseline_f1")  # fmt: skip
    assert [row[name] for name in names] == [0.5, 1.0, 0.6667, 0.75, 7, 0.25, 0.375]
    assert [row[f"random_{name}"] for name in names] == [None, None, None, None, 0, None, None]
    assert (row["n_nodes"], row["max_activation"], row["source"]) == (6, 2.0, "n2g")


def test_motifs_are_of_what_is_stored(tmp_path: Path) -> None:
    """Of activations that are rounded, and of texts, which several ids may stand for."""
    again = Node((1,), None, 0.0, (Node((2,), 0.12345, 0.5), Node((), 0.9, 0.0)))
    rows = GraphRows("m", "0", ["a", "b", "b"], "run", "n2g")
    rows.add(Judged(0, 2.0, (again, Node((0,), 1.0, 0.0)), TOP, RANDOM))
    rows.add(Judged(1, 2.0, (again, Node((0, 1), 1.0, 0.0)), TOP, RANDOM))
    found = [(r["n_unconnected"], r["repeat_activation"]) for r in rows.tables["TokenGraph"]]
    assert found == [(2, 0.1235), (0, 0.1235)]


def test_ranks_among_a_tokens_neurons() -> None:
    rows: list[dict[str, object]] = [
        {"source": "m/0/1", "target": "a", "activation": 0.5},
        {"source": "m/1/0", "target": "a", "activation": 0.9},
        {"source": "m/0/0", "target": "a", "activation": 0.5},
        {"source": "m/0/0", "target": "b", "activation": 0.7},
    ]
    _rank_by_token(rows, "activation")
    assert [row["token_rank"] for row in rows] == [3, 1, 2, 1]
