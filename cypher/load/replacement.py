"""A file that is replaced by a changed copy of itself, whole or not at all.

Ladybug 0.22 recovers a file whose writer was killed within a checkpoint without its
relationships (seen in a test that killed loaders at random), and leaves keys behind in its
index when a COPY is rolled back. So nothing ever writes a graph in its place.
"""

from __future__ import annotations

import errno
import glob
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from cypher.errors import GraphBusyError, GraphUnavailableError, LoadError
from cypher.files import sync

if sys.platform != "win32":
    import fcntl

_LITTLE_SPACE = 16 * 2**20
"""Bytes: with less, a failure is the disk's."""


@contextmanager
def replacement(path: Path) -> Iterator[Path]:
    """A copy of the graph at `path`, which takes its place unless an exception is raised.

    Meanwhile the graph is locked against other writers. If there is none at `path`, the copy
    does not exist either, and the caller makes it.

    Raises GraphBusyError if another process writes the graph, GraphUnavailableError if it
    cannot be read or written, LoadError if the disk is full or a graph has appeared at `path`
    that was not there before.
    """
    path = path.resolve()  # a link stays one; what it points to is replaced
    copy = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    with ExitStack() as stack:
        original = _opened(path, stack)
        if original is not None:
            _remove(path, "*")  # what killed loaders left
        try:
            if original is not None:
                with copy.open("xb") as file:
                    shutil.copyfileobj(original, file, 1 << 20)
            yield copy
            if original is not None:
                shutil.copymode(path, copy)
            elif path.exists():
                raise LoadError(f"another process made a graph at {path} meanwhile.")
            sync(copy)
            copy.replace(path)
            sync(path.parent)
        except (LoadError, OSError) as error:
            free = shutil.disk_usage(copy.parent).free
            if free < _LITTLE_SPACE:  # the engine speaks of whatever it could not do for that
                raise LoadError(
                    f"the disk of {copy.parent} is full ({free:,} bytes are free; a load needs "
                    f"room for a second copy of the graph)."
                ) from error
            if isinstance(error, OSError):
                raise LoadError(f"{error.strerror} ({error.filename or copy}).") from error
            raise
        finally:
            _remove(path, copy.name.split(".")[-2])


def _opened(path: Path, stack: ExitStack) -> BinaryIO | None:
    """The graph's file, locked; None if there is none."""
    log = path.with_name(f"{path.name}.wal")
    if log.exists():
        raise GraphBusyError(
            f"{log} shows that another program is writing the graph at {path}, or was stopped "
            f"while it did. Let it end, or open the graph once with Ladybug to recover it."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = stack.enter_context(path.open("rb+"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise GraphUnavailableError(
            f"the graph at {path} cannot be opened for writing: {error.strerror}."
        ) from error
    if sys.platform != "win32":
        try:
            # The kind of lock that Ladybug takes, so that either sees the other's. It is lost
            # as soon as this process closes the file, through whatever handle.
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                raise
            raise GraphBusyError(
                f"the graph at {path} is being written by another process. "
                f"Wait until that has ended, or stop it."
            ) from error
    return file


def _remove(path: Path, token: str) -> None:
    """Remove temporary copies, and the logs and shadows beside them."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.{token}.tmp*"):
        left.unlink(missing_ok=True)
