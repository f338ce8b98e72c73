"""What is exported is what was imported: read again by the import, and by the real libraries."""

from __future__ import annotations

import json
from pathlib import Path

import datasets
import pytest

from cypher.pack import Pack
from cypher.schema import PACKED
from tests.cli import assert_failed, neurocypher
from tests.ingest.sources.exports import export
from tests.ingest.sources.published import imported

INDICES = [0, 2, 9, 10, 300, 301]


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    found, _ = imported("neuronpedia", export(tmp_path / "source", INDICES), tmp_path / "pack")
    return found


def test_json_lines_have_every_row(pack: Pack, tmp_path: Path) -> None:
    done = neurocypher("export", pack.path, "--format", "jsonl", "--out", tmp_path / "out")
    assert done.status == 0, done.err
    files = {path.stem: path for path in (tmp_path / "out").iterdir()}
    assert set(files) == {kind.name for kind in PACKED if pack.rows(kind.name)}
    for name, path in files.items():
        found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        plain = pack.table(name).to_pylist()
        assert found == [{k: v for k, v in row.items() if v is not None} for row in plain]


def test_the_hub_s_library_reads_every_table(pack: Pack, tmp_path: Path) -> None:
    done = neurocypher("export", pack.path, "--format", "datasets", "--out", tmp_path / "out")
    assert done.status == 0, done.err
    names = datasets.get_dataset_config_names(str(tmp_path / "out"))
    assert set(names) == {kind.name for kind in PACKED if pack.rows(kind.name)}
    for name in ("Neuron", "Example", "SIMILAR_TO"):
        found = datasets.load_dataset(
            str(tmp_path / "out"), name, split="train", cache_dir=str(tmp_path / "cache")
        )
        assert found.to_list() == pack.table(name).to_pylist()


def test_what_stands_there_stays(pack: Pack, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    done = neurocypher("export", pack.path, "--format", "jsonl", "--out", tmp_path / "out")
    assert_failed(done, "exists already")
    done = neurocypher("export", tmp_path / "none", "--format", "jsonl", "--out", tmp_path / "o")
    assert_failed(done, "no pack at")
    assert not (tmp_path / "o").exists()
