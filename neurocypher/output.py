"""Rows as a table, JSON, CSV or Parquet, to standard output or into a file."""

from __future__ import annotations

import csv
import io
import os
import sys
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cypher.graph import Rows, Value

FORMATS = ("table", "json", "csv", "parquet")
_WIDE = 10_000
"""Columns where no terminal sets a width: no cell is cut."""


def write_rows(rows: Rows, format_: str, output: Path | None) -> None:
    """Write `rows`; a file appears whole, under a temporary name first."""
    content = _FORMATTERS[format_](rows)
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    temporary = output.with_name(f".{output.name}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(output)


def _as_table(rows: Rows) -> bytes:
    table = Table(*rows.columns, box=SIMPLE_HEAD, show_edge=False)
    for row in rows.values:
        table.add_row(*(Text(_cell(value)) for value in row))
    text = io.StringIO()
    terminal = sys.stdout.isatty()
    width = None if terminal else _WIDE
    Console(file=text, width=width, force_terminal=terminal).print(table)
    lines = [line.rstrip() for line in text.getvalue().splitlines()]
    count = f"{len(rows.values)} row{'s' if len(rows.values) != 1 else ''}"
    return ("\n".join([*lines, count]) + "\n").encode()


def _as_json(rows: Rows) -> bytes:
    return orjson.dumps(rows.as_dicts(), option=orjson.OPT_INDENT_2, default=str) + b"\n"


def _as_csv(rows: Rows) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows.columns)
    writer.writerows([_cell(value, null="") for value in row] for row in rows.values)
    return text.getvalue().encode()


def _as_parquet(rows: Rows) -> bytes:
    sink = io.BytesIO()
    columns = list(zip(*rows.values, strict=True)) or [()] * len(rows.columns)
    arrays = [pa.array(list(column)) for column in columns]
    pq.write_table(pa.table(dict(zip(rows.columns, arrays, strict=True))), sink)
    return sink.getvalue()


def _cell(value: Value, null: str = "null") -> str:
    if value is None:
        return null
    if isinstance(value, str):
        return value
    return orjson.dumps(value, default=str).decode()


_FORMATTERS = {
    "table": _as_table,
    "json": _as_json,
    "csv": _as_csv,
    "parquet": _as_parquet,
}
