"""How far a load is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_SECONDS_BETWEEN_LINES = 5.0


class LoadProgress:
    """A `cypher.graph.Progress`, on standard error."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._next_line = 0.0
        self._stack = ExitStack()
        self._bar: Progress | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self._stack.enter_context(self._bar)
            self._task = self._bar.add_task(self._title)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def __call__(self, what: str, done: int, total: int) -> None:
        """`done` of `total` rows are loaded; `what` is under way."""
        if self._bar is not None:
            description = f"{self._title}: {what}"
            self._bar.update(self._task, description=description, completed=done, total=total)
        elif time.monotonic() >= self._next_line:
            print(f"{self._title}: {what} ({done:,} of {total:,} rows)", file=sys.stderr)
            self._next_line = time.monotonic() + _SECONDS_BETWEEN_LINES
