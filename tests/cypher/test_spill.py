"""Texts that are too many for memory come out as they would have, in order and once."""

from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pytest

from cypher import ids
from cypher.pack.spill import Spill
from cypher.tables import table_from_rows


def texts(numbers: range) -> pa.Table:
    rows = [
        {"id": ids.sequence_id("m", [str(n)]), "model_id": "m", "tokens": [str(n)], "text": str(n)}
        for n in numbers
    ]
    random.Random(len(rows)).shuffle(rows)
    return table_from_rows("Sequence", rows)


@pytest.mark.parametrize("most_bytes", [0, 20_000, 1 << 30])
def test_however_little_is_held_the_rows_are_the_same(tmp_path: Path, most_bytes: int) -> None:
    spill = Spill("Sequence", tmp_path, most_bytes)
    for first in range(0, 3000, 400):
        spill.add(texts(range(first, first + 600)))
    rows = pa.concat_tables(list(spill.tables()))
    expected = texts(range(3400)).sort_by("id")
    assert rows.combine_chunks().equals(expected.combine_chunks())
    assert not list(tmp_path.iterdir())


def test_other_tables_are_never_spilled(tmp_path: Path) -> None:
    spill = Spill("Token", tmp_path, 0)
    for token in ("b", "a", "b"):
        spill.add(table_from_rows("Token", [{"id": token}]))
    assert not list(tmp_path.iterdir())
    (table,) = spill.tables()
    assert table.column("id").to_pylist() == ["a", "b"]
