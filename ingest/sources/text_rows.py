"""Texts by columns, each once however many neurons it is an example of."""

from __future__ import annotations

from itertools import accumulate, chain
from typing import Any

import pyarrow as pa

from cypher.tables import table_from_columns

_AT_ONCE = 2048
"""Texts that are held as Python's lists of tokens, which take ten times the memory."""


class TextRows:
    """Rows of `Sequence` that are not written yet."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._ids: list[str] = []
        self._tokens: list[list[str]] = []
        self._corpora: list[str | None] = []
        self._documents: list[int | None] = []
        self._settled: list[pa.Table] = []

    def add(self, own: str, tokens: list[str], corpus: str | None, document: int | None) -> None:
        """Add a text."""
        self._ids.append(own)
        self._tokens.append(tokens)
        self._corpora.append(corpus)
        self._documents.append(document)

    @property
    def unsettled(self) -> int:
        """Rows that can still be taken back."""
        return len(self._ids)

    def truncate(self, length: int) -> list[str]:
        """Take back all unsettled ones but the first `length`; gives their ids."""
        gone = self._ids[length:]
        for column in (self._ids, self._tokens, self._corpora, self._documents):
            del column[length:]
        return gone

    def settle(self) -> None:
        """Turn them to tables, if there are many."""
        if len(self._ids) >= _AT_ONCE:
            self._settle()

    def taken(self) -> pa.Table | None:
        """All rows; none are left here."""
        if self._ids:
            self._settle()
        if not self._settled:
            return None
        table = pa.concat_tables(self._settled)
        self._settled.clear()
        return table

    def _settle(self) -> None:
        tokens, texts = joined_lists(self._tokens)
        columns: dict[str, Any] = {
            "id": pa.array(self._ids),
            "model_id": pa.repeat(self._model, len(self._ids)),
            "tokens": tokens,
            "text": texts,
            "corpus": pa.array(self._corpora, pa.string()),
            "document": pa.array(self._documents, pa.int64()),
        }
        self._settled.append(table_from_columns("Sequence", columns))
        self.truncate(0)


def joined_lists(lists: list[list[str]]) -> tuple[Any, Any]:
    """The lists, and each list's items joined: of the same bytes, which are not copied."""
    items = pa.array(list(chain.from_iterable(lists)), pa.string())
    ends = pa.array([0, *accumulate(map(len, lists))], pa.int32())
    buffers: Any = items.buffers()
    _, within, data = buffers
    begins = pa.Array.from_buffers(pa.int32(), len(items) + 1, [None, within])
    offsets: Any = begins.take(ends).buffers()[1]
    texts = pa.StringArray.from_buffers(len(lists), offsets, data)
    return pa.ListArray.from_arrays(ends, items), texts
