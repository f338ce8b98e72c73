"""Rows of a table in the order of their keys, and each key once."""

from __future__ import annotations

from itertools import pairwise

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from cypher.tables import ascends, in_order, table_from_rows, without_duplicates

FEW = st.sampled_from(["", "a", "a b", "\u00e9", "\U0001f600", "\uffff"])
KEYS = st.lists(st.tuples(FEW, FEW, st.sampled_from("rs"), st.integers(0, 2)), max_size=12)


def table(keys: list[tuple[str, str, str, int]], cut: int) -> pa.Table:
    """Of two chunks."""
    rows = [
        {"source": source, "target": target, "run_id": run, "rank": rank, "mean_activation": n}
        for n, (source, target, run, rank) in enumerate(keys)
    ]
    return pa.concat_tables(
        [table_from_rows("RESPONDS_TO", part) for part in (rows[:cut], rows[cut:])]
    )


def as_bytes(key: tuple[str, str, str, int]) -> tuple[bytes, bytes, str, int]:
    return key[0].encode(), key[1].encode(), key[2], key[3]


@given(KEYS, st.integers(0, 12), st.sampled_from(["as they come", "in order", "once"]))
def test_keys_ascend_where_each_is_larger_than_the_one_before(
    keys: list[tuple[str, str, str, int]], cut: int, how: str
) -> None:
    if how != "as they come":
        keys = sorted(set(keys) if how == "once" else keys, key=as_bytes)
    expected = all(as_bytes(a) < as_bytes(b) for a, b in pairwise(keys))
    assert ascends("RESPONDS_TO", table(keys, cut)) is expected


@given(KEYS, st.integers(0, 12))
def test_rows_are_put_in_order_and_the_first_of_each_key_stays(
    keys: list[tuple[str, str, str, int]], cut: int
) -> None:
    rows = in_order("RESPONDS_TO", table(keys, cut))
    numbers = rows.column("mean_activation").to_pylist()
    assert numbers == sorted(range(len(keys)), key=lambda n: as_bytes(keys[n]))
    left = without_duplicates("RESPONDS_TO", rows)
    assert left.column("mean_activation").to_pylist() == [
        keys.index(key) for key in sorted(set(keys), key=as_bytes)
    ]
