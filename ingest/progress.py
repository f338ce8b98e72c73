"""How a job tells whoever waits for it how far it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, runtime_checkable

Advance = Callable[[int], None]
"""Called with the number of units that were done since the last call."""


@runtime_checkable
class Progress(Protocol):
    """Where a job reports to: a bar on a terminal, lines in a log, or nowhere."""

    def stage(self, name: str, total: int, unit: str) -> AbstractContextManager[Advance]:
        """Begin a stage of `total` units (named `unit`, in the plural); it ends with the context."""
        ...

    def note(self, message: str) -> None:
        """Say one sentence beside the bar."""
        ...


class Silent:
    """A `Progress` that says nothing."""

    def stage(self, name: str, total: int, unit: str) -> AbstractContextManager[Advance]:
        """Count nothing."""
        return nullcontext(lambda done: None)

    def note(self, message: str) -> None:
        """Say nothing."""
