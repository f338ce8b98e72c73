"""Rows of a shared table while a pack is written: in memory, or in sorted runs on the disk if many.

Runs are merged a range of keys at a time, each range with all rows of its keys from every run, so
memory holds some thousand rows however many there are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa

from cypher.tables import element, in_order, key_columns, without_duplicates

MOST_BYTES = 48 << 20
"""Of one table in memory."""
_ROWS = 64 * 1024
"""Of each table that comes out, if the rows were too many for memory."""
_TEXTS = 8 * 1024
"""The same of texts, whose rows are long."""

Key = tuple[str, ...]


class Spill:
    """All rows of one shared table, with equal keys only once in the end."""

    def __init__(self, name: str, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._name, self._folder, self._most_bytes = name, folder, most_bytes
        self._held: list[pa.Table] = []
        self._bytes = 0
        self._files: list[Path] = []

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
        rows = _TEXTS if self._name == "Sequence" else _ROWS
        with ExitStack() as stack:
            runs = [
                pa.ipc.open_file(stack.enter_context(pa.memory_map(str(path)))).read_all()
                for path in self._files
            ]
            yield from _cut(self._merged(runs, rows), rows)
        for path in self._files:
            path.unlink()

    def _flush(self) -> None:
        """Write what is held as one run, in the order of keys."""
        table = self._once(self._held)
        path = self._folder / f".{self._name}-{len(self._files)}.spill"
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
            writer.write_table(table)
        self._files.append(path)
        self._held.clear()
        self._bytes = 0

    def _merged(self, runs: Sequence[pa.Table], rows: int) -> Iterator[pa.Table]:
        """The rows of all runs, a range of keys after another, of up to twice so many rows."""
        keys = [_Keys(self._name, run) for run in runs]
        begins = [0] * len(runs)
        for last in (*_ends(keys, rows), None):
            ends = [
                one.place(last, begin) if last is not None else len(one)
                for one, begin in zip(keys, begins, strict=True)
            ]
            places = zip(runs, begins, ends, strict=True)
            yield self._once([run.slice(begin, end - begin) for run, begin, end in places])
            begins = ends

    def _once(self, tables: list[pa.Table]) -> pa.Table:
        table = in_order(self._name, pa.concat_tables(tables))
        return without_duplicates(self._name, table).combine_chunks()


class _Keys:
    """The keys of a run, in order."""

    def __init__(self, name: str, run: pa.Table) -> None:
        self._columns = [run.column(column) for column in key_columns(element(name))]

    def __len__(self) -> int:
        return len(self._columns[0])

    def __getitem__(self, at: int) -> Key:
        return tuple(str(column[at].as_py()) for column in self._columns)

    def place(self, key: Key, begin: int) -> int:
        """Where the first row of this key, or of a later one, stands from `begin` on."""
        return bisect_left(range(len(self)), key, lo=begin, key=self.__getitem__)


def _ends(runs: Sequence[_Keys], rows: int) -> list[Key]:
    """Keys before which ranges end, so that each has about so many rows, twice as many at most."""
    step = max(1, rows // len(runs))
    sampled = sorted(run[at] for run in runs for at in range(step, len(run), step))
    return sorted(set(sampled[len(runs) :: len(runs)]))


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
