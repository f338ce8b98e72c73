"""Rows as a table, JSON, NDJSON, CSV, Arrow or Parquet, to standard output or into a file."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cypher.formats import Format, written
from cypher.formats.arrow import arrow_table
from cypher.formats.values import json_text
from cypher.graph import Rows, Value

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


def _as_parquet(rows: Rows) -> bytes:
    sink = io.BytesIO()
    pq.write_table(arrow_table(rows.columns, rows.values), sink)
    return sink.getvalue()


def _cell(value: Value) -> str:
    return value if isinstance(value, str) else json_text(value)


_FORMATTERS: dict[str, Callable[[Rows], bytes]] = {
    "table": _as_table,
    "json": partial(written, Format.JSON),
    "ndjson": partial(written, Format.NDJSON),
    "csv": partial(written, Format.CSV),
    "arrow": partial(written, Format.ARROW),
    "parquet": _as_parquet,
}

FORMATS = tuple(_FORMATTERS)
"""What `--format` may be."""

BINARY = ("arrow", "parquet")
"""Formats that no terminal can show."""
