"""How much memory this process and its children take while something goes on."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psutil


@dataclass
class Watched:
    """The largest that was seen, in bytes."""

    own: int = 0
    """Of this process, beyond what it had at the beginning."""
    child: int = 0
    """Of any one of its children."""


@contextlib.contextmanager
def watched() -> Iterator[Watched]:
    """Look every 10 ms."""
    me = psutil.Process()
    begin = me.memory_info().rss
    seen = Watched()
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            seen.own = max(seen.own, me.memory_info().rss - begin)
            for child in me.children():
                with contextlib.suppress(psutil.NoSuchProcess):
                    if "cypher.adhoc.worker" in child.cmdline():
                        seen.child = max(seen.child, child.memory_info().rss)
            time.sleep(0.01)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
