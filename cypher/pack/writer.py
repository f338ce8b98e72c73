"""Writing a pack: to a temporary name, synced, renamed. It is whole or absent."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from cypher.elements import Ownership
from cypher.errors import PackError
from cypher.files import sync
from cypher.pack.encoding import as_parquet
from cypher.pack.manifest import MANIFEST_NAME, Manifest, Table, TableFile
from cypher.pack.reader import Pack
from cypher.pack.spill import MOST_BYTES, Spill
from cypher.pack.temporary import new_temporary
from cypher.schema import PACKED
from cypher.tables import (
    Row,
    arrow_schema,
    checked,
    element,
    key_columns,
    once_in_order,
    plain,
    table_from_rows,
)

_SYNCED_AT_ONCE = 8


class PackWriter:
    """Collects tables and makes a pack of them.

    with PackWriter(path) as writer:
        writer.add("Neuron", rows)      # again for each further shard, in the order of ids
    # on leaving without an exception the pack stands at `path`; otherwise nothing does

    Threads may add rows at once if no two of them do to one table.
    Of each table whose rows are kept until then `most_bytes` are in memory, others on the disk.
    Raises PackError if `path` exists and `replace` is false.
    """

    def __init__(
        self, path: Path | str, *, replace: bool = False, most_bytes: int = MOST_BYTES
    ) -> None:
        self.path = Path(path)
        self._replace = replace
        self._most_bytes = most_bytes
        if self.path.exists() and not replace:
            raise PackError(f"{self.path} exists already. Name another folder, or remove it.")
        self._shards: dict[str, list[TableFile]] = {}
        self._shared: dict[str, Spill] = {}
        self._is_shared_written = False

    def __enter__(self) -> Self:
        with self._writing():
            self._own = new_temporary(self.path)
        self._temporary = self._own.path
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                with self._writing():
                    self._finish()
        finally:
            self._own.remove()  # what is finished stands elsewhere
            self._own.release()

    def add(
        self,
        name: str,
        rows: pa.Table | Iterable[Row],
        *,
        once: bool = False,
        distinct: bool = False,
    ) -> None:
        """Add rows to the table `name`.

        Rows that belong to a run are written at once, as one shard, sorted by their key; so are
        others if they are `distinct`: no further row has a key of theirs. Others, and those that
        are to be there `once`, are kept until the end, where equal keys become one row: the first
        that came, and of neurons and explanations one that a run made before one that is only
        spoken of.

        Raises PackError if they do not fit the graph model.
        """
        if isinstance(rows, pa.Table):
            table = checked(name, rows, encoded=True)
        else:
            table = table_from_rows(name, rows)
        if table.num_rows == 0:
            return
        with self._writing():
            if distinct or (element(name).ownership is Ownership.RUN and not once):
                self._write_shard(name, table)
            else:
                self._spill(name).add(plain(name, table))

    def rows(self) -> dict[str, int]:
        """How many rows each table has, where equal keys are one; those that were kept are written."""
        self.write_kept()
        return {name: sum(file.rows for file in files) for name, files in self._shards.items()}

    def write_kept(self) -> None:
        """Write the rows that are kept until the end now; after it no more of those may be added."""
        with self._writing():
            self._write_shared()

    def _spill(self, name: str) -> Spill:
        if self._is_shared_written:
            raise PackError(
                f"{name}: rows came after all that were kept had been written; add them before."
            )
        if name not in self._shared:
            self._shared[name] = Spill(name, self._temporary, self._most_bytes)
        return self._shared[name]

    def adopt(
        self,
        pack: Pack,
        *,
        but: Collection[str] = (),
        once: Collection[str] = (),
        distinct: Collection[str] = (),
    ) -> None:
        """Add all rows of another pack, without those of the tables in `but`; some tables' `once`.

        Files of what belongs to runs, and of tables in `distinct`, of which no further row has a
        key of theirs, become this pack's own by a link, or are copied; a table's rows are then in
        the order of their keys within each file only. Raises PackError.
        """
        for table in pack.manifest.tables:
            if table.name in but:
                continue
            kept = element(table.name).ownership is not Ownership.RUN or table.name in once
            if kept and table.name not in distinct:
                for shard in pack.shards(table.name):
                    self.add(table.name, shard, once=True)
                continue
            for file in table.files:
                with self._writing():
                    self._take(table.name, pack.path / file.path, file)

    def _take(self, name: str, path: Path, file: TableFile) -> None:
        shards = self._shards.setdefault(name, [])
        relative = f"{name}/{len(shards):05d}.parquet"
        own = self._temporary / relative
        own.parent.mkdir(exist_ok=True)
        try:
            own.hardlink_to(path)
        except OSError:  # another file system, or one that has no links
            shutil.copyfile(path, own)
        shards.append(TableFile(relative, file.rows, file.sha256))

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise PackError(
                f"the pack {self.path} cannot be written: {error.strerror or error}. Nothing is "
                f"left of it; mend that, or name another place."
            ) from error

    def _write_shard(self, name: str, table: pa.Table) -> None:
        n_rows, table = table.num_rows, once_in_order(name, table)
        if table.num_rows != n_rows:
            raise PackError(f"{name}: two rows have the same key; each row needs its own.")
        shards = self._shards.setdefault(name, [])
        relative = f"{name}/{len(shards):05d}.parquet"
        path = self._temporary / relative
        if not shards:
            path.parent.mkdir(exist_ok=True)
        content = as_parquet(table, key_columns(element(name)), arrow_schema(element(name)))
        path.write_bytes(content)
        shards.append(TableFile(relative, table.num_rows, hashlib.sha256(content).hexdigest()))

    def _write_shared(self) -> None:
        for name, spill in self._shared.items():
            for table in spill.tables():
                self._write_shard(name, table)
        self._shared.clear()
        self._is_shared_written = True

    def _finish(self) -> None:
        self._write_shared()
        tables: list[Table] = []
        for kind in PACKED:
            shards = self._shards.get(kind.name)
            if shards:
                tables.append(Table(kind.name, tuple(self._settled(kind.name, shards))))
        manifest = self._temporary / MANIFEST_NAME
        manifest.write_text(Manifest(tuple(tables)).to_json(), encoding="utf-8")
        with ThreadPoolExecutor(_SYNCED_AT_ONCE) as threads:  # a disk takes many as fast as one
            list(threads.map(sync, [*self._temporary.rglob("*"), self._temporary]))
        self._put_in_place()

    def _settled(self, name: str, shards: list[TableFile]) -> list[TableFile]:
        """The shards where they stay: a single one loses its folder."""
        if len(shards) == 1:
            flat = f"{name}.parquet"
            (self._temporary / shards[0].path).rename(self._temporary / flat)
            (self._temporary / name).rmdir()
            shards = [TableFile(flat, shards[0].rows, shards[0].sha256)]
        return shards

    def _put_in_place(self) -> None:
        if self._replace and self.path.exists():
            self.path.rename(self._own.retired)
        self._temporary.rename(self.path)
        sync(self.path.parent)
        shutil.rmtree(self._own.retired, ignore_errors=True)
