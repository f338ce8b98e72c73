"""The demo pack is what this code makes of the shared model and corpus: shown on one layer."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

import pytest

from cypher import ids
from cypher.pack import Pack, open_pack
from cypher.patterns import Between
from neurocypher.demo import demo_pack
from tests.cli import neurocypher
from tests.naive import repeats, unconnected, ways
from tests.shared import model_path, stories_path
from tests.tries import tries_of

MODEL, LAYER = "stories260K", 2
Row = dict[str, object]
COMPARED = (
    "Layer", "Neuron", "Example", "HAS_NEURON", "HAS_EXAMPLE", "WITHIN", "TokenGraph",
    "TokenGraphNode", "HAS_TOKEN_GRAPH", "STARTS_AT", "CONTAINS", "PRECEDED_BY", "MATCHES",
    "ACTIVATES_ON", "CONDITIONED_ON", "Explanation", "HAS_EXPLANATION", "READS", "WRITES",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Pack]:
    """The pack of one layer and the whole corpus, made twice."""
    packs = []
    for name in ("once", "again"):
        path = tmp_path_factory.mktemp("layer") / name
        ran = neurocypher(
            "ingest", "model", model_path(), "--corpus", stories_path(), "--out", path,
            "--layers", LAYER, "--threads", 1,
        )  # fmt: skip
        assert ran.status == 0, ran.err
        packs.append(open_pack(path))
    return packs


@pytest.fixture(scope="module")
def scored(made: list[Pack], tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """The same with its sentences scored."""
    path = tmp_path_factory.mktemp("layer") / "scored"
    ran = neurocypher("explain", made[0].path, "--out", path)
    assert ran.status == 0, ran.err
    return open_pack(path)


def of_layer(pack: Pack, table: str) -> Iterator[Row]:
    """The layer's rows in a table, without their run, by key."""
    layer = ids.layer_id(MODEL, LAYER)
    rows = pack.table(table)
    key = "id" if "id" in rows.column_names else "source"
    mine = [row for row in rows.to_pylist() if f"{row[key]}/".startswith(f"{layer}/")]
    if "token_rank" in rows.column_names:
        rank_again(mine)
    for row in mine:
        yield {name: value for name, value in row.items() if name != "run_id"}


def rank_again(rows: list[Row]) -> None:
    """Ranks among a token's neurons, as if there were no other layers."""
    rows.sort(key=lambda row: (str(row["target"]), int(str(row["token_rank"]))))
    last, rank = None, 0
    for row in rows:
        rank = rank + 1 if row["target"] == last else 1
        last = row["target"]
        row["token_rank"] = rank
    rows.sort(key=lambda row: (str(row["source"]), str(row["target"])))


@pytest.mark.slow
def test_twice_the_same_bytes(made: list[Pack]) -> None:
    first, second = (
        {t.name: t.files for t in pack.manifest.tables if t.name != "IngestRun"} for pack in made
    )
    assert first == second


@pytest.mark.slow
@pytest.mark.parametrize("table", COMPARED)
def test_the_layer_is_that_of_the_demo_pack(scored: Pack, table: str) -> None:
    found, committed = list(of_layer(scored, table)), list(of_layer(demo_pack(), table))
    assert len(found) == len(committed) > 0
    for one, other in zip(found, committed, strict=True):
        assert_same(one, other)


def assert_same(one: Row, other: Row) -> None:
    """Texts and ids equal, numbers to one in the fourth place, lists item by item.

    Shares are rounded to it, and another number of threads adds up in another order.
    """
    assert one.keys() == other.keys()
    for name, value in one.items():
        expected = other[name]
        if isinstance(value, float) or (isinstance(value, list) and name == "activations"):
            assert value == pytest.approx(expected, abs=1.01e-4, rel=1e-4), (one, name)
        else:
            assert value == expected, (one, name)


@pytest.mark.slow
def test_texts_are_those_of_the_demo_pack(made: list[Pack]) -> None:
    committed = {row["id"]: row for row in demo_pack().table("Sequence").to_pylist()}
    for row in made[0].table("Sequence").to_pylist():
        assert committed[row["id"]] == row


def test_the_demo_pack_is_whole_and_small() -> None:
    pack = demo_pack()
    pack.verify()
    assert sum(path.stat().st_size for path in pack.path.rglob("*") if path.is_file()) < 15e6
    assert pack.rows("Neuron") == pack.rows("TokenGraph") == pack.rows("Explanation") == 860
    jobs = {row["job"]: json.loads(row["counts"]) for row in pack.table("IngestRun").to_pylist()}
    assert jobs["mine"]["tokens"] > 1_000_000
    assert set(jobs) == {"mine", "token-graphs", "similarity", "explain", "score", "weights"}


@pytest.mark.parametrize("on", ["", "random_"])
def test_the_demo_pack_beats_bigrams_in_every_layer(on: str) -> None:
    rows = demo_pack().table("TokenGraph").to_pylist()
    for layer in range(5):
        scores = [
            (row[f"{on}f1"], row[f"{on}bigram_baseline_f1"])
            for row in rows
            if ids.parse_neuron_id(row["neuron_id"]).layer == str(layer) and row[f"{on}support"] > 0
        ]
        assert len(scores) > 160
        f1, bigrams = (sum(column) / len(scores) for column in zip(*scores, strict=True))
        assert f1 > bigrams


def test_who_fires_on_play_and_what_is_like_3_17() -> None:
    pack = demo_pack()
    forms = {r["source"] for r in pack.table("FORM_OF").to_pylist() if r["target"] == "play"}
    assert forms == {" play"}
    firing = [r for r in pack.table("ACTIVATES_ON").to_pylist() if r["target"] in forms]
    assert len(firing) >= 5
    assert sorted(r["token_rank"] for r in firing) == list(range(1, len(firing) + 1))
    alike = [
        r for r in pack.table("SIMILAR_TO").to_pylist()
        if r["source"] == f"{MODEL}/3/17" and r["cross_layer_rank"] is not None
    ]  # fmt: skip
    assert sorted(r["cross_layer_rank"] for r in alike) == list(range(1, 11))
    assert all(ids.parse_neuron_id(r["target"]).layer != "3" for r in alike)


def test_every_end_of_a_relationship_is_there() -> None:
    pack = demo_pack()
    nodes = {
        name: set(pack.table(name, ["id"]).column("id").to_pylist())
        for name in ("Neuron", "Token", "TokenGraph", "TokenGraphNode", "Example", "Sequence")
    }
    for table, source, target in (
        ("ACTIVATES_ON", "Neuron", "Token"),
        ("CONDITIONED_ON", "Neuron", "Token"),
        ("MATCHES", "TokenGraphNode", "Token"),
        ("CONTAINS", "TokenGraph", "TokenGraphNode"),
        ("WITHIN", "Example", "Sequence"),
        ("SIMILAR_TO", "Neuron", "Neuron"),
        ("CONNECTS_TO", "Neuron", "Neuron"),
        ("READS", "Neuron", "Token"),
        ("WRITES", "Neuron", "Token"),
    ):
        rows = pack.table(table, ["source", "target"])
        assert set(rows.column("source").to_pylist()) <= nodes[source]
        assert set(rows.column("target").to_pylist()) <= nodes[target]


def test_the_motifs_are_those_of_the_tries() -> None:
    pack = demo_pack()
    names = ("TokenGraph", "TokenGraphNode", "STARTS_AT", "PRECEDED_BY", "MATCHES")
    tables = defaultdict(list, {name: pack.table(name).to_pylist() for name in names})
    tries, compared = tries_of(tables), set()
    for row in tables["TokenGraph"]:
        trie = tries[row["id"]]
        again = [way[-1].activation or 0.0 for way in ways(trie, Between()) if repeats(way)]
        assert row["repeat_activation"] == max(again, default=None)
        assert row["n_unconnected"] == unconnected(trie)
        compared.add((row["n_unconnected"], row["repeat_activation"] is None))
    assert len(compared) > 6, "they tell no neurons apart"


def test_the_readme_says_how_it_was_made() -> None:
    readme = (demo_pack().path.parent / "README.md").read_text()
    assert "neurocypher ingest model" in readme
