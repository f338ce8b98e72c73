"""How a job tells whoever waits for it how far it is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol, runtime_checkable

Advance = Callable[[int], None]
"""Called with the number of units that were done since the last call."""


Beside = Callable[[], str]
"""What else a stage tells of at this moment, such as the money spent; empty for nothing."""


def nothing() -> str:
    """Nothing else."""
    return ""


@runtime_checkable
class Progress(Protocol):
    """Where a job reports to: a bar on a terminal, lines in a log, or nowhere."""

    def stage(
        self, name: str, total: int, unit: str, beside: Beside = nothing
    ) -> AbstractContextManager[Advance]:
        """Begin a stage of `total` units (named `unit`, in the plural); it ends with the context.

        `beside` gives what is to be read beside rate and time left, whenever these are shown.
        """
        ...

    def note(self, message: str) -> None:
        """Say one sentence beside the bar."""
        ...


class Silent:
    """A `Progress` that says nothing."""

    def stage(
        self, name: str, total: int, unit: str, beside: Beside = nothing
    ) -> AbstractContextManager[Advance]:
        """Count nothing."""
        return nullcontext(lambda done: None)

    def note(self, message: str) -> None:
        """Say nothing."""
