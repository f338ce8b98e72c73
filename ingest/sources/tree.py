"""Where published files stand: a folder or one file, seen as names and bytes.

Whatever holds them, a tree answers the same: which files there are, by names with forward
slashes relative to its root, and what is in one. A `.gz` is opened as what it holds.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

from cypher.native import IS_THERE, native
from ingest.errors import SourceError
from ingest.sources.unpacking import DAMAGED, unpacked

_READ_ONLY = os.O_RDONLY | getattr(os, "O_BINARY", 0)  # there on Windows alone
MOST_BYTES = 256 << 20
"""Of one file, unpacked, that is read as a whole."""
_PART = 1 << 18
_COPIED = 1 << 20
"""Bytes that are copied together."""
_LINE = 64 << 20
"""Bytes of one line, unpacked."""
_LINES = 256 << 10
"""Bytes of lines that are read together."""


@runtime_checkable
class Tree(Protocol):
    """A source's files."""

    @property
    def name(self) -> str:
        """What the source is called in messages: its path or URL."""
        ...

    def names(self) -> list[str]:
        """Every file, in the order of names. Raises SourceError where they cannot be listed."""
        ...

    def size(self, name: str) -> int | None:
        """Bytes of a file as it is stored; None where that is not known beforehand."""
        ...

    def open(self, name: str) -> io.BufferedIOBase:
        """A file's bytes as they are stored. Raises SourceError if there is none."""
        ...

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        ...


class Folder:
    """A tree in a local folder; of a single file, the folder that holds nothing else."""

    def __init__(self, path: Path) -> None:
        self._root = path if path.is_dir() else path.parent
        self._path = path
        self._names: list[str] | None = [path.name] if path.is_file() else None

    @property
    def name(self) -> str:
        """The path."""
        return str(self._path)

    def names(self) -> list[str]:
        """Every file below the folder; links that lead out of it are none of its files."""
        if self._names is None:
            self._names = sorted(_files_below(self._root))
        return self._names

    def size(self, name: str) -> int | None:
        """Bytes."""
        return os.stat(self._place(name)).st_size  # noqa: PTH116  a Path takes five times as long

    def sizes(self, names: Sequence[str]) -> Sequence[int | None]:
        """The same of several."""
        if IS_THERE:
            found = native.sizes([self._place(name) for name in names])
            if None not in found:
                return found
        return [self.size(name) for name in names]  # which says what cannot be looked at

    def open(self, name: str) -> io.BufferedIOBase:
        """Its bytes."""
        with self._reading(name) as place:
            return open(place, "rb")  # noqa: PTH123

    def content(self, name: str, most: int) -> bytes:
        """The same as one value, in half the time for a small file; its first `most` bytes."""
        with self._reading(name) as place:
            file = os.open(place, _READ_ONLY)
            try:
                left = min(os.fstat(file).st_size, most)
                parts = []
                while left > 0 and (part := os.read(file, left)):
                    parts.append(part)
                    left -= len(part)
                return parts[0] if len(parts) == 1 else b"".join(parts)
            finally:
                os.close(file)

    def has(self, name: str) -> bool:
        """Whether it is there."""
        return (self._root / name).is_file()

    def paths(self, names: Sequence[str]) -> list[str]:
        """Where files stand, for who opens them itself."""
        return [self._place(name) for name in names]

    def _place(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _reading(self, name: str) -> Iterator[str]:
        place = self._place(name)
        try:
            yield place
        except OSError as error:
            raise SourceError(f"{place} cannot be read: {error.strerror or error}.") from error


def _files_below(root: Path) -> list[str]:
    """Names of the files below a folder; of links those that lead to others of them."""
    found = []
    within = root.resolve()
    folders = [("", str(root))]
    while folders:
        prefix, folder = folders.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False):  # first, as most are
                    found.append(prefix + entry.name)
                elif entry.is_dir(follow_symlinks=False):
                    folders.append((f"{prefix}{entry.name}/", entry.path))
                elif entry.is_file() and Path(entry.path).resolve().is_relative_to(within):
                    found.append(prefix + entry.name)
    return found


def sizes(tree: Tree, names: Sequence[str]) -> Sequence[int | None]:
    """Bytes of files as they are stored; None where that is not known beforehand."""
    return tree.sizes(names) if isinstance(tree, Folder) else [tree.size(name) for name in names]


def read_file(tree: Tree, name: str) -> bytes:
    """All bytes of a file, unpacked. Raises SourceError beyond `MOST_BYTES`."""
    if isinstance(tree, Folder) and not name.endswith(".gz"):
        content = tree.content(name, MOST_BYTES + 1)
    else:
        content = _unpacked(tree, name)
    if len(content) > MOST_BYTES:
        raise SourceError(
            f"{place_of(tree, name)}: found more than {MOST_BYTES >> 20} MiB unpacked, expected no "
            f"such file of this format. Is it damaged, or made to fill the memory?"
        )
    return content


def _unpacked(tree: Tree, name: str) -> bytes:
    with tree.open(name) as stored, unpacked(stored, name) as file:
        known = None if name.endswith(".gz") else tree.size(name)
        # what is asked for is made room for, which for the most would take longer than all the rest
        part = _PART if known is None else min(known, MOST_BYTES) + 1
        content = _read(file, part, tree, name)
        if len(content) == part:
            content += _read(file, MOST_BYTES + 1 - part, tree, name)
        if not content:
            _check_packed(stored, tree, name)
    return content


def copy_file(tree: Tree, name: str, path: Path) -> None:
    """Write a file as it is stored to a path."""
    with tree.open(name) as stored, path.open("wb") as copy:
        while part := _read(stored, _COPIED, tree, name):
            copy.write(part)


def read_lines(tree: Tree, name: str) -> Iterator[bytes]:
    """The lines of a file, unpacked as they are read; empty ones too.

    Raises SourceError at a line that is too long for memory.
    """
    with tree.open(name) as stored, unpacked(stored, name) as file:
        number, begun = 0, list[bytes]()
        while part := _read(file, _LINES, tree, name):
            *lines, rest = part.split(b"\n")
            if lines:
                lines[0] = b"".join([*begun, lines[0]])
                begun.clear()
            begun.append(rest)
            for line in lines:
                number += 1
                yield line.rstrip(b"\r")
            if sum(map(len, begun)) > _LINE:
                raise SourceError(
                    f"{place_of(tree, name)}, line {number + 1}: found more than {_LINE >> 20} "
                    f"MiB in one line, expected one record. Is it damaged, or of another format?"
                )
        if last := b"".join(begun):
            yield last.rstrip(b"\r")
        elif not number:
            _check_packed(stored, tree, name)


def nearest(tree: Tree, name: str) -> str | None:
    """The file of this name that is nearest to the top of a tree; None if there is none."""
    found = [known for known in tree.names() if known.rpartition("/")[2] == name]
    return min(found, key=len, default=None)


def place_of(tree: Tree, name: str) -> str:
    """What a file is called in messages."""
    return f"{tree.name}: {name}" if name else tree.name


def _check_packed(stored: io.BufferedIOBase, tree: Tree, name: str) -> None:
    """Raise SourceError if what was unpacked to nothing is nothing: gzip is some bytes at least."""
    if name.endswith(".gz") and not stored.tell():
        raise SourceError(
            f"{place_of(tree, name)}: found an empty file, expected gzip. Fetch the file again."
        )


def _read(file: io.BufferedIOBase, most: int, tree: Tree, name: str) -> bytes:
    try:
        return file.read(most)
    except DAMAGED as error:
        raise SourceError(
            f"{place_of(tree, name)} cannot be read to its end: {error}. Fetch the file again."
        ) from error
