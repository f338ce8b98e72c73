"""Documents read by our own compiled reader, which checks every item of the lists it gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from cypher.native import native
from ingest.sources.in_place import Columns, Digests


class NativeReader:
    """See `in_place.Reader`. It parses without the interpreter's lock."""

    name = "native"
    objects: tuple[type, ...] = (native.Object,)
    lists: tuple[type, ...] = (native.Array,)

    def parse(self, data: bytes) -> object | None:
        """The value of a document."""
        try:
            return native.parse(data)
        except ValueError:
            return None

    def parse_lines(
        self, lines: Sequence[bytes], digests: Digests | None = None
    ) -> Sequence[Any] | None:
        """The values of documents."""
        try:
            return cast("Sequence[Any]", native.parse_several(lines, digests))
        except ValueError:
            return None

    def with_last(self, value: Any) -> Any:
        """The object itself: it does so."""
        return value

    def texts(self, value: Any) -> bytes:
        """A list of texts as JSON."""
        return value.mini  # type: ignore[no-any-return]

    def numbers(self, value: Any) -> Any | None:
        """A list's numbers."""
        try:
            return value.as_buffer()
        except TypeError:
            return None

    def samples(self, items: Sequence[Any], texts: str, numbers: str) -> Columns | None:
        """Two lists of each object."""
        if isinstance(items, native.Array):
            return items.samples(texts, numbers)
        found = [item.sample(texts, numbers) for item in items]
        if None in found:
            return None
        json, values, lengths, digests = zip(*found, strict=True) if found else [()] * 4
        told = None if None in digests else list(digests)
        return list(json), list(values), list(lengths), told

    def columns(self, items: Sequence[Any], names: Sequence[str]) -> list[list[Any]] | None:
        """Some fields of all objects."""
        found = items.columns(names) if isinstance(items, native.Array) else None
        if found is None:
            return None
        nothing = [None] * len(items)
        return [nothing if column is None else column for column in found]
