"""A file that is replaced by a changed copy of itself, whole or not at all.

Ladybug 0.22 recovers a file whose writer was killed within a checkpoint without its
relationships (seen in a test that killed loaders at random), and leaves keys behind in its
index when a COPY is rolled back. So nothing ever writes a graph in its place.
"""

from __future__ import annotations

import glob
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cypher.engines.ladybug import open_database
from cypher.errors import LoadError
from cypher.files import sync


@contextmanager
def replacement(path: Path) -> Iterator[Path]:
    """A copy of the graph at `path`, which takes its place unless an exception is raised.

    Meanwhile the graph is locked against other writers. If there is none at `path`, the copy
    does not exist either, and the caller makes it.

    Raises GraphBusyError if another process writes the graph, LoadError if the disk is full or
    a graph has appeared at `path` that was not there before.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    exists = path.exists()
    lock = open_database(path, read_only=False) if exists else None
    if lock is not None:
        _remove(path, "*")  # what killed loaders left
    copy = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        try:
            if exists:
                shutil.copyfile(path, copy)
            yield copy
            sync(copy)
        except OSError as error:
            raise LoadError(f"{error.strerror} ({error.filename or copy}).") from error
        if lock is not None:
            lock.close()
        elif path.exists():
            raise LoadError(f"another process made a graph at {path} meanwhile.")
        copy.replace(path)
        sync(path.parent)
    except BaseException:
        _remove(path, copy.name.split(".")[-2])
        raise


def _remove(path: Path, token: str) -> None:
    """Remove temporary copies, and the write-ahead logs beside them."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.{token}.tmp*"):
        left.unlink(missing_ok=True)
