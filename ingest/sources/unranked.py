"""Tokens by neuron, as long as their ranks are not known, which only all units together tell.

    unit-….ACTIVATES_ON.arrows      Arrow's stream, beside the unit's pack

Nobody reads them but the import itself: Parquet, which packs are of, takes ten times as long to make.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

import pyarrow as pa

from cypher.errors import PackError
from cypher.files import sync
from ingest.errors import WorkFolderError

RANKED = {"ACTIVATES_ON": "activation", "CONDITIONED_ON": "importance"}
"""Tables that are ranked by token, over all units, and by what."""
ENDS = ("source", "target")
"""Columns whose few texts come again and again: they are held as dictionaries of them."""
_ADDED_LATER = ["token_rank", "run_id"]


class UnrankedWriter:
    """Writes a unit's rows; on leaving without an exception they are on the disk.

    Threads may add rows at once.
    """

    def __init__(self, unit: Path) -> None:
        """Take where the unit's pack will be."""
        self._unit = unit
        self._files: dict[str, tuple[Any, Any]] = {}
        self._lock = Lock()
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._lock:
            self._is_closed = True
            for name, (file, stream) in self._files.items():
                with _writing(_path(self._unit, name)) as path:
                    stream.close()
                    file.close()
                    if kind is None:
                        sync(path)

    def add(self, name: str, rows: pa.Table) -> None:
        """Add rows of the table `name`, in any order. Raises PackError if the disk takes none."""
        rows = rows.drop_columns(_ADDED_LATER)
        for column in ENDS:
            values: Any = rows.column(column)
            if not isinstance(values.type, pa.DictionaryType):
                at, encoded = rows.schema.get_field_index(column), values.dictionary_encode()
                field = rows.schema.field(at).with_type(encoded.type)
                rows = rows.set_column(at, field, encoded)
        with self._lock, _writing(_path(self._unit, name)) as path:
            if self._is_closed:
                raise PackError(f"{path}: rows came after it had been closed.")
            if name not in self._files:
                file = pa.OSFile(str(path), "wb")
                self._files[name] = file, pa.ipc.new_stream(file, rows.schema)
            self._files[name][1].write_table(rows)


@dataclass(frozen=True, slots=True)
class Unranked:
    """A unit's rows."""

    unit: Path
    """Where its pack is."""
    counts: Mapping[str, int]
    """Rows by table."""

    def rows(self, name: str) -> int:
        """How many rows there are of a table."""
        return self.counts.get(name, 0)

    def parts(self, name: str) -> Iterator[pa.RecordBatch]:
        """A table's rows, part by part, as the file holds them. Raises WorkFolderError."""
        if not self.rows(name):
            return
        path = _path(self.unit, name)
        found = 0
        try:
            with pa.memory_map(str(path)) as file, pa.ipc.open_stream(file) as stream:
                for batch in stream:
                    found += batch.num_rows
                    yield batch
        except (pa.ArrowInvalid, OSError) as error:
            raise _damaged(path, str(error)) from error
        if found != self.rows(name):
            raise _damaged(path, f"it holds {found:,} rows, expected {self.rows(name):,}")


def _path(unit: Path, name: str) -> Path:
    return unit.with_name(f"{unit.name}.{name}.arrows")


@contextmanager
def _writing(path: Path) -> Iterator[Path]:
    try:
        yield path
    except OSError as error:
        raise PackError(f"{path} cannot be written: {error.strerror or error}.") from error


def _damaged(path: Path, what: str) -> WorkFolderError:
    return WorkFolderError(
        f"{path} is no work of this import: {what}. Add --restart to begin anew."
    )
