"""The forms that rows can be written in, and what writes them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from cypher.graph import Value


class Format(StrEnum):
    """A form, by its media type."""

    JSON = "application/json"
    NDJSON = "application/x-ndjson"
    CSV = "text/csv"
    ARROW = "application/vnd.apache.arrow.stream"

    @property
    def content_type(self) -> str:
        """The value of a `Content-Type` header."""
        return f"{self.value}; charset=utf-8" if self is Format.CSV else self.value


class RowWriter(Protocol):
    """Writes rows, a batch at a time."""

    def head(self) -> bytes:
        """What stands before the first row; called once, first."""
        ...

    def rows(self, values: Sequence[Sequence[Value]]) -> bytes:
        """Some rows, each a list in the order of the columns."""
        ...

    def tail(self) -> bytes:
        """What stands behind the last row; called once, last."""
        ...

    def cut(self, code: str, message: str) -> bytes:
        """What stands in place of the tail where the rest of the rows cannot come: why.

        No reader takes what then is there for a whole answer: the JSON array does not end. CSV
        and NDJSON have no end of their own, and Arrow no place for a reason: whoever sends this
        must break the connection off behind it.
        """
        ...
