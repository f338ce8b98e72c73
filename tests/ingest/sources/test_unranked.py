"""Rows whose ranks are not known yet: on the disk as they came, and never less of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from cypher.errors import PackError
from cypher.tables import table_from_rows
from ingest.errors import WorkFolderError
from ingest.sources.column_rows import repeated
from ingest.sources.unranked import Unranked, UnrankedWriter

NAME = "CONDITIONED_ON"


def rows(*ends: tuple[str, str]) -> pa.Table:
    known = {"importance": 0.5, "distance": 1, "rank": 1, "token_rank": 0, "run_id": "r"}
    return table_from_rows(
        NAME, [{"source": source, "target": target, **known} for source, target in ends]
    )


def read(unit: Unranked) -> list[tuple[Any, Any]]:
    parts = (part.to_pylist() for part in unit.parts(NAME))
    return [(row["source"], row["target"]) for part in parts for row in part]


def test_rows_are_read_as_they_came(tmp_path: Path) -> None:
    unit = tmp_path / "unit-a"
    with UnrankedWriter(unit) as writer:
        writer.add(NAME, rows(("m/0/1", "b"), ("m/0/0", "a")))
        encoded = rows(("m/0/2", "c"), ("m/0/2", "c"))
        encoded = encoded.set_column(
            1, encoded.schema.field(1).with_type(pa.dictionary(pa.int32(), pa.string())),
            repeated("c", 2).cast(pa.dictionary(pa.int32(), pa.string())),
        )  # fmt: skip
        writer.add(NAME, encoded)
    found = Unranked(unit, {NAME: 4, "Neuron": 9})
    assert read(found) == [("m/0/1", "b"), ("m/0/0", "a"), ("m/0/2", "c"), ("m/0/2", "c")]
    assert not list(found.parts("ACTIVATES_ON"))
    assert [path.name for path in tmp_path.iterdir()] == [f"unit-a.{NAME}.arrows"]


@pytest.mark.parametrize("n_bytes", [0, 10, 500, -1])
def test_a_file_that_is_cut_off_is_said_to_be(tmp_path: Path, n_bytes: int) -> None:
    unit = tmp_path / "unit-a"
    with UnrankedWriter(unit) as writer:
        for _ in range(3):
            writer.add(NAME, rows(("m/0/1", "b")))
    path = tmp_path / f"unit-a.{NAME}.arrows"
    content = path.read_bytes()
    path.write_bytes(content[:n_bytes] if n_bytes >= 0 else content[: len(content) // 2])
    with pytest.raises(WorkFolderError, match=f"{NAME}.arrows is no work of this .* --restart"):
        read(Unranked(unit, {NAME: 3}))


def test_work_of_another_version_is_not_taken_for_none(tmp_path: Path) -> None:
    with pytest.raises(WorkFolderError, match="is no work of this import"):
        read(Unranked(tmp_path / "unit-a", {NAME: 3}))


def test_nothing_is_added_to_what_was_closed(tmp_path: Path) -> None:
    with UnrankedWriter(tmp_path / "unit-a") as writer:
        writer.add(NAME, rows(("m/0/1", "b")))
    with pytest.raises(PackError, match="rows came after it had been closed"):
        writer.add(NAME, rows(("m/0/1", "c")))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk here that is always full")
def test_a_full_disk_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / f"unit-a.{NAME}.arrows"
    path.symlink_to("/dev/full")
    with (
        pytest.raises(PackError, match=rf"{path} cannot be written: .*No space left"),
        UnrankedWriter(tmp_path / "unit-a") as writer,
    ):
        writer.add(NAME, rows(("m/0/1", "b")))
