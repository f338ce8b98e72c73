"""Trees in archives, read where they lie: nothing is ever unpacked under a name of theirs."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Generic, TypeVar, cast

from ingest.errors import SourceError
from ingest.sources.tarred import Tar, open_tar
from ingest.sources.tree import Tree
from ingest.sources.unpacking import DAMAGED, most_unpacked

_ENCRYPTED = 0x41
"""Bits of a file's flags in a zip, of which a strong encryption has the second too."""
_METHODS = {9: "deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ"}
"""Of packing, by their numbers in a zip."""
_LONGEST = 4096
"""Characters of a file's name."""
_READ = (".zip", ".tar", ".tar.gz", ".tgz")
_OTHERS = (".7z", ".rar", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst")
"""How archives are called that are read, and others."""
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
            raise SourceError(
                f"{self._path}: {name} cannot be read: {error}. Fetch it again."
            ) from error


def _zipped(path: Path, archive: zipfile.ZipFile) -> Tree:
    files = (info for info in archive.infolist() if not info.is_dir())
    kept = ((info.filename, info) for info in files if not stat.S_ISLNK(info.external_attr >> 16))
    return Archived(
        path, kept, lambda info: info.file_size, lambda info: _open_zipped(path, archive, info)
    )


def _open_zipped(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    """A file's bytes. Raises SourceError if it is encrypted, packed by what has no bound, or a bomb.

    `zipfile` unpacks deflate as far as it is asked to, but a block of bzip2 or LZMA whole, which
    may be a thousand times what is asked for.
    """
    if info.flag_bits & _ENCRYPTED:
        found, expected = "an encrypted file", "one that is not"
    elif info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        method = info.compress_type
        found, expected = f"a file packed by {_METHODS.get(method, f'method {method}')}", "deflate"
    elif info.file_size > (most := most_unpacked(info.compress_size)):
        found, expected = f"{info.file_size:,} bytes unpacked", f"no more than {most:,}"
    else:
        return archive.open(info)  # which gives no more than was said
    raise SourceError(
        f"{path}: {info.filename}: found {found}, expected {expected}. Unpack the archive if you "
        f"trust it, and name the folder."
    )


def _tarred(path: Path, archive: Tar) -> Tree:
    return Archived(path, archive.parts, lambda part: part.size, archive.open)


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
    return _tarred(path, opened.enter_context(open_tar(path)))


def is_archive(path: Path) -> bool:
    """Whether a file is an archive, by its name. Raises SourceError if it is of another kind."""
    if path.name.endswith(_OTHERS):
        raise SourceError(
            f"{path}: found an archive of a kind that is not read, expected {', '.join(_READ)}. "
            f"Unpack it, and name the folder."
        )
    return path.name.endswith(_READ)


def _by_name(path: Path, files: Iterable[tuple[str, _Info]]) -> dict[str, _Info]:
    """The files by name. Raises SourceError at one that leads out, is endless, or is there twice."""
    found: dict[str, _Info] = {}
    for given, info in files:
        name = given.replace("\\", "/").removeprefix("./")
        if name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name.split("/")[0]:
            raise SourceError(
                f"{path}: found a file called {given!r}, expected names that stay within the "
                f"archive. Do not trust it."
            )
        if len(name) > _LONGEST:
            raise SourceError(
                f"{path}: found a file's name of {len(name):,} characters, expected up to "
                f"{_LONGEST:,}. Is it damaged, or made to fill the memory?"
            )
        if name in found:
            raise SourceError(f"{path}: found {name} twice, expected each file once.")
        found[name] = info
    return found
