"""A folder that is written under a temporary name, synced, and renamed."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cypher.files import sync
from ingest.errors import ExportError, OutputError


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """A new folder that stands at `path` once the context ends well, and is gone otherwise.

    Raises OutputError if something stands there.
    """
    if path.exists():
        raise OutputError(f"{path} exists already. Name another folder, or remove it.")
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    temporary.mkdir(parents=True)
    try:
        yield temporary
        for file in temporary.rglob("*"):  # one after the other: there may be millions
            sync(file)
        sync(temporary)
        temporary.rename(path)
        sync(path.parent)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def path_part(name: str) -> str:
    """A name from a graph as one part of a path below a folder.

    Raises ExportError if it could lead elsewhere: a graph may come from anybody.
    """
    if name in ("", ".", "..") or set(name) & {"/", "\\", "\0"}:
        raise ExportError(
            f"the graph has the name {name!r}, which cannot be that of a file. Write another model, "
            f"layer or source."
        )
    return name
