"""Large JSON documents, written piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import orjson


@contextmanager
def json_file(path: Path) -> Iterator[JsonFile]:
    """A JSON document to be written: what is open at the end is closed.

    with json_file(path) as file:
        file.open("{")
        file.add(3, key="a")
        file.open("[", key="b")
        ...

    There is no file before the first `open`.
    """
    with ExitStack() as stack:
        document = JsonFile(path, stack)
        yield document
        document.close_all()


class JsonFile:
    """A JSON document whose objects and lists are opened, filled and closed in their order.

    A key may not come twice: nothing checks that.
    """

    def __init__(self, path: Path, stack: ExitStack) -> None:
        self._path, self._stack = path, stack
        self._file: BinaryIO | None = None
        self._open: list[bytes] = []
        self._is_first = True

    def open(self, bracket: str, *, key: str | None = None) -> None:
        """Begin an object (`{`) or a list (`[`)."""
        self._begin(key)
        self._bytes(bracket.encode())
        self._open.append(b"}" if bracket == "{" else b"]")
        self._is_first = True

    def close(self) -> None:
        """End what was opened last."""
        self._bytes(self._open.pop())
        self._is_first = False

    def close_all(self) -> None:
        """End all that is open."""
        while self._open:
            self.close()

    def add(self, value: object, *, key: str | None = None) -> None:
        """A value of the list that is open or, with a key, of the object."""
        self._begin(key)
        self._bytes(orjson.dumps(value))

    def _begin(self, key: str | None) -> None:
        if self._open and not self._is_first:
            self._bytes(b",\n")
        self._is_first = False
        if key is not None:
            self._bytes(orjson.dumps(key) + b":")

    def _bytes(self, data: bytes) -> None:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._stack.enter_context(self._path.open("wb"))
        self._file.write(data)
