"""Tar archives: their files one by one, and never fewer than were put in.

`tarfile` takes a header that is none for the archive's end, and reads a header of any size.
"""

from __future__ import annotations

import gzip
import math
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from ingest.errors import SourceError
from ingest.sources.unpacking import most_unpacked

_CHUNK = 1 << 20
_HEADERS = 1 << 20
"""Bytes before the content of one file: its names and, where it is sparse, its map."""


class TarBytes:
    """An archive's bytes, as `tarfile` reads them: between two files only so many."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path, self._file, self.left = path, file, float(_HEADERS)

    def read(self, size: int = -1) -> bytes:
        """The next bytes. Raises SourceError where more are asked for than are left."""
        self.left -= size if size >= 0 else math.inf
        if self.left < 0:
            raise SourceError(
                f"{self._path}: found more than {_HEADERS >> 20} MiB before a file's content, "
                f"expected its name. Is it damaged, or made to fill the memory?"
            )
        return self._file.read(size)

    def seek(self, place: int, whence: int = 0) -> int:
        """Go to a place."""
        return self._file.seek(place, whence)

    def tell(self) -> int:
        """The place."""
        return self._file.tell()


@dataclass(frozen=True, slots=True)
class Part:
    """Where a file's content stands: of a file so much is kept, for there may be a million."""

    begin: int
    """Bytes before it."""
    size: int
    """Bytes."""
    info: tarfile.TarInfo | None
    """How it is put together, if it has holes."""


class Tar:
    """An archive, and its files by name: all of them must be asked for before one is opened."""

    def __init__(self, archive: tarfile.TarFile, parts: Iterator[tuple[str, Part]]) -> None:
        self._archive, self.parts = archive, parts

    def open(self, part: Part) -> IO[bytes] | None:
        """A file's content."""
        info = part.info or tarfile.TarInfo()
        if part.info is None:
            info.offset_data, info.size = part.begin, part.size
        return self._archive.extractfile(info)


@contextmanager
def open_tar(path: Path) -> Iterator[Tar]:
    """A `.tar`, or one in a `.tar.gz`; links and devices are none of its files.

    Raises SourceError if it is cut, or unpacks to too much; else what `tarfile` raises.
    """
    with path.open("rb") if path.name.endswith(".tar") else _unpacked(path) as plain:
        file = TarBytes(path, plain)
        with tarfile.open(fileobj=cast("IO[bytes]", file), mode="r:") as archive:
            yield Tar(archive, _parts(path, file, archive))


def _parts(path: Path, file: TarBytes, archive: tarfile.TarFile) -> Iterator[tuple[str, Part]]:
    while member := archive.next():
        archive.members.clear()  # type: ignore[attr-defined]
        if member.size < 0:  # the next header would be sought before this one, again and again
            raise SourceError(
                f"{path}: found {member.name} of {member.size} bytes, expected 0 or more. "
                f"Fetch it again."
            )
        if member.isfile():
            info = member if member.issparse() else None
            yield member.name, Part(member.offset_data, member.size, info)
        file.left = _HEADERS
    file.seek(archive.offset)
    if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise SourceError(
            f"{path}: found no file and no end of the archive at byte {archive.offset:,}, expected "
            f"one of them. It is damaged, or was cut: fetch it again."
        )
    file.left = math.inf


@contextmanager
def _unpacked(path: Path) -> Iterator[IO[bytes]]:
    """The `.tar` in a `.tar.gz`, in a file without a name: members are then found by place."""
    most = most_unpacked(path.stat().st_size)
    with tempfile.TemporaryFile() as plain, gzip.open(path) as packed:
        while chunk := packed.read(_CHUNK):
            plain.write(chunk)
            if plain.tell() > most:
                raise SourceError(
                    f"{path}: found more than {most:,} bytes unpacked, expected text, which is "
                    f"less dense. It seems made to fill the disk; unpack it yourself if you trust "
                    f"it."
                )
        plain.seek(0)
        yield plain
