"""A process gives up what it will not need, so that a statement cannot use it."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def confine(*, memory: int, files: bool) -> None:
    """Hold this process, from here on, to `memory` bytes more than it has.

    It dumps no core and cannot make a file longer; with `files` it can also open none, nor a
    connection. Where the system knows no such limits (Windows), nothing happens; macOS does not
    keep the one on memory.
    """
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  not on every system

    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_FSIZE, 0)
    statm = Path("/proc/self/statm")
    if statm.exists():
        pages = int(statm.read_text("ascii").split()[0])
        _set(resource.RLIMIT_AS, pages * os.sysconf("SC_PAGE_SIZE") + memory)
    if files:
        _set(resource.RLIMIT_NOFILE, 0)


def _set(which: int, most: int) -> None:
    import resource  # noqa: PLC0415  not on every system

    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(which, (most, most))
