"""Examples by columns: a stretch of text takes a tenth of the time that a row of each table does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pyarrow as pa
import pyarrow.compute as pc

from cypher import ids
from cypher.id_columns import numbered_ids
from cypher.tables import table_from_columns
from ingest.sources.column_rows import repeated
from ingest.sources.float_lists import float_lists
from ingest.sources.peaks import first_peaks
from ingest.sources.places import begins, numbers, owners
from ingest.sources.samples import Samples

_LISTS = frozenset({"attributions"})
"""Further columns that hold lists of numbers."""


class ExampleRows:
    """Rows of `Example`, `HAS_EXAMPLE` and `WITHIN` that are not written yet."""

    def __init__(self, source: str, run_id: str) -> None:
        self._source, self._run_id = source, run_id
        self._runs: list[tuple[str, str, int]] = []
        """Neuron, bucket and how many follow one another, ranked from 1."""
        self._texts: list[str] = []
        self._peaks: list[int | None] = []
        self._activations: list[Any] = []
        self._lengths: list[int] = []
        self._known: dict[str, list[Any]] = {}
        """Columns that only some sources know; those of later rows may be missing at the end."""
        self.n_tokens = 0
        """In all of them, and in those that were taken back."""

    def __len__(self) -> int:
        return len(self._texts)

    def add(
        self,
        neuron: str,
        texts: Sequence[str],
        *,
        buckets: Mapping[str, int],
        samples: Samples,
        peaks: Sequence[int] | None = None,
        known: Mapping[str, Sequence[object]],
    ) -> None:
        """Add a neuron's examples, of each bucket, one after another, so many, by rank.

        The peak of each is the first token that fires most, if not given.
        """
        count, before = len(texts), len(self)
        self._runs += [(neuron, bucket, members) for bucket, members in buckets.items()]
        self._texts += texts
        self._peaks += [None] * count if peaks is None else peaks
        self._activations += samples.values
        self._lengths += samples.lengths
        for name, values in known.items():
            column = self._known.setdefault(name, [])
            column += [None] * (before - len(column))
            column += values
        self.n_tokens += sum(samples.lengths)

    def truncate(self, length: int) -> None:
        """Take back all but the first `length`."""
        gone = len(self) - length
        while gone > 0:
            neuron, bucket, members = self._runs.pop()
            if members > gone:
                self._runs.append((neuron, bucket, members - gone))
            gone -= members
        columns: tuple[list[Any], ...] = (
            self._texts, self._peaks, self._activations, self._lengths, *self._known.values(),
        )  # fmt: skip
        for column in columns:
            del column[length:]

    def tables(self) -> dict[str, pa.Table]:
        """All rows, by table, in the order of their keys."""
        if not self._texts:
            return {}
        counts = pa.array([members for _, _, members in self._runs], pa.int64())
        parents = owners(counts)
        ranks = pc.subtract(numbers(len(self), 1), begins(counts).take(parents))
        begin = [ids.example_ids_begin(neuron, self._source, b) for neuron, b, _ in self._runs]
        unsorted_ids = numbered_ids(pa.array(begin).take(parents), ranks)
        order = pc.sort_indices(unsorted_ids)
        run = parents.take(order)
        places = cast("list[int]", order.to_pylist())
        activations = float_lists(
            [self._activations[at] for at in places], [self._lengths[at] for at in places]
        )
        peaks = pa.array(self._peaks, pa.int64()).take(order)
        if peaks.null_count:
            peaks = pc.coalesce(peaks, first_peaks(activations))
        at_peak = pc.add(pc.cast(activations.offsets[:-1], pa.int64()), peaks)
        own = {"run_id": repeated(self._run_id, len(self))}
        own_ids = unsorted_ids.take(order)
        neurons = pa.array([neuron for neuron, _, _ in self._runs]).take(run)
        ranks = ranks.take(order)
        example: dict[str, Any] = {
            "id": own_ids,
            "source": repeated(self._source, len(self)),
            "bucket": pa.array([bucket for _, bucket, _ in self._runs]).take(run),
            "rank": ranks,
            "peak": peaks,
            "max_activation": activations.values.take(at_peak),
            "activations": activations,
            **self._further(places),
            **own,
        }
        texts = pa.array(self._texts).take(order)
        by_neuron = pc.sort_indices(neurons)  # which leaves the order of a neuron's own
        has_example: dict[str, Any] = {"source": neurons, "target": own_ids, "rank": ranks}
        found = {
            "Example": example,
            "HAS_EXAMPLE": {name: c.take(by_neuron) for name, c in has_example.items()} | own,
            "WITHIN": {"source": own_ids, "target": texts, **own},
        }
        return {name: table_from_columns(name, columns) for name, columns in found.items()}

    def _further(self, places: list[int]) -> dict[str, Any]:
        """Columns that only some sources know, in the order of `places`."""
        found: dict[str, Any] = {}
        for name, known in sorted(self._known.items()):
            full = known + [None] * (len(self) - len(known))
            ordered = [full[at] for at in places]
            if name in _LISTS:
                lengths = [0 if one is None else len(one) for one in ordered]
                found[name] = float_lists(ordered, lengths)
            else:
                found[name] = pa.array(ordered)
        return found
