"""Tables as JSON Lines and as a data set: of a graph the same as of the packs in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import datasets
import pyarrow.parquet as pq
import pytest

from cypher.dump import open_dump
from cypher.pack import Pack, PackWriter, merge_packs, open_pack
from cypher.schema import PACKED
from cypher.url import parse_graph_url
from ingest.exports.tables import write_datasets, write_jsonl
from ingest.progress import Silent
from tests.cli import assert_failed, neurocypher
from tests.ingest.exports.test_neuronpedia import CIRCUIT
from tests.ingest.sources.exports import export
from tests.ingest.sources.importing import written
from tests.ingest.sources.published import imported
from tests.packs import small_pack
from tests.whole import load


def _lines(folder: Path) -> dict[str, list[Any]]:
    """The rows of JSON Lines, by table, in one order."""
    return {
        path.stem: sorted(map(json.loads, path.read_text("utf-8").splitlines()), key=repr)
        for path in folder.iterdir()
    }


def _known(pack: Pack) -> dict[str, list[Any]]:
    """The rows of a pack's tables without what is null, in one order."""
    return {
        kind.name: sorted(
            (
                {key: value for key, value in row.items() if value is not None}
                for row in pack.table(kind.name).to_pylist()
            ),
            key=repr,
        )
        for kind in PACKED
        if pack.rows(kind.name)
    }


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """Latents and circuits: lists of every type, and much that is null."""
    folder = written(export(tmp_path / "source", [0, 2, 300]), {"circuits/a.json": CIRCUIT})
    found, _ = imported("neuronpedia", folder, tmp_path / "pack")
    return found


def test_json_lines_of_a_pack(pack: Pack, tmp_path: Path) -> None:
    done = neurocypher("export", pack.path, "--format", "jsonl", "--out", tmp_path / "out")
    assert done.status == 0, done.err
    assert _lines(tmp_path / "out") == _known(pack)


def test_a_graph_s_tables_are_the_packs(pack: Pack, graph_url: str, tmp_path: Path) -> None:
    mined = small_pack(tmp_path / "mined")
    merge_packs([pack.path, mined.path], tmp_path / "both")
    both = open_pack(tmp_path / "both")
    load(graph_url, both)
    with open_dump(parse_graph_url(graph_url), tmp_path) as tables:
        write_jsonl(tables, tmp_path / "lines", progress=Silent())
        counts = write_datasets(tables, tmp_path / "set", progress=Silent())
    assert _lines(tmp_path / "lines") == _known(both)
    assert counts == {name: len(rows) for name, rows in _known(both).items()}
    for name in counts:
        found = pq.read_table(tmp_path / "set" / "data" / name)
        assert found.schema.equals(both.table(name).schema)
        assert sorted(found.to_pylist(), key=repr) == sorted(both.table(name).to_pylist(), key=repr)


def test_the_hub_s_library_reads_every_table(pack: Pack, tmp_path: Path) -> None:
    write_datasets(pack, tmp_path / "out", progress=Silent())
    names = datasets.get_dataset_config_names(str(tmp_path / "out"))
    assert set(names) == {kind.name for kind in PACKED if pack.rows(kind.name)}
    for name in ("Neuron", "Example", "SIMILAR_TO"):
        found = datasets.load_dataset(
            str(tmp_path / "out"), name, split="train", cache_dir=str(tmp_path / "cache")
        )
        assert found.to_list() == pack.table(name).to_pylist()


def test_a_graph_from_the_command_line(ladybug_graph: str, tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "pack")
    load(ladybug_graph, pack)
    out = tmp_path / "out"
    done = neurocypher("export", ladybug_graph, "--format", "datasets", "--out", out)
    assert done.status == 0, done.err
    assert f"{pack.rows('Example'):,} Example" in done.out
    card = (out / "README.md").read_text("utf-8")
    assert "# Neurons of tiny" in card
    assert "mine (model)" in card
    assert f"| `Example` | {pack.rows('Example'):,} |" in card
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"pack", "graph.lbug", "out"}  # and nothing temporary


def test_a_long_table_is_cut_into_files(tmp_path: Path) -> None:
    rows = [{"id": f"word {number:07d}"} for number in range(500_001)]
    with PackWriter(tmp_path / "pack") as writer:
        writer.add("Word", rows)
        writer.add("Model", [{"id": "m"}])
    write_datasets(open_pack(tmp_path / "pack"), tmp_path / "out", progress=Silent())
    files = sorted((tmp_path / "out" / "data" / "Word").iterdir())
    assert [pq.ParquetFile(file).metadata.num_rows for file in files] == [500_000, 1]


def test_what_stands_there_stays(pack: Pack, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    done = neurocypher("export", pack.path, "--format", "jsonl", "--out", tmp_path / "out")
    assert_failed(done, "exists already")
    done = neurocypher("export", tmp_path / "none", "--format", "jsonl", "--out", tmp_path / "o")
    assert_failed(done, "no pack at")
    assert not (tmp_path / "o").exists()
    done = neurocypher(
        "export", pack.path, "--format", "jsonl", "--out", tmp_path / "o", "--neurons", "1"
    )
    assert_failed(done, "jsonl has everybody's sayings of all neurons of a layer")


def _given(rows: list[Any], **columns: Any) -> list[Any]:
    return [row for row in rows if all(row[name] == value for name, value in columns.items())]


def test_some_layers_and_what_they_refer_to(pack: Pack, graph_url: str, tmp_path: Path) -> None:
    """Of two models, of which the other has texts, tokens and runs of its own."""
    merge_packs([pack.path, small_pack(tmp_path / "mined").path], tmp_path / "both")
    whole = _known(open_pack(tmp_path / "both"))
    load(graph_url, open_pack(tmp_path / "both"))
    out = tmp_path / "lines"
    done = neurocypher("export", graph_url, "--format", "jsonl", "--layers", "0", "--out", out)
    assert done.status == 0, done.err
    found = _lines(out)
    assert found["Layer"] == _given(whole["Layer"], id="tiny/0")
    assert found["Model"] == _given(whole["Model"], id="tiny")
    for table, rows in whole.items():
        begins = [str(row.get("source", row.get("id"))) for row in rows]
        theirs = [row for row, own in zip(rows, begins, strict=True) if own.startswith("tiny/0/")]
        if theirs:
            assert found[table] == theirs, table
    runs = {row["run_id"] for rows in found.values() for row in rows if "run_id" in row}
    assert {row["id"] for row in found["IngestRun"]} == runs
    for label, types in (
        ("Token", ("ACTIVATES_ON", "CONDITIONED_ON", "MATCHES")),
        ("Sequence", ("WITHIN", "OF", "JUDGES")),
        ("Word", ("FORM_OF", "INDEXED_UNDER")),
    ):
        named = {row["target"] for type_ in types for row in found.get(type_, ())}
        assert {row["id"] for row in found[label]} == named
        assert named < {row["id"] for row in whole[label]}
    assert {row["source"] for row in found["FORM_OF"]} == {row["id"] for row in found["Token"]}
    assert found["Circuit"] == whole["Circuit"]


def test_layers_that_are_not_there(tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "pack")
    done = neurocypher(
        "export", pack.path, "--format", "datasets", "--out", tmp_path / "o", "--layers", "7"
    )
    assert_failed(done, "no layer of those wanted (7); found 0, 1")
    assert not (tmp_path / "o").exists()
