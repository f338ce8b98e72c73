"""Loads on both engines: idempotent, exactly the pack's scope, whole or marked."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cypher.errors import LoadError, PackError, SchemaVersionError
from cypher.load import load_pack
from cypher.pack import Pack, PackWriter, open_pack
from cypher.schema import PACKED, RELATIONSHIPS
from cypher.state import NOTICE_SECONDS
from cypher.url import parse_graph_url
from tests.packs import small_pack
from tests.whole import Whole, load, state_at, whole_graph


def test_every_row_of_the_pack_arrives(graph_url: str, tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "pack")
    load(graph_url, pack)
    found = whole_graph(graph_url)
    packed = {kind.name: pack.rows(kind.name) for kind in PACKED}
    assert {name: found.count(name) for name in packed} == packed
    for kind in PACKED:
        rows = pack.table(kind.name)
        columns = [rows.column(name).to_pylist() for name in rows.column_names]
        expected = {json.dumps(row) for row in zip(*columns, strict=True)}
        side = found.relationships if kind in RELATIONSHIPS else found.nodes
        assert set(side[kind.name]) == expected, kind.name


def test_loading_twice_changes_nothing(graph_url: str, tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "pack")
    first_id = load(graph_url, pack)
    first = whole_graph(graph_url)
    assert load(graph_url, pack) == first_id
    assert whole_graph(graph_url) == first


def test_neurons_that_a_pack_no_longer_has_are_gone(graph_url: str, tmp_path: Path) -> None:
    gone = {"tiny/0/2", "tiny/1/5"}
    before, after = small_pack(tmp_path / "before"), small_pack(tmp_path / "after", without=gone)
    load(graph_url, before)
    full = whole_graph(graph_url)
    load(graph_url, after)
    left = whole_graph(graph_url)
    assert full.ids("Neuron") - left.ids("Neuron") == gone
    for label in ("TokenGraph", "TokenGraphNode", "Example", "Explanation", "Score"):
        removed = full.ids(label) - left.ids(label)
        assert removed
        assert all(id_.startswith(tuple(f"{n}@" for n in gone)) for id_ in removed)


def _content(url: str) -> list[object]:
    """All of a graph but what it says of itself."""
    found = whole_graph(url)
    nodes = {label: rows for label, rows in found.nodes.items() if label != "GraphState"}
    return [nodes, found.relationships]


def test_a_server_is_told_of_a_load_some_time_before_it_changes_anything(
    neo4j_graph: str, tmp_path: Path
) -> None:
    load(neo4j_graph, small_pack(tmp_path / "before"))
    before = _content(neo4j_graph)
    begun = time.monotonic()
    seen: list[tuple[float, bool, bool]] = []

    def progress(what: str, done: int, total: int) -> None:
        if not seen:
            marked = bool(state_at(neo4j_graph).unfinished)
            unchanged = _content(neo4j_graph) == before
            seen.append((time.monotonic() - begun, marked, unchanged))

    pack = small_pack(tmp_path / "after", settings="other")
    load_pack(pack.path, parse_graph_url(neo4j_graph), progress)
    ((seconds, marked, unchanged),) = seen
    assert marked
    assert unchanged
    assert seconds >= NOTICE_SECONDS


@pytest.mark.parametrize(
    "change",
    [
        {"without": {"tiny/0/2", "tiny/1/5"}},
        {"settings": "other"},
        {"neurons": 3},
        {"settings": "other", "neurons": 9},
    ],
    ids=["fewer", "other settings", "three neurons", "nine and other"],
)
def test_a_load_leaves_what_the_pack_alone_would(
    graph_url: str, tmp_path: Path, change: dict[str, object]
) -> None:
    after = small_pack(tmp_path / "after", **change)  # type: ignore[arg-type]
    load(graph_url, small_pack(tmp_path / "before"), after)
    over_another = whole_graph(graph_url)
    alone = f"ladybug://{tmp_path / 'alone.lbug'}"
    load(alone, after)
    assert over_another == whole_graph(alone)


def test_a_pack_of_one_layer_leaves_the_others(graph_url: str, tmp_path: Path) -> None:
    load(graph_url, small_pack(tmp_path / "both"))
    both = whole_graph(graph_url)
    load(
        graph_url, small_pack(tmp_path / "one", layers=[1], neurons=4, settings="b", circuits=False)
    )
    after = whole_graph(graph_url)
    for label in ("Neuron", "TokenGraph", "Example", "Explanation"):
        below = {id_ for id_ in after.ids(label) if id_.startswith("tiny/0/")}
        assert below == {id_ for id_ in both.ids(label) if id_.startswith("tiny/0/")}
    neurons = [json.loads(row) for row in after.nodes["Neuron"]]
    left = {row[0]: row[5:] for row in neurons if row[0].startswith("tiny/1/")}
    assert left.keys() == {f"tiny/1/{index}" for index in range(6)}
    # two that nothing is known of any more, but that neurons of the other layer are like
    assert {id_ for id_, known in left.items() if known == [None] * len(known)} == {
        "tiny/1/4",
        "tiny/1/5",
    }
    for label in ("TokenGraph", "Example", "Explanation"):
        assert not any(id_.startswith(("tiny/1/4@", "tiny/1/5@")) for id_ in after.ids(label))
    assert after.ids("Circuit") == both.ids("Circuit")
    partial = [d for d in state_at(graph_url).packs.values() if d.startswith("partial:")]
    assert len(partial) == 4  # the four jobs of the first pack; its circuit is whole


def test_what_is_left_of_a_run_is_ranked_without_gaps(graph_url: str, tmp_path: Path) -> None:
    load(graph_url, small_pack(tmp_path / "both", neurons=12))
    gaps = small_pack(tmp_path / "one", layers=[0], neurons=3, settings="b", circuits=False)
    load(graph_url, gaps)
    after = whole_graph(graph_url)
    for type_, columns in (("ACTIVATES_ON", slice(3, 6)), ("CONDITIONED_ON", slice(4, 7))):
        ranks = defaultdict(list)
        for row in map(json.loads, after.relationships[type_]):
            _, token_rank, run = row[columns]
            ranks[row[1], run].append(token_rank)
        assert max(map(len, ranks.values())) > 1
        for found in ranks.values():
            assert sorted(found) == list(range(1, len(found) + 1))


def test_another_source_stays(graph_url: str, tmp_path: Path) -> None:
    foreign = _foreign_explanations(tmp_path / "foreign")
    load(graph_url, small_pack(tmp_path / "pack"), foreign)
    with_both = whole_graph(graph_url)
    assert any("@somebody#" in id_ for id_ in with_both.ids("Explanation"))
    load(graph_url, small_pack(tmp_path / "fewer", without={"tiny/0/1"}))
    after = whole_graph(graph_url)
    # the neuron is no longer measured, but somebody has explained it
    neuron = next(json.loads(row) for row in after.nodes["Neuron"] if '"tiny/0/1"' in row)
    assert neuron[5:] == [None] * (len(neuron) - 5)
    assert any(id_.startswith("tiny/0/1@somebody#") for id_ in after.ids("Explanation"))
    assert not any(id_.startswith("tiny/0/1@template#") for id_ in after.ids("Explanation"))


def test_two_models_share_tokens_and_words_alone(graph_url: str, tmp_path: Path) -> None:
    packs = [small_pack(tmp_path / model, model=model) for model in ("one", "two")]
    wholes = []
    for pack in packs:
        alone = f"ladybug://{tmp_path / pack.path.name}.lbug"
        load(alone, pack)
        wholes.append(whole_graph(alone))
    load(graph_url, *packs)
    together = whole_graph(graph_url)
    for kind in PACKED:
        shared = wholes[0].count(kind.name) + wholes[1].count(kind.name) - together.count(kind.name)
        if kind.name in ("Token", "Word", "FORM_OF"):
            assert shared == wholes[0].count(kind.name)
        else:
            assert shared == 0, kind.name


def test_a_row_without_its_end_stops_the_load(graph_url: str, tmp_path: Path) -> None:
    good = small_pack(tmp_path / "good")
    load(graph_url, good)
    before = whole_graph(graph_url)
    broken = _without_a_neuron(small_pack(tmp_path / "x", model="two"), tmp_path / "broken")
    with pytest.raises(LoadError) as raised:
        load(graph_url, broken)
    if graph_url.startswith("ladybug"):
        assert "as it was before" in str(raised.value)
        assert whole_graph(graph_url) == before
    else:
        assert "batch 1 of HAS_NEURON (rows 1 to 12)" in str(raised.value)
        (unfinished,) = state_at(graph_url).unfinished
        assert unfinished.pack == "broken"
        assert "has not ended" in str(unfinished)
        with pytest.raises(LoadError):  # what made it fail is not mended
            load(graph_url, broken)
        assert state_at(graph_url).unfinished
    mended = small_pack(tmp_path / "broken", model="two")
    load(graph_url, mended)
    assert not state_at(graph_url).unfinished
    alone = f"ladybug://{tmp_path / 'alone.lbug'}"
    load(alone, good, mended)
    assert whole_graph(graph_url) == whole_graph(alone)


def test_a_graph_of_another_version_is_left_alone(ladybug_graph: str, tmp_path: Path) -> None:
    from cypher.engines.ladybug import Writer

    pack = small_pack(tmp_path / "pack")
    load(ladybug_graph, pack)
    writer = Writer(Path(parse_graph_url(ladybug_graph).location))
    writer.run("MATCH (s:GraphState) SET s.schema_version = 99")
    writer.close()
    with pytest.raises(SchemaVersionError, match="graph model version 99"):
        load(ladybug_graph, pack)


def test_a_file_keeps_its_mode_and_a_link_stays_one(tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "pack")
    real, link = tmp_path / "real.lbug", tmp_path / "link.lbug"
    load(f"ladybug://{real}", pack)
    real.chmod(0o640)
    link.symlink_to(real)
    made = real.stat().st_ino
    load(f"ladybug://{link}", pack)
    assert link.is_symlink()
    assert real.stat().st_ino != made
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_corrupt_pack_is_not_loaded(ladybug_graph: str, tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "pack")
    file = pack.files("Neuron")[0]
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(PackError, match="corrupt"):
        load(ladybug_graph, pack)
    assert not Path(parse_graph_url(ladybug_graph).location).exists()


def test_shared_rows_are_not_removed_with_another_models(graph_url: str, tmp_path: Path) -> None:
    two = [small_pack(tmp_path / model, model=model, circuits=False) for model in ("one", "two")]
    load(graph_url, *two)
    load(graph_url, small_pack(tmp_path / "empty", model="one", neurons=0, circuits=False))
    after: Whole = whole_graph(graph_url)
    assert after.count("Token")
    assert {id_.partition("/")[0] for id_ in after.ids("Neuron")} == {"two"}


def _foreign_explanations(path: Path) -> Pack:
    from cypher import ids

    with PackWriter(path) as writer:
        run = ids.run_id("explain", "somebody", {})
        layer = ids.layer_id("tiny", 0)
        neuron = ids.neuron_id("tiny", 0, 1)
        explanation = ids.explanation_id(neuron, "somebody", "Plays.")
        writer.add("IngestRun", [{"id": run, "job": "explain", "source": "somebody"}])
        writer.add("COVERS", [{"source": run, "target": layer, "n_present": 1, "n_absent": 5}])
        row = {"id": explanation, "text": "Plays.", "explainer": "somebody", "run_id": run}
        writer.add("Explanation", [row])
        writer.add("HAS_EXPLANATION", [{"source": neuron, "target": explanation, "run_id": run}])
    return open_pack(path)


def _without_a_neuron(pack: Pack, path: Path) -> Pack:
    """`pack`, less one neuron that its relationships point to."""
    with PackWriter(path) as writer:
        for kind in PACKED:
            for file in pack.files(kind.name):
                table = pq.read_table(file)
                writer.add(kind.name, table.slice(1) if kind.name == "Neuron" else table)
    return open_pack(path)
