"""Texts by columns, each once however many neurons it is an example of."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa

from cypher.tables import table_from_columns
from ingest.sources.beside import Beside
from ingest.sources.samples import Samples
from ingest.sources.token_lists import joined, token_lists

_CUT_AT_ONCE = 1 << 18
"""Bytes of texts, as JSON, that are cut into tokens beside what comes next."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Some texts, with what is known of each."""

    ids: Sequence[str]
    samples: Samples
    corpora: Sequence[str | None] | None = None
    documents: Sequence[int | None] | None = None


class TextRows:
    """Rows of `Sequence` that are not written yet."""

    def __init__(self, model: str, beside: Beside | None) -> None:
        """Of a model; texts are cut into tokens `beside` what comes next, or each time at once."""
        self._model = model
        self._beside = beside
        self._ids: list[str] = []
        self._corpora: list[str | None] = []
        self._documents: list[int | None] = []
        self._tokens: list[Any] = []
        """Arrow's lists, of one text or more each, or what will give them."""
        self._added: list[tuple[Samples, list[int]]] = []
        """Texts that came last, and at which places: they are not cut yet."""
        self._n_added = 0
        """Bytes of these."""
        self.n_bytes = 0
        """Of JSON, in all of them, and in those that were taken back."""

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, texts: Texts, places: list[int]) -> None:
        """Add the texts at some places."""
        self._ids += [texts.ids[at] for at in places]
        corpora, documents = texts.corpora, texts.documents
        self._corpora += [None if corpora is None else corpora[at] for at in places]
        self._documents += [None if documents is None else documents[at] for at in places]
        self._added.append((texts.samples, places))
        self._n_added += sum([len(texts.samples.json[at]) for at in places])

    def settle(self, *, all_: bool = False) -> None:
        """Look at the tokens of those that were added last. Raises SourceError if one is no text.

        Beside what comes next: those of many at once, unless `all_` are to be looked at now; it is
        `table` that raises then.
        """
        if not self._added or (self._beside and not all_ and self._n_added < _CUT_AT_ONCE):
            return
        cut = partial(_cut, self._added)
        self._tokens.append(cut() if self._beside is None else self._beside.ask(cut))
        self.n_bytes += self._n_added
        self._added, self._n_added = [], 0

    def truncate(self, length: int) -> list[str]:
        """Take back all but the first `length`, which were cut at once; gives their ids."""
        gone = self._ids[length:]
        for column in (self._ids, self._corpora, self._documents):
            del column[length:]
        self._added, self._n_added = [], 0
        settled = sum(map(len, self._tokens))
        while settled > length:
            last = self._tokens.pop()
            settled -= len(last)
            if settled < length:
                self._tokens.append(last.slice(0, length - settled))
                settled = length
        return gone

    def table(self) -> pa.Table:
        """All rows, which are settled. Raises SourceError if a token is no text."""
        assert not self._added, "texts that nobody has looked at"
        cut = [one.result() if isinstance(one, Future) else one for one in self._tokens]
        tokens: Any = pa.concat_arrays(cut)
        columns: dict[str, Any] = {
            "id": pa.array(self._ids),
            "model_id": pa.repeat(self._model, len(self._ids)),
            "tokens": tokens,
            "text": joined(tokens),
            "corpus": pa.array(self._corpora, pa.string()),
            "document": pa.array(self._documents, pa.int64()),
        }
        return table_from_columns("Sequence", columns)


def _cut(added: Sequence[tuple[Samples, list[int]]]) -> Any:
    """The texts at some places as Arrow's lists of tokens."""
    found = [(samples, at) for samples, places in added for at in places]
    json = [samples.json[at] for samples, at in found]
    lists = token_lists(json, [samples.lengths[at] for samples, at in found])
    if lists is None:
        lists = pa.array([samples.read(at) for samples, at in found], pa.list_(pa.string()))
    return lists
