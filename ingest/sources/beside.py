"""Work that is done beside the reading of files: packing, in a thread of its own.

What packs is compiled code, which lets Python go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager


class Beside:
    """One job at a time, in the order in which they come."""

    def __init__(self, thread: Executor) -> None:
        self._thread = thread
        self._running: Future[None] | None = None

    def do(self, job: Callable[[], None]) -> None:
        """Begin a job once the last one is done. Raises what that one raised."""
        self.wait()
        self._running = self._thread.submit(job)

    def wait(self) -> None:
        """Wait until all is done. Raises what it raised."""
        running, self._running = self._running, None
        if running is not None:
            running.result()


@contextmanager
def working_beside() -> Iterator[Beside]:
    """A thread; on leaving, what it has begun is done."""
    with ThreadPoolExecutor(1) as thread:
        yield Beside(thread)
