"""Examples by columns: a stretch of text takes a tenth of the time that a row of each table does."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from itertools import accumulate
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cypher import ids
from cypher.tables import table_from_columns

Known = Mapping[str, object]
EXAMPLE_TABLES = ("Example", "HAS_EXAMPLE", "WITHIN")


class ExampleRows:
    """Rows of `Example`, `HAS_EXAMPLE` and `WITHIN` that are not written yet."""

    def __init__(self, source: str, run_id: str) -> None:
        self._source, self._run_id = source, run_id
        self._ids: list[str] = []
        self._neurons: list[str] = []
        self._texts: list[str] = []
        self._buckets: list[str] = []
        self._ranks: list[int] = []
        self._peaks: list[int | None] = []
        self._activations: list[Any] = []
        self._known: list[Known | None] = []
        self.n_tokens = 0
        """In all of them, and in those that were taken back."""

    def __len__(self) -> int:
        return len(self._ids)

    def add(
        self,
        neuron: str,
        text: str,
        *,
        bucket: str,
        rank: int,
        activations: array[float],
        peak: int | None,
        known: Known | None,
    ) -> str:
        """Add an example, at least one token long; its peak is the first that fires most if None."""
        own = ids.example_id(neuron, self._source, bucket, rank)
        self._ids.append(own)
        self._neurons.append(neuron)
        self._texts.append(text)
        self._buckets.append(bucket)
        self._ranks.append(rank)
        self._peaks.append(peak)
        self._activations.append(activations)
        self._known.append(known)
        self.n_tokens += len(activations)
        return own

    def add_all(
        self, neuron: str, texts: list[str], *, bucket: str, activations: list[Any]
    ) -> None:
        """Add the examples of a bucket in their order, with activations as buffers of doubles."""
        count = len(texts)
        self._ids += ids.example_ids(neuron, self._source, bucket, count)
        self._neurons += [neuron] * count
        self._texts += texts
        self._buckets += [bucket] * count
        self._ranks += range(1, count + 1)
        self._peaks += [None] * count
        self._activations += activations
        self._known += [None] * count
        self.n_tokens += sum(memoryview(values).nbytes for values in activations) // 8

    def truncate(self, length: int) -> None:
        """Take back all but the first `length`."""
        for column in (
            self._ids, self._neurons, self._texts, self._buckets, self._ranks, self._peaks,
            self._activations, self._known,
        ):  # fmt: skip
            del column[length:]

    def tables(self) -> dict[str, pa.Table]:
        """All rows, by table."""
        if not self._ids:
            return {}
        activations = float_lists(self._activations)
        peaks = pa.array(self._peaks, pa.int64())
        if peaks.null_count:
            peaks = pc.coalesce(peaks, first_peaks(activations))
        places = pc.add(pc.cast(activations.offsets[:-1], pa.int64()), peaks)
        own = {"run_id": pa.repeat(self._run_id, len(self._ids))}
        own_ids, ranks = pa.array(self._ids), pa.array(self._ranks, pa.int64())
        example: dict[str, Any] = {
            "id": own_ids,
            "source": pa.repeat(self._source, len(self._ids)),
            "bucket": pa.array(self._buckets),
            "rank": ranks,
            "peak": peaks,
            "max_activation": activations.values.take(places),
            "activations": activations,
            **self._further(),
            **own,
        }
        neurons = pa.array(self._neurons)
        found = {
            "Example": example,
            "HAS_EXAMPLE": {"source": neurons, "target": own_ids, "rank": ranks, **own},
            "WITHIN": {"source": own_ids, "target": pa.array(self._texts), **own},
        }
        return {name: table_from_columns(name, columns) for name, columns in found.items()}

    def _further(self) -> dict[str, list[object]]:
        """Columns that only some sources know."""
        names = {name for known in self._known if known for name in known}
        return {
            name: [known.get(name) if known else None for known in self._known]
            for name in sorted(names)
        }


def float_lists(values: list[Any]) -> Any:
    """Buffers of doubles as one Arrow array of lists, without looking at a number of them."""
    flat = b"".join(values)
    items = pa.Array.from_buffers(pa.float64(), len(flat) // 8, [None, pa.py_buffer(flat)])
    ends = array("i", [0, *accumulate(memoryview(one).nbytes // 8 for one in values)])
    offsets: Any = pa.Array.from_buffers(pa.int32(), len(ends), [None, pa.py_buffer(ends)])
    return pa.ListArray.from_arrays(offsets, items)


def first_peaks(lists: Any) -> Any:
    """Of each list, none of which is empty, the place of the first of its largest items."""
    parents = pc.list_parent_indices(lists)
    table = pa.table({"list": parents, "value": lists.values})
    largest = table.group_by("list", use_threads=False).aggregate([("value", "max")])
    most = largest.column("value_max").combine_chunks().take(parents)
    places = pc.indices_nonzero(pc.equal(lists.values, most)).cast(pa.int64())
    owners = parents.take(places)
    first = pa.concat_arrays([pa.array([True]), pc.not_equal(owners[1:], owners[:-1])])
    begins = lists.offsets[:-1].cast(pa.int64())
    return pc.subtract(places.filter(first), begins)
