"""Rows as JSON, NDJSON, CSV and Arrow: the same values in each, or what stands for them."""

from __future__ import annotations

import csv
import io
import json
import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import neo4j.time
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cypher.formats import Format, writer_for, written
from cypher.formats.arrow import arrow_table
from cypher.graph import Rows, Value

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(st.characters(codec="utf-8"), max_size=8),
    "integer": st.integers(-(2**63), 2**63 - 1),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
}
TYPES: dict[str, st.SearchStrategy[Any]] = {
    **SCALARS,
    "strings": st.lists(SCALARS["string"], max_size=3),
    "floats": st.lists(SCALARS["float"], max_size=3),
}


@st.composite
def typed_rows(draw: st.DrawFn) -> tuple[Rows, dict[str, str]]:
    """Rows whose columns have one type each, nulls among them."""
    types = draw(st.lists(st.sampled_from(sorted(TYPES)), min_size=1, max_size=4))
    columns = tuple(f"{type_}{number}" for number, type_ in enumerate(types))
    cells = st.tuples(*(st.none() | TYPES[type_] for type_ in types)).map(list)
    return Rows(columns, draw(st.lists(cells, max_size=5))), dict(zip(columns, types, strict=True))


def arrow(rows: Rows, types: dict[str, str] | None = None) -> pa.Table:
    return pa.ipc.open_stream(written(Format.ARROW, rows, types)).read_all()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(typed_rows())
def test_every_format_holds_the_same(drawn: tuple[Rows, dict[str, str]]) -> None:
    rows, types = drawn
    expected = rows.as_dicts()
    assert json.loads(written(Format.JSON, rows)) == expected
    lines = written(Format.NDJSON, rows).decode().split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == expected
    table = arrow(rows, types)
    assert table.column_names == list(rows.columns)
    assert table.to_pylist() == expected
    head, *records = csv.reader(io.StringIO(written(Format.CSV, rows).decode(), newline=""))
    assert head == list(rows.columns)
    assert [
        [_from_csv(cell, types[name]) for cell, name in zip(record, rows.columns, strict=True)]
        for record in records
    ] == [[_csv_null(value) for value in row] for row in rows.values]


def _csv_null(value: Value) -> Value:
    return None if value == "" else value  # Python's reader tells a quoted nothing from none not


def _from_csv(cell: str, type_: str) -> Value:
    if cell == "":
        return None
    return cell if type_ == "string" else json.loads(cell)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(typed_rows(), st.integers(1, 4))
def test_batches_give_what_one_go_gives(drawn: tuple[Rows, dict[str, str]], size: int) -> None:
    rows, types = drawn
    for format_ in Format:
        writer = writer_for(format_, rows.columns, types)
        parts = [writer.head()]
        for begin in range(0, len(rows.values), size):
            parts.append(writer.rows(rows.values[begin : begin + size]))
        assert b"".join([*parts, writer.tail()]) == written(format_, rows, types)


def test_csv_tells_null_from_an_empty_text() -> None:
    rows = Rows(("a", "b, c"), [[None, ""], ["x\ny", ' "q"'], [True, [1, "é"]]])
    assert written(Format.CSV, rows).decode() == (
        'a,"b, c"\n,""\n"x\ny"," ""q"""\ntrue,"[1,""é""]"\n'
    )


@pytest.mark.parametrize(
    ("value", "in_json", "in_csv"),
    [
        (math.nan, "NaN", "NaN"),
        (math.inf, "Infinity", "Infinity"),
        ([1.0, -math.inf, None], [1.0, "-Infinity", None], '"[1.0,""-Infinity"",null]"'),
        ([1.0, 2.0], [1.0, 2.0], '"[1.0,2.0]"'),
        (-0.0, -0.0, "-0.0"),
        (2**63 - 1, 2**63 - 1, "9223372036854775807"),
        (2**70, str(2**70), str(2**70)),
        ([2**70, 1.5], [str(2**70), 1.5], f'"[""{2**70}"",1.5]"'),
        ({"_label": "Token", "id": " a"}, {"_label": "Token", "id": " a"},
         '"{""_label"":""Token"",""id"":"" a""}"'),
        (date(2026, 1, 2), "2026-01-02", "2026-01-02"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00", "2026-01-02T00:00:00+00:00"),
        (neo4j.time.Date(2026, 1, 2), "2026-01-02", "2026-01-02"),
        (neo4j.time.Duration(days=1, seconds=2), "P1DT2S", "P1DT2S"),
        (timedelta(seconds=61.5), "PT61.5S", "PT61.5S"),
        (timedelta(seconds=60), "PT60S", "PT60S"),
        (Decimal("1.10"), "1.10", "1.10"),
        (b"\x00\xff", "AP8=", "AP8="),
        ({"a": {"b": (math.nan,)}}, {"a": {"b": ["NaN"]}}, '"{""a"":{""b"":[""NaN""]}}"'),
    ],
)  # fmt: skip
def test_what_a_format_has_no_form_for(value: Value, in_json: Value, in_csv: str) -> None:
    rows = Rows(("v",), [[value]])
    assert json.loads(written(Format.JSON, rows)) == [{"v": in_json}]
    assert written(Format.CSV, rows).decode() == f"v\n{in_csv}\n"


@pytest.mark.parametrize(
    ("values", "type_", "expected"),
    [
        ([1, None, 2], pa.int64(), [1, None, 2]),
        ([1, 2.5], pa.float64(), [1.0, 2.5]),
        ([None, None], pa.null(), [None, None]),
        ([[1.0], None, []], pa.list_(pa.float64()), [[1.0], None, []]),
        ([{"a": 1}, {"b": "x"}], pa.struct([("a", pa.int64()), ("b", pa.string())]),
         [{"a": 1, "b": None}, {"a": None, "b": "x"}]),
        ([date(2026, 1, 2)], pa.string(), ["2026-01-02"]),
    ],
)  # fmt: skip
def test_arrow_types_a_column_by_what_it_holds(
    values: list[Value], type_: pa.DataType, expected: list[Value]
) -> None:
    table = arrow(Rows(("v",), [[value] for value in values]))
    assert table.schema.field("v").type == type_
    assert table.column("v").to_pylist() == expected


@pytest.mark.parametrize(
    "values",
    [
        [1, "one", None], [True, 2], [2**70], [{"a": 1}, {"a": "x"}], [[1], "x"], [{}], [[{}]],
        [2**60 + 1, 0.5],
    ],
)  # fmt: skip
def test_arrow_holds_a_column_without_one_type_as_json(values: list[Value]) -> None:
    table = arrow(Rows(("v",), [[value] for value in values]))
    assert table.schema.field("v").type == pa.string()
    assert table.schema.field("v").metadata == {b"encoding": b"json"}
    texts = table.column("v").to_pylist()
    assert [None if text is None else json.loads(text) for text in texts] == [
        str(value) if value == 2**70 else value for value in values
    ]


def test_arrow_types_what_is_empty_as_it_is_told() -> None:
    table = arrow_table(("a", "b"), [], {"a": "floats", "b": "integer"})
    assert table.schema.types == [pa.list_(pa.float64()), pa.int64()]


def test_what_is_cut_is_no_whole_answer() -> None:
    columns = ("v",)
    for format_ in Format:
        writer = writer_for(format_, columns)
        body = writer.head() + writer.rows([[1]]) + writer.cut("TOO_LONG", "of it")
        if format_ is Format.ARROW:
            assert body == b""
            continue
        assert b"TOO_LONG" in body
        if format_ is Format.JSON:
            with pytest.raises(ValueError, match="Expecting"):
                json.loads(body)
