"""Texts by columns, each once however many neurons it is an example of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from cypher.tables import table_from_columns
from ingest.sources.column_rows import repeated
from ingest.sources.samples import Samples
from ingest.sources.token_lists import joined, token_lists


@dataclass(frozen=True, slots=True)
class Texts:
    """Some texts, with what is known of each."""

    ids: Sequence[str]
    samples: Samples
    corpora: Sequence[str | None] | None = None
    documents: Sequence[int | None] | None = None


class TextRows:
    """Rows of `Sequence` that are not written yet."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._ids: list[str] = []
        self._json: list[bytes] = []
        """Of each its tokens."""
        self._lengths: list[int] = []
        """Tokens of each."""
        self._corpora: list[str | None] = []
        self._documents: list[int | None] = []
        self._added: list[tuple[Samples, list[int]]] = []
        """Where they come from, and at which places."""
        self._n_checked = 0
        """Of those that came first, that were looked at."""
        self.n_bytes = 0
        """Of JSON, in all of them, and in those that were taken back."""

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, texts: Texts, places: list[int]) -> None:
        """Add the texts at some places."""
        json = [texts.samples.json[at] for at in places]
        self._ids += [texts.ids[at] for at in places]
        self._json += json
        self._lengths += [texts.samples.lengths[at] for at in places]
        corpora, documents = texts.corpora, texts.documents
        self._corpora += [None if corpora is None else corpora[at] for at in places]
        self._documents += [None if documents is None else documents[at] for at in places]
        self._added.append((texts.samples, places))
        self.n_bytes += sum(map(len, json))

    def check(self) -> None:
        """Look at the tokens of those that were added since. Raises SourceError if one is no text."""
        if self._n_checked < len(self):
            self._tokens(range(self._n_checked, len(self)))
            self._n_checked = len(self)

    def truncate(self, length: int) -> list[str]:
        """Take back all but the first `length`, which were added together; gives their ids."""
        gone = self._ids[length:]
        columns: tuple[list[Any], ...] = (
            self._ids, self._json, self._lengths, self._corpora, self._documents,
        )  # fmt: skip
        left = len(gone)
        while left > 0:
            left -= len(self._added.pop()[1])
        assert not left, "no text is taken back without those that came with it"
        for column in columns:
            del column[length:]
        self._n_checked = min(self._n_checked, length)
        return gone

    def tables(self) -> dict[str, pa.Table]:
        """All rows, in the order of their ids. Raises SourceError if a token is no text."""
        ids = pa.array(self._ids)
        order = pc.sort_indices(ids)
        # tokens are cut in this order: to put those that are cut in another takes as long
        places = cast("list[int]", order.to_pylist())
        tokens = self._tokens(places)
        columns: dict[str, Any] = {
            "id": ids.take(order),
            "model_id": repeated(self._model, len(self)),
            "tokens": tokens,
            "text": joined(tokens),
            "corpus": pa.array(self._corpora, pa.string()).take(order),
            "document": pa.array(self._documents, pa.int64()).take(order),
        }
        return {"Sequence": table_from_columns("Sequence", columns)}

    def _tokens(self, places: Sequence[int]) -> Any:
        """Tokens of the texts at some places, as Arrow's lists."""
        json, lengths = [self._json[at] for at in places], [self._lengths[at] for at in places]
        lists = token_lists(json, lengths)
        if lists is None:
            added = [(samples, at) for samples, of in self._added for at in of]
            # in the order in which they came: the first that is wrong is told
            read = {at: added[at][0].read(added[at][1]) for at in sorted(places)}
            lists = pa.array([read[at] for at in places], pa.list_(pa.string()))
        return lists
