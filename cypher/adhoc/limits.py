"""How much one ad-hoc statement may take."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a door. A statement that reaches one fails, and the message says which."""

    seconds: float = 10.0
    """How long the graph may work on one statement."""
    rows: int = 100_000
    """The most rows of an answer."""
    bytes: int = 32 * MIB
    """The most bytes of an answer, as they come from the graph."""
    memory: int = 1024 * MIB
    """The most bytes of memory for one statement and its answer, besides what the server uses
    itself. An embedded graph takes half of it as its buffer pool."""
    concurrency: int = 2
    """The most statements at a time; each has a process."""
    wait_seconds: float = 2.0
    """How long a statement waits for others to end before it is turned away."""
    send_seconds: float = 60.0
    """How long an answer may take to be taken; a server ends a transaction after this and
    `seconds`, even if nobody tells it to."""
    threads: int = 2
    """The most threads of one statement in an embedded graph."""
