"""A connection that is opened anew after so many different statements.

Ladybug 0.22 keeps the plan of every statement that had parameters, and with it the memory that it
took to sort or to group: five megabytes for one of a few joins, for as long as the connection is
open. A graph that is asked ever new questions has no memory left after some thousand.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, Protocol, TypeVar


class _Connection(Protocol):
    def interrupt(self) -> None: ...
    def close(self) -> None: ...


_Any = TypeVar("_Any", bound=_Connection)


class Refreshed(Generic[_Any]):
    """The connection, for one caller at a time."""

    def __init__(self, opened: Callable[[], _Any], *, most: int) -> None:
        """Open it with `opened`, and again after `most` different statements."""
        self._opened, self._most = opened, most
        self._now = opened()
        self._seen: set[str] = set()
        self._changing = Lock()

    def to_run(self, text: str) -> _Any:
        """The connection that this statement is to be run with."""
        if text not in self._seen and len(self._seen) >= self._most:
            with self._changing:
                self._now.close()
                self._now = self._opened()
            self._seen.clear()
        self._seen.add(text)
        return self._now

    def interrupt(self) -> None:
        """End the statement under way; called from another thread."""
        with self._changing:
            self._now.interrupt()

    def close(self) -> None:
        """Close it."""
        self._now.close()
