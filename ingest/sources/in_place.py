"""JSON documents read in place: only what is asked for becomes Python's.

A reader parses several times as fast as what makes a value of everything, gives a list of numbers
as one buffer, and a list of texts as JSON again, by which a text that is known already is
recognised. What it refuses, or finds unusual, is left to `documents.parse_json`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

Columns = tuple[list[bytes], list[Any], list[int], list[str] | None]
"""Of each object a list as JSON without spaces; the buffer of a number for each of its items, eight
bytes each; how many they are; and the list's digest, if what read it was to find out these."""
Digests = tuple[bytes, int]
"""What is hashed before a list of texts, and how many digits are kept: `cypher.ids.sequence_digests`."""


class Reader(Protocol):
    """What reads documents, and takes out of its objects and lists what is asked for."""

    name: str
    objects: tuple[type, ...]
    """The types of its objects."""
    lists: tuple[type, ...]
    """The types of its lists."""

    def parse(self, data: bytes) -> object | None:
        """The value of a document; None if it is null, or refused."""
        ...

    def parse_lines(
        self, lines: Sequence[bytes], digests: Digests | None = None
    ) -> Sequence[Any] | None:
        """The values of documents, all at once; None if one is refused.

        That one is no object it may leave to `samples` to tell. It may find out the digests of the
        lists of texts in them.
        """
        ...

    def with_last(self, value: Any) -> Any:
        """An object, of whose fields that stand in it twice the last counts, as it does in Python."""
        ...

    def texts(self, value: Any) -> bytes:
        """A list of texts as JSON without spaces. Raises TypeError if it sees that it is none."""
        ...

    def numbers(self, value: Any) -> Any | None:
        """The buffer of a list's numbers; None if an item is none."""
        ...

    def samples(self, items: Sequence[Any], texts: str, numbers: str) -> Columns | None:
        """Of each object two of its fields: a list that is not empty and a number for each item of it.

        None if one is another, or its list of numbers holds something else.
        """
        ...

    def columns(self, items: Sequence[Any], names: Sequence[str]) -> list[list[Any]] | None:
        """Of each field the values in all objects, None where it is absent; None if one is no object."""
        ...
