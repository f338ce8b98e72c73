"""Shared rows that are too many for memory come out as they would have, in order and once."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cypher import ids
from cypher.pack import PackWriter, open_pack
from cypher.pack.spill import Spill
from cypher.tables import Row, in_order, table_from_rows

Make = Callable[[int], Row]
TABLES: dict[str, Make] = {
    "Sequence": lambda n: {
        "id": ids.sequence_id("m", [str(n)]), "model_id": "m", "tokens": [str(n)], "text": str(n)
    },
    "Token": lambda n: {"id": f"{n}"},
    "HAS_NEURON": lambda n: {"source": f"m/{n % 3}", "target": f"m/{n % 3}/{n}"},
    "FORM_OF": lambda n: {"source": f"{n}", "target": f"{n // 2}"},
}  # fmt: skip


def table(name: str, numbers: range) -> pa.Table:
    rows = [TABLES[name](n) for n in numbers]
    random.Random(len(rows)).shuffle(rows)
    return table_from_rows(name, rows)


@pytest.mark.parametrize("name", sorted(TABLES))
@pytest.mark.parametrize("most_bytes", [0, 20_000, 1 << 30])
def test_however_little_is_held_the_rows_are_the_same(
    tmp_path: Path, name: str, most_bytes: int
) -> None:
    spill = Spill(name, tmp_path, most_bytes)
    for first in range(0, 3000, 400):
        spill.add(table(name, range(first, first + 600)))
    rows = pa.concat_tables(list(spill.tables()))
    expected = in_order(name, table(name, range(3400)))
    assert rows.combine_chunks().equals(expected.combine_chunks())
    assert not list(tmp_path.iterdir())


def test_what_was_spilled_comes_out_in_tables_of_one_size(tmp_path: Path) -> None:
    """Whatever the runs that it was spilled in."""
    found = []
    for size in (30_000, 11_000):
        spill = Spill("Token", tmp_path, 0)
        for first in range(0, 150_000, size):
            spill.add(table("Token", range(first, min(first + size + 100, 150_000))))
        found.append([part.column("id").to_pylist() for part in spill.tables()])
    assert found[0] == found[1]
    assert [len(part) for part in found[0]] == [65_536, 65_536, 150_000 - 2 * 65_536]
    assert [one for part in found[0] for one in part] == sorted(map(str, range(150_000)))


MENTIONS = st.lists(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from([None, "a", "b"]), st.integers(0, 3)),
             min_size=1, max_size=6),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MENTIONS)
def test_a_small_bound_gives_the_same_pack(
    tmp_path: Path, units: list[list[tuple[int, str | None, int]]]
) -> None:
    """Of neurons that some only mention, and others measure, the first that was measured stays."""
    digests = []
    for number, most_bytes in enumerate((1 << 20, 0)):
        path = tmp_path / f"{number}"
        with PackWriter(path, replace=True, most_bytes=most_bytes) as writer:
            for unit in units:
                writer.add("Neuron", [_neuron(*one) for one in unit])
                writer.add("Explanation", [_explanation(*one) for one in unit])
                pairs = [
                    {"source": f"m/0/{n}", "target": f"{n % 2}", "run_id": "r"} for n, *_ in unit
                ]
                writer.add("HAS_EXPLANATION", pairs, once=True)
        digests.append(open_pack(path).digest)
    assert digests[0] == digests[1]
    neurons = {row["id"]: row for row in open_pack(path).table("Neuron").to_pylist()}
    said = [one for unit in units for one in unit]
    assert neurons.keys() == {f"m/0/{n}" for n, *_ in said}
    for own, row in neurons.items():
        runs = {run for n, run, _ in said if f"m/0/{n}" == own and run is not None}
        assert row["run_id"] == min(runs, default=None)
    assert {path.name for path in tmp_path.iterdir()} == {"0", "1"}


def _neuron(number: int, run: str | None, value: int) -> Row:
    place = {"model_id": "m", "layer_id": "m/0", "layer_index": 0, "index": number}
    return {"id": f"m/0/{number}", **place, "max_activation": float(value), "run_id": run}


def _explanation(number: int, run: str | None, value: int) -> Row:
    said = {"text": "t", "explainer": "e", "author": str(value)}
    return {"id": f"m/0/{number}@e#0", **said, "run_id": run or "a"}
