"""Rows of a shared table while a pack is written: in memory, or in sorted runs on the disk if many.

Runs are merged a range of keys at a time, each range with all rows of its keys from every run, so
memory holds some thousand rows, and some of each run, however many there are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa

from cypher.tables import element, key_columns, once_in_order

MOST_BYTES = 48 << 20
"""Of one table in memory."""
_ROWS = 64 * 1024
"""Of each table that comes out, if the rows were too many for memory."""
_TEXTS = 8 * 1024
"""The same of texts, whose rows are long."""
_BATCHES = 32
"""In as many batches such a table is read: of each run memory holds one."""

Key = tuple[str, ...]


class Spill:
    """All rows of one shared table, with equal keys only once in the end."""

    def __init__(self, name: str, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._name, self._folder, self._most_bytes = name, folder, most_bytes
        self._held: list[pa.Table] = []
        self._bytes = 0
        self._files: list[Path] = []
        self._firsts: list[list[Key]] = []

    def add(self, table: pa.Table) -> None:
        """Add rows, in any order."""
        self._held.append(table)
        self._bytes += table.nbytes
        if self._bytes > self._most_bytes:
            self._flush()

    def tables(self) -> Iterator[pa.Table]:
        """The rows in the order of their keys: one table, or several that follow one another.

        Of what was too many for memory each but the last has the same number of rows.
        """
        if not self._files:
            yield self._once(self._held)
            return
        if self._held:
            self._flush()
        with ExitStack() as stack:
            runs = [
                _Run(self._name, stack.enter_context(pa.OSFile(str(path), "rb")), firsts)
                for path, firsts in zip(self._files, self._firsts, strict=True)
            ]
            yield from _cut(self._merged(runs), self._rows)
        for path in self._files:
            path.unlink()

    @property
    def _rows(self) -> int:
        return _TEXTS if self._name == "Sequence" else _ROWS

    def _flush(self) -> None:
        """Write what is held as one run, in the order of keys."""
        table = self._once(self._held)
        path = self._folder / f".{self._name}-{len(self._files)}.spill"
        size = self._rows // _BATCHES
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table, size)
        self._files.append(path)
        self._firsts.append([_key(self._name, table, at) for at in range(0, len(table), size)])
        self._held.clear()
        self._bytes = 0

    def _merged(self, runs: Sequence[_Run]) -> Iterator[pa.Table]:
        """The rows of all runs, one range of keys after another."""
        begins = sorted(first for firsts in self._firsts for first in firsts)
        for end in (*sorted(set(begins[_BATCHES::_BATCHES])), None):
            yield self._once([run.taken(end) for run in runs])

    def _once(self, tables: list[pa.Table]) -> pa.Table:
        return once_in_order(self._name, pa.concat_tables(tables)).combine_chunks()


class _Run:
    """Rows in the order of their keys, which are taken from the first to the last."""

    def __init__(self, name: str, file: pa.NativeFile, firsts: Sequence[Key]) -> None:
        """Take the rows of an IPC file, in which each batch begins with one of `firsts`."""
        self._name, self._firsts = name, firsts
        self._reader = pa.ipc.open_file(file)
        self._n_read = 0
        self._left = self._reader.schema.empty_table()

    def taken(self, end: Key | None) -> pa.Table:
        """The next rows, to before the key `end`, or all that are left."""
        parts = [self._left]
        while self._n_read < len(self._firsts) and (
            end is None or self._firsts[self._n_read] < end
        ):
            parts.append(pa.Table.from_batches([self._reader.get_batch(self._n_read)]))
            self._n_read += 1
        found = pa.concat_tables(parts).combine_chunks()
        place = len(found)
        if end is not None:
            places = range(len(found))
            place = bisect_left(places, end, key=lambda at: _key(self._name, found, at))
        self._left = found.slice(place)
        return found.slice(0, place)


def _key(name: str, table: pa.Table, at: int) -> Key:
    return tuple(str(table.column(column)[at].as_py()) for column in key_columns(element(name)))


def _cut(tables: Iterable[pa.Table], rows: int) -> Iterator[pa.Table]:
    """The same rows in tables of so many each."""
    held: list[pa.Table] = []
    for table in tables:
        held.append(table)
        while sum(map(len, held)) >= rows:
            whole = pa.concat_tables(held)
            yield whole.slice(0, rows)
            held = [whole.slice(rows)]
    if any(map(len, held)):
        yield pa.concat_tables(held)
