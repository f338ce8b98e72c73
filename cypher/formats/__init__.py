"""Rows in the forms in which they leave: JSON, NDJSON, CSV and Arrow.

    writer = writer_for(Format.CSV, columns)
    body = writer.head() + writer.rows(values) + writer.tail()

A writer is fed a batch at a time and gives bytes for each, so that an answer can be sent while
the graph still answers. `written` does it in one go.

What the forms make of a value:

* A node or relationship is a mapping of its properties with its label as `_label`, a path one of
  `_nodes` and `_rels`, as the engines give them. Dates and times are ISO 8601 texts, bytes base64,
  decimals texts.
* JSON and NDJSON hold one object per row. They have no number that is not finite, so that those
  are the texts "NaN", "Infinity" and "-Infinity"; null is absence and nothing else. An integer
  beyond 64 bits is a text.
* CSV (RFC 4180, with a header, UTF-8, lines end with LF) leaves null empty and quotes the empty
  text (in a table of one column both are quoted, for an empty line is no record to most readers); lists and mappings are JSON. A text is written as it is, also one that a spreadsheet
  would take for a formula.
* Arrow types a column by its values, whole numbers as int64, and by the types that are given for
  it. A column whose values have no common type is one of JSON texts, and its field says so in
  its metadata, as `encoding: json`. An Arrow stream begins with its types: it is written when all
  rows are there.
"""

from __future__ import annotations

from collections.abc import Mapping

from cypher.formats.text import CsvWriter, JsonWriter, NdjsonWriter
from cypher.formats.writer import Format, RowWriter
from cypher.graph import Rows

__all__ = ["Format", "RowWriter", "writer_for", "written"]


def writer_for(
    format_: Format, columns: tuple[str, ...], types: Mapping[str, str] | None = None
) -> RowWriter:
    """A writer of rows with these columns.

    `types` names columns' types as the catalogue does (string, integer, float, boolean, strings,
    floats); only Arrow needs them, and only where the values themselves do not tell.
    """
    match format_:
        case Format.JSON:
            return JsonWriter(columns)
        case Format.NDJSON:
            return NdjsonWriter(columns)
        case Format.CSV:
            return CsvWriter(columns)
        case Format.ARROW:
            from cypher.formats.arrow import ArrowWriter  # noqa: PLC0415  pyarrow is slow to import

            return ArrowWriter(columns, types or {})


def written(format_: Format, rows: Rows, types: Mapping[str, str] | None = None) -> bytes:
    """All of `rows`."""
    writer = writer_for(format_, rows.columns, types)
    return writer.head() + writer.rows(rows.values) + writer.tail()
