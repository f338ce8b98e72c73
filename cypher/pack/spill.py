"""Rows of a shared table while a pack is written: in memory, or in parts on the disk if many.

Only texts become too many for memory. Their ids are hashes, so parts by the first digits of the
id are of one size, and one part after the other is the order of the ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from cypher.tables import in_order, without_duplicates

_SPILLED = "Sequence"
_MOST_BYTES = 96 << 20
"""Of one table in memory."""
_DIGITS = "0123456789abcdef"
_PARTS = tuple(a + b for a in _DIGITS for b in _DIGITS)


class Spill:
    """All rows of one shared table, with equal keys only once in the end."""

    def __init__(self, name: str, folder: Path, most_bytes: int = _MOST_BYTES) -> None:
        self._name, self._folder, self._most_bytes = name, folder, most_bytes
        self._held: list[pa.Table] = []
        self._bytes = 0
        self._files: list[Path] = []

    def add(self, table: pa.Table) -> None:
        """Add rows, in any order."""
        self._held.append(table)
        self._bytes += table.nbytes
        if self._name == _SPILLED and self._bytes > self._most_bytes:
            self._flush()

    def tables(self) -> Iterator[pa.Table]:
        """The rows in the order of their keys: one table, or several that follow one another."""
        if not self._files:
            yield self._once(self._held)
            return
        self._flush()
        with ExitStack() as stack:
            files = [
                pa.ipc.open_file(stack.enter_context(pa.memory_map(str(path))))
                for path in self._files
            ]
            for number in range(len(_PARTS)):
                batches = [file.get_batch(number) for file in files]
                yield self._once([pa.Table.from_batches(batches)])
        for path in self._files:
            path.unlink()

    def _flush(self) -> None:
        """Write what is held as one file with a batch for each part."""
        if not self._held:
            return
        table = self._once(self._held).combine_chunks()
        heads = pc.utf8_slice_codeunits(table.column("id"), 0, 2)
        counts = Counter(heads.to_pylist())
        assert counts.keys() <= set(_PARTS), "an id that is no hash"
        path = self._folder / f".{self._name}-{len(self._files)}.spill"
        first = 0
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            for part in _PARTS:
                count = counts[part]
                batches = table.slice(first, count).to_batches()
                empty = pa.RecordBatch.from_pylist([], schema=table.schema)
                writer.write_batch(batches[0] if count else empty)
                first += count
        self._files.append(path)
        self._held.clear()
        self._bytes = 0

    def _once(self, tables: list[pa.Table]) -> pa.Table:
        return without_duplicates(self._name, in_order(self._name, pa.concat_tables(tables)))
