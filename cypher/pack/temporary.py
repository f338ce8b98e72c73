"""The folder that a pack is written into, and those that killed writers have left.

A writer has its folder locked as long as its process lives, so one that nobody has locked is
left over, whatever else is writing beside it. Windows has no such locks: nothing is removed there.
"""

from __future__ import annotations

import glob
import os
import shutil
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import fcntl


@dataclass(frozen=True, slots=True)
class Temporary:
    """A folder beside the place of a pack."""

    path: Path
    lock: int | None
    """The open folder, if folders can be locked here."""

    @property
    def retired(self) -> Path:
        """Where a pack that is replaced stands for a moment."""
        return self.path.with_suffix(".old")

    def release(self) -> None:
        """Let others have it."""
        if self.lock is not None:
            os.close(self.lock)

    def remove(self) -> None:
        """Remove it with all that is in it, if it is there."""
        shutil.rmtree(self.path, ignore_errors=True)


def new_temporary(pack: Path) -> Temporary:
    """A new folder to write `pack` into; those that killed writers of it left are removed.

    Raises OSError.
    """
    pack.parent.mkdir(parents=True, exist_ok=True)
    for path in pack.parent.glob(f".{glob.escape(pack.name)}.*.tmp"):
        left = Temporary(path, _locked(path))
        if left.lock is not None:
            if not left.retired.exists():  # else it is all that there is of two packs
                left.remove()
            left.release()
    while True:
        path = pack.with_name(f".{pack.name}.{uuid.uuid4().hex[:8]}.tmp")
        path.mkdir()
        lock = _locked(path)
        if path.is_dir():  # no other writer took it for left over before it was locked
            return Temporary(path, lock)
        if lock is not None:
            os.close(lock)


def _locked(path: Path) -> int | None:
    """The folder, open and locked; None if that cannot be, or another process has it."""
    if sys.platform == "win32":
        return None
    try:
        folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(folder)
        return None
    return folder
