"""Stopping a job where it can go on later: a signal sets a flag that the job looks at."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from ingest.errors import InterruptedJobError


class Stop:
    """Whether the job was asked to stop."""

    def __init__(self) -> None:
        self.requested = False

    def check(self, doing: str) -> None:
        """Raise InterruptedJobError if a stop was requested; `doing` says what is cut short."""
        if self.requested:
            raise InterruptedJobError(
                f"stopped while {doing}; what was done is kept. "
                "Give the same command again to go on."
            )


@contextmanager
def stopped_by_signals(stop: Stop) -> Iterator[None]:
    """Within this context SIGINT and SIGTERM request a stop; a second one ends at once.

    Only the main thread may enter it.
    """
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}

    def request(number: int, frame: FrameType | None) -> None:
        stop.requested = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    for number in numbers:
        signal.signal(number, request)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
