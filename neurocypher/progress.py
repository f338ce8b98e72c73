"""Progress of long jobs: a bar with rate and time left on a terminal, plain log lines elsewhere."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from ingest.progress import Beside, nothing

_LOG = logging.getLogger("neurocypher")
_SECONDS_BETWEEN_LINES = 10.0
_SLOW = 10.0
"""Units per second, below which a decimal place is told."""


class _Rate(ProgressColumn):
    """Units per second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{_rate(speed)}/s")


class _Beside(ProgressColumn):
    """What a stage tells beside its rate."""

    def __init__(self, beside: Beside) -> None:
        super().__init__()
        self._beside = beside

    def render(self, task: Task) -> Text:
        return Text(self._beside())


def _rate(speed: float) -> str:
    return f"{speed:,.0f}" if speed >= _SLOW else f"{speed:.1f}"


class Bars:
    """A bar per stage, on standard error."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)

    @contextmanager
    def stage(
        self, name: str, total: int, unit: str, beside: Beside = nothing
    ) -> Iterator[Callable[[int], None]]:
        """Show a bar from 0 to `total`."""
        columns = (
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(unit),
            _Rate(), _Beside(beside), TimeElapsedColumn(), TimeRemainingColumn(),
        )  # fmt: skip
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(name, total=total)
            yield lambda done: progress.advance(task, done)

    def note(self, message: str) -> None:
        """Print a sentence above the bar."""
        self._console.print(message, markup=False, highlight=False)


class Lines:
    """A log line now and then, by a clock that counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock

    @contextmanager
    def stage(
        self, name: str, total: int, unit: str, beside: Beside = nothing
    ) -> Iterator[Callable[[int], None]]:
        """Log that the stage begins, how far it is every ten seconds, and when it ends."""
        _LOG.info("%s: %d %s", name, total, unit)
        began = said = self._clock()
        done = first = 0

        def advance(count: int) -> None:
            nonlocal done, said, first
            if done == 0 and self._clock() - began < 1.0:
                first = count  # found done from before: no work of ours, so not in the rate
            done += count
            if self._clock() - said >= _SECONDS_BETWEEN_LINES:
                said = self._clock()
                rate = (done - first) / (said - began)
                more = f", {beside()}" if beside() else ""
                more += f", {(total - done) / rate:,.0f} s left" if rate > 0 else ""
                _LOG.info("%s: %d of %d %s, %s/s%s", name, done, total, unit, _rate(rate), more)

        yield advance
        _LOG.info("%s: %d %s in %.1f s", name, done, unit, self._clock() - began)

    def note(self, message: str) -> None:
        """Log a sentence."""
        _LOG.info("%s", message)


def progress_for_this_terminal() -> Bars | Lines:
    """Bars if standard error is a terminal, lines otherwise."""
    return Bars() if sys.stderr.isatty() else Lines()
