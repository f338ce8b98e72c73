"""Rows whose neurons and tokens are numbers, whatever unit the rows are of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.sources.places import inverse
from ingest.sources.unranked import ENDS, Unranked


class NumberedRows:
    """Rows of a table, part by part, whose ends are numbers: places among all, in their order."""

    def __init__(self, units: Sequence[Unranked], name: str) -> None:
        """Read all neurons and tokens, which are few. Raises WorkFolderError."""
        self._units, self._name = units, name
        parts = list(self._given())
        found = {end: _in_order([_encoded(part, end).dictionary for part in parts]) for end in ENDS}
        self.texts = {end: texts for end, (texts, _) in found.items()}
        """Of either end, each once."""
        self._places = {end: places for end, (_, places) in found.items()}

    def parts(self) -> Iterator[pa.RecordBatch]:
        """All rows, with ends of four bytes each."""
        for at, part in enumerate(self._given()):
            rows = part
            for end, places in self._places.items():
                numbers = places[at].take(_encoded(part, end).indices)
                rows = rows.set_column(rows.schema.get_field_index(end), end, numbers)
            yield rows

    def counts(self) -> Any:
        """How many rows each token has."""
        n_tokens = len(self.texts["target"])
        known = _counted(pa.array(range(n_tokens), pa.int32()), pa.repeat(0, n_tokens))
        for places, part in zip(self._places["target"], self._given(), strict=True):
            found = pc.value_counts(_encoded(part, "target").indices)
            more = _counted(places.take(found.field("values")), found.field("counts"))
            both = pa.concat_tables([known, more]).group_by("token", use_threads=False)
            known = _counted(*both.aggregate([("n", "sum")]).columns)
        return known.column("n")

    def _given(self) -> Iterator[pa.RecordBatch]:
        """All rows as the units have them."""
        return (part for unit in self._units for part in unit.parts(self._name))

    def named(self, rows: pa.Table) -> dict[str, Any]:
        """Columns of rows, which are in one piece, with texts as ends again: as a dictionary of all."""
        columns: dict[str, Any] = {name: rows.column(name).chunk(0) for name in rows.column_names}
        for end, texts in self.texts.items():
            columns[end] = pa.DictionaryArray.from_arrays(columns[end], texts)
        return columns


def _in_order(dictionaries: list[Any]) -> tuple[Any, list[Any]]:
    """All texts, each once, in their order; and of each dictionary their places in that."""
    found: Any = pa.concat_arrays(dictionaries).dictionary_encode()
    order = pc.sort_indices(found.dictionary)
    places = inverse(order).cast(pa.int32()).take(found.indices)
    ends = accumulate(map(len, dictionaries))
    each = [
        places.slice(end - len(own), len(own)) for own, end in zip(dictionaries, ends, strict=True)
    ]
    return found.dictionary.take(order), each


def _counted(tokens: Any, counts: Any) -> pa.Table:
    return pa.table({"token": tokens, "n": counts})


def _encoded(part: pa.RecordBatch, column: str) -> Any:
    return part.column(column)
