"""JSON, NDJSON and CSV."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

import orjson

from cypher.formats.values import for_json, json_text, plain
from cypher.graph import Value


class JsonWriter:
    """An array of one object per row."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self._columns = columns
        self._begun = False

    def head(self) -> bytes:
        """The array's beginning."""
        return b"["

    def rows(self, values: Sequence[Sequence[Value]]) -> bytes:
        """Some of its elements, one a line."""
        return b"".join(self._element(row) for row in _objects(self._columns, values))

    def tail(self) -> bytes:
        """The array's end."""
        return b"\n]\n"

    def cut(self, code: str, message: str) -> bytes:
        """One more element, and no end."""
        return self._element(_error(code, message))

    def _element(self, content: bytes) -> bytes:
        comma, self._begun = (b",\n" if self._begun else b"\n"), True
        return comma + content


class NdjsonWriter:
    """One object a line."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self._columns = columns

    def head(self) -> bytes:
        """Nothing."""
        return b""

    def rows(self, values: Sequence[Sequence[Value]]) -> bytes:
        """Some lines."""
        return b"".join(row + b"\n" for row in _objects(self._columns, values))

    def tail(self) -> bytes:
        """Nothing."""
        return b""

    def cut(self, code: str, message: str) -> bytes:
        """A line that is no row."""
        return _error(code, message) + b"\n"


class CsvWriter:
    """A header and one record a line, as RFC 4180 has them but for the end of a line."""

    def __init__(self, columns: tuple[str, ...]) -> None:
        self._columns = columns

    def head(self) -> bytes:
        """The names of the columns."""
        return _record(_quoted(name) for name in self._columns)

    def rows(self, values: Sequence[Sequence[Value]]) -> bytes:
        """Some records."""
        if len(self._columns) == 1:  # an empty line is no record to most readers
            return b"".join(_record([_cell(row[0]) or '""']) for row in values)
        return b"".join(_record(map(_cell, row)) for row in values)

    def tail(self) -> bytes:
        """Nothing."""
        return b""

    def cut(self, code: str, message: str) -> bytes:
        """A record of one cell."""
        return _record([_quoted(f"{code}: {message}")])


def _objects(columns: tuple[str, ...], values: Sequence[Sequence[Value]]) -> Iterable[bytes]:
    for row in values:
        yield orjson.dumps(dict(zip(columns, map(for_json, row), strict=True)))


def _error(code: str, message: str) -> bytes:
    return orjson.dumps({"error": {"code": code, "message": message}})


def _record(cells: Iterable[str]) -> bytes:
    return (",".join(cells) + "\n").encode()


_SPECIAL = re.compile(r'[",\r\n]|\A\s|\s\Z|\A\Z')


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(for_json(value))
    if isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else repr(value)
    told = plain(value)
    return _quoted(told if isinstance(told, str) else json_text(told))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text
