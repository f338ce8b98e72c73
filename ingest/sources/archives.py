"""Trees in archives, read where they lie: nothing is ever unpacked under a name of theirs."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Generic, TypeVar, cast

from ingest.errors import SourceError
from ingest.sources.tree import Tree
from ingest.sources.unpacking import DAMAGED

_MOST_TIMES = 200
_ALWAYS_BYTES = 1 << 30
"""A `.tar.gz` may unpack to this much, or to that many times its size: text is not denser."""
_CHUNK = 1 << 20
_DAMAGED: tuple[type[Exception], ...] = (
    *DAMAGED,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What opening an archive, or a file in it, raises beside: versions, encryption and places that are
none, for what is damaged may look like anything."""

_Info = TypeVar("_Info")


class Archived(Generic[_Info]):
    """A tree in an archive: its files by name, and how one is sized and opened."""

    def __init__(
        self,
        path: Path,
        files: Iterable[tuple[str, _Info]],
        size: Callable[[_Info], int],
        opened: Callable[[_Info], IO[bytes] | None],
    ) -> None:
        self._path, self._files = path, _by_name(path, files)
        self._size, self._opened = size, opened

    @property
    def name(self) -> str:
        """The path."""
        return str(self._path)

    def names(self) -> list[str]:
        """Every file; links and devices are none."""
        return sorted(self._files)

    def size(self, name: str) -> int | None:
        """Bytes, unpacked, as the archive claims."""
        return self._size(self._files[name])

    def has(self, name: str) -> bool:
        """Whether it is there."""
        return name in self._files

    def open(self, name: str) -> io.BufferedIOBase:
        """Its bytes."""
        if name not in self._files:
            raise SourceError(f"{self._path} holds no file {name}.")
        try:
            return cast("io.BufferedIOBase", self._opened(self._files[name]))
        except _DAMAGED as error:
            raise SourceError(f"{self._path}: {name} cannot be read: {error}.") from error


def _zipped(path: Path, archive: zipfile.ZipFile) -> Tree:
    files = (info for info in archive.infolist() if not info.is_dir())
    kept = ((info.filename, info) for info in files if not stat.S_ISLNK(info.external_attr >> 16))
    return Archived(path, kept, lambda info: info.file_size, archive.open)


def _tarred(path: Path, archive: tarfile.TarFile) -> Tree:
    members = ((member.name, member) for member in archive if member.isfile())
    return Archived(path, members, lambda member: member.size, archive.extractfile)


@contextmanager
def open_archive(path: Path) -> Iterator[Tree]:
    """The tree in an archive. Raises SourceError if it is damaged, or unpacks to too much."""
    with ExitStack() as opened:
        try:
            tree = _tree(path, opened)
        except _DAMAGED as error:
            raise SourceError(
                f"{path} cannot be read as an archive: {error}. Fetch it again."
            ) from error
        yield tree


def _tree(path: Path, opened: ExitStack) -> Tree:
    if path.name.endswith(".zip"):
        return _zipped(path, opened.enter_context(zipfile.ZipFile(path)))
    if path.name.endswith(".tar"):
        return _tarred(path, opened.enter_context(tarfile.open(path, "r:")))
    plain = opened.enter_context(_unpacked(path))
    return _tarred(path, opened.enter_context(tarfile.open(fileobj=plain, mode="r:")))


def is_archive(path: Path) -> bool:
    """Whether a file is an archive, by its name."""
    return path.name.endswith((".zip", ".tar", ".tar.gz", ".tgz"))


@contextmanager
def _unpacked(path: Path) -> Iterator[io.BufferedIOBase]:
    """The `.tar` in a `.tar.gz`, in a file without a name: members are then found by place."""
    most = max(_ALWAYS_BYTES, _MOST_TIMES * path.stat().st_size)
    with tempfile.TemporaryFile() as plain, gzip.open(path) as packed:
        while chunk := packed.read(_CHUNK):
            plain.write(chunk)
            if plain.tell() > most:
                raise SourceError(
                    f"{path}: found more than {most:,} bytes unpacked, {_MOST_TIMES} times its "
                    f"size, expected text. It seems made to fill the disk; unpack it yourself if "
                    f"you trust it."
                )
        plain.seek(0)
        yield cast("io.BufferedIOBase", plain)


def _by_name(path: Path, files: Iterable[tuple[str, _Info]]) -> dict[str, _Info]:
    """The files by name. Raises SourceError at a name that leads out, or stands there twice."""
    found: dict[str, _Info] = {}
    for given, info in files:
        name = given.replace("\\", "/").removeprefix("./")
        if name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name.split("/")[0]:
            raise SourceError(
                f"{path}: found a file called {given!r}, expected names that stay within the "
                f"archive. Do not trust it."
            )
        if name in found:
            raise SourceError(f"{path}: found {name} twice, expected each file once.")
        found[name] = info
    return found
