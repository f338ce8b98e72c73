"""Documents read by simdjson, through its binding for Python."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from itertools import chain
from typing import Any, cast

import simdjson

from ingest.sources.in_place import Columns, Digests

_NUMBERS = frozenset({int, float})
_DOUBLE = 8
_BETWEEN = secrets.token_hex()
_SMALL = 4 << 20
"""Bytes of documents for whose parser memory is kept."""


class SimdjsonReader:
    """See `in_place.Reader`."""

    name = "simdjson"
    objects: tuple[type, ...] = (simdjson.Object,)
    lists: tuple[type, ...] = (simdjson.Array,)

    def __init__(self) -> None:
        self._pool = simdjson.Parser(), simdjson.Parser()
        """They keep their memory, which saves a third of the time: one for a document, one for the
        next while something of the first is still there."""

    def parse(self, data: bytes) -> object | None:
        """The value of a document."""
        for parser in self._pool if len(data) <= _SMALL else ():
            try:
                return cast("object", parser.parse(data))
            except RuntimeError:  # something of its last document is still there
                continue
            except (ValueError, MemoryError):
                return None
        try:
            return cast("object", simdjson.Parser().parse(data))
        except (ValueError, RuntimeError, MemoryError):  # no JSON, NaN, or too large for it
            return None

    def parse_lines(
        self, lines: Sequence[bytes], digests: Digests | None = None
    ) -> Sequence[Any] | None:
        """The values of documents, which are parsed as one list.

        Between two of them stands a text that no file knows: where pieces of several make a whole, it
        is not there between two.
        """
        between = f',"{_BETWEEN}",'.encode()
        found = self.parse(b"[" + between.join(lines) + b"]")
        if type(found) not in self.lists:
            return None
        values = list(cast("Any", found))
        apart = (
            len(values) == 2 * len(lines) - 1
            and set(map(type, values[1::2])) <= {str}
            and set(values[1::2]) <= {_BETWEEN}
        )
        return values[::2] if apart and set(map(type, values[::2])) <= set(self.objects) else None

    def with_last(self, value: Any) -> Any:
        """In place the first would count: an object with a field that stands there twice becomes Python's."""
        return value if len(set(value)) == len(value) else value.as_dict()

    def texts(self, value: Any) -> bytes:
        """A list as JSON."""
        return value.mini  # type: ignore[no-any-return]

    def numbers(self, value: Any) -> Any | None:
        """A list's numbers: its buffer alone would have what stands in lists within it, too."""
        if not set(map(type, value)) <= _NUMBERS:
            return None
        try:
            return value.as_buffer(of_type="d")
        except TypeError:
            return None

    def samples(self, items: Sequence[Any], texts: str, numbers: str) -> Columns | None:
        """Two lists of each object."""
        columns = self.columns(items, (texts, numbers))
        if columns is None or not set(map(type, chain(*columns))) <= set(self.lists):
            return None
        listed = columns[0]
        values: list[Any] = list(map(self.numbers, columns[1]))
        if None in values:
            return None
        lengths = [buffer.size // _DOUBLE for buffer in values]
        if 0 in lengths or list(map(len, listed)) != lengths:
            return None
        return [one.mini for one in listed], values, lengths, None

    def columns(self, items: Sequence[Any], names: Sequence[str]) -> list[list[Any]] | None:
        """Some fields of all objects."""
        items = list(items)
        if not set(map(type, items)) <= set(self.objects):
            return None
        items = [self.with_last(item) for item in items]
        return [[item.get(name) for item in items] for name in names]
