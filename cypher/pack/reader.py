"""Reading a pack, and verifying that it is whole."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cypher.errors import PackError
from cypher.pack.manifest import Manifest, TableFile, read_manifest, sha256_of
from cypher.tables import arrow_schema, checked, element, key_columns


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack whose manifest was read."""

    path: Path
    manifest: Manifest

    @property
    def digest(self) -> str:
        """A hash of the content of every table."""
        return self.manifest.digest

    def rows(self, name: str) -> int:
        """Rows of a table; 0 if the pack has none of it."""
        return sum(table.rows for table in self.manifest.tables if table.name == name)

    def files(self, name: str) -> list[Path]:
        """The Parquet files of a table, in the order of its rows."""
        return [
            self.path / file.path
            for table in self.manifest.tables
            if table.name == name
            for file in table.files
        ]

    def shards(
        self, name: str, columns: list[str] | None = None, *, encoded: Collection[str] = ()
    ) -> Iterator[pa.Table]:
        """A table, or some of its columns, file by file, for those that do not fit in memory.

        The columns in `encoded`, texts that come again and again, come as dictionaries of them.
        """
        for file in self.files(name):
            yield _read(file, columns, encoded)

    def batches(self, name: str, size: int) -> Iterator[pa.Table]:
        """A table, up to `size` rows at a time; memory holds these and a row group's pages."""
        for path in self.files(name):
            try:
                with pq.ParquetFile(path) as parquet:
                    for batch in parquet.iter_batches(size):
                        yield checked(name, pa.Table.from_batches([batch]))
            except (pa.ArrowInvalid, OSError) as error:
                raise PackError(f"{path} cannot be read as Parquet: {error}") from error

    def table(self, name: str, columns: list[str] | None = None) -> pa.Table:
        """A table, or some of its columns; empty if the pack has none of it."""
        schema = arrow_schema(element(name))
        if columns is not None:
            schema = pa.schema([schema.field(column) for column in columns])
        parts = [_read(file, columns) for file in self.files(name)]
        return pa.concat_tables([schema.empty_table(), *parts]) if parts else schema.empty_table()

    def below(self, name: str, prefix: str, columns: list[str]) -> list[dict[str, Any]]:
        """Some columns of the rows whose first key begins with `prefix`, file by file."""
        key = key_columns(element(name))[0]
        read = list(dict.fromkeys([key, *columns]))
        found: list[dict[str, Any]] = []
        for file in self.files(name):
            table = _read(file, read)
            table = table.filter(pc.starts_with(table.column(key), pattern=prefix))
            found.extend(table.to_pylist())
        return found

    def verify(self) -> None:
        """Compare every file with its hash and every table with the graph model.

        Raises PackError at the first that is missing, changed, or not of its type.
        """
        for table in self.manifest.tables:
            kind = element(table.name)
            expected = arrow_schema(kind)
            for file in table.files:
                path = self._verified(file)
                found = pq.read_schema(path)
                if not found.equals(expected, check_metadata=False):
                    checked(table.name, _read(path, None))

    def _verified(self, file: TableFile) -> Path:
        path = self.path / file.path
        if not path.resolve().is_relative_to(self.path.resolve()):
            raise PackError(f"{self.path}: {file.path} lies outside the pack. Do not trust it.")
        if not path.is_file():
            raise PackError(f"{self.path} is truncated: {file.path} is missing. Fetch it again.")
        if sha256_of(path) != file.sha256:
            raise PackError(
                f"{path} is corrupt: its content does not fit the hash in pack.json. "
                f"Make or fetch the pack again."
            )
        return path


def open_pack(path: Path | str) -> Pack:
    """The pack at `path`, not yet verified. Raises PackError if there is none."""
    path = Path(path)
    return Pack(path, read_manifest(path))


def _read(path: Path, columns: list[str] | None, encoded: Collection[str] = ()) -> pa.Table:
    try:
        return pq.ParquetFile(path, read_dictionary=list(encoded)).read(columns=columns)
    except (pa.ArrowInvalid, OSError) as error:
        raise PackError(f"{path} cannot be read as Parquet: {error}") from error
