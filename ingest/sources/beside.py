"""Work that is done beside the reading of files: packing and what it waits for, in threads.

What packs is compiled code, which lets Python go on meanwhile.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

_MOST = 4
"""Jobs that may wait or run: what they hold is in memory."""
_SEVERAL = 2
"""Parts of a job at once: more would keep what reads from a processor."""
Job = Callable[[], None]
T = TypeVar("T")


class Beside:
    """Jobs in the order in which they come; after one that failed none is begun.

    What they wait for is found out in another thread. What ends them, which mostly waits for the
    disk, is done in a third. Of what they consist some is done in several at once.
    """

    def __init__(
        self, thread: Executor, other: Executor, last: Executor, several: Executor
    ) -> None:
        self._thread, self._other, self._last, self._several = thread, other, last, several
        self._waiting: deque[Future[None]] = deque()
        self._ending: deque[Future[None]] = deque()

    def do(self, job: Job) -> None:
        """Let a job be done once those before it are. Raises what one of them raised.

        Waits as long as there are too many of them.
        """
        self._submit(self._thread, self._waiting, job)

    def end(self, job: Job) -> None:
        """Let a job be done once those before it are, beside those after it. Raises as `do`."""
        self._submit(self._last, self._ending, job)

    def _submit(self, thread: Executor, jobs: deque[Future[None]], job: Job) -> None:
        while jobs and (len(jobs) >= _MOST or jobs[0].done()):
            jobs.popleft().result()
        before = self._waiting[-1] if self._waiting else None
        jobs.append(thread.submit(_after, before, job))

    def ask(self, what: Callable[[], T]) -> Future[T]:
        """Let something be found out that a later job waits for."""
        return self._other.submit(what)

    @contextmanager
    def side_by_side(self) -> Iterator[Callable[[str, Job], None]]:
        """What takes named parts of a job: those of one name are done in their order.

        On leaving all are done. Raises what the first of those that failed raised; of its name none
        after it was begun.
        """
        parts: list[Future[None]] = []
        last: dict[str, Future[None]] = {}

        def do(name: str, part: Job) -> None:
            before = last.get(name)  # which was begun before it
            last[name] = self._several.submit(_after, before, part)
            parts.append(last[name])

        try:
            yield do
        finally:
            wait(parts)
        for done in parts:
            done.result()

    def wait(self) -> None:
        """Wait until all is done. Raises what it raised."""
        for jobs in (self._waiting, self._ending):
            while jobs:
                jobs.popleft().result()


def _after(before: Future[None] | None, job: Job) -> None:
    """Do a job, unless the one before it failed: then raise what that one raised."""
    if before is not None:
        before.result()
    job()


@contextmanager
def working_beside() -> Iterator[Beside]:
    """Threads; on leaving, what they have begun is done."""
    with (
        ThreadPoolExecutor(_SEVERAL) as several,
        ThreadPoolExecutor(1) as last,
        ThreadPoolExecutor(1) as thread,
        ThreadPoolExecutor(1) as other,
    ):
        yield Beside(thread, other, last, several)
