"""Functions that are compiled when they first run, and kept on disk for later runs.

numba takes what it has kept of a function as long as that function's own file stays the same,
also when a function that it calls, in another file, is another by now. Here it is kept under a
hash of all files that import this one, so that no function ever runs as it was.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from pathlib import Path
from typing import Any

import numba
import platformdirs
from numba import njit

_PACKAGE = Path(__file__).parent
_NAME = __name__.encode()
_DAYS_KEPT = 14
"""For which what other versions of the package left is kept."""


def cache_folder(package: Path, root: Path) -> Path:
    """Where to keep what was compiled of the sources in `package`, below `root`."""
    hasher = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        source = path.read_bytes()
        if _NAME in source:
            hasher.update(path.relative_to(package).as_posix().encode() + b"\0" + source)
    return root / hasher.hexdigest()[:16]


def forget_others(folder: Path, *, now: float) -> None:
    """Remove folders beside `folder` in which nothing was added for long; `now` in seconds."""
    others = folder.parent.iterdir() if folder.parent.is_dir() else ()
    for other in others:
        if other != folder and now - other.stat().st_mtime > _DAYS_KEPT * 24 * 3600:
            shutil.rmtree(other, ignore_errors=True)


_config: Any = numba.config
if not _config.CACHE_DIR:  # NUMBA_CACHE_DIR is the user's word
    _folder = cache_folder(_PACKAGE, platformdirs.user_cache_path("neurocypher") / "compiled")
    forget_others(_folder, now=time.time())
    _config.CACHE_DIR = str(_folder)

compiled = njit(nogil=True, cache=True, error_model="numpy")
"""Decorator: numbers divided by zero are infinite, and other threads run meanwhile."""
