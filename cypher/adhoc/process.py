"""One process that answers ad-hoc statements, from the side of who started it."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from typing import Any

from cypher import errors
from cypher.adhoc.frames import HEADER, content_of, frame
from cypher.adhoc.limits import Limits
from cypher.graph import Value
from cypher.url import GraphUrl

_START_SECONDS = 60.0
"""The longest that a process may take to open the graph."""
_GRACE_SECONDS = 1.0
"""How much longer than a statement's time its process may take to say so."""
_CANCEL_SECONDS = 0.5
"""How long a process may take to stop once it is told to."""
_READ_AHEAD = 256 * 1024


class Process:
    """A running `cypher.adhoc.worker`. One statement at a time; any trouble ends it."""

    def __init__(self, child: asyncio.subprocess.Process, limits: Limits, version: object) -> None:
        self._child = child
        self._limits = limits
        self.version = version
        """Which file it has open; another has taken its place if this is another."""
        self.busy_with = ""
        """The name of the statement that may still be under way in the graph, or empty."""

    @classmethod
    async def start(
        cls, url: GraphUrl, limits: Limits, version: object, *, left_over: str
    ) -> Process:
        """A process that has opened the graph.

        On a server it first sees the transaction `left_over` ended. Raises whatever opening the
        graph raises.
        """
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "cypher.adhoc.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=_READ_AHEAD,
            start_new_session=True,  # a Ctrl-C is for the parent; the child leaves with it
        )
        process = cls(child, limits, version)
        settings = {
            **asdict(limits),
            "url": (url.location, url.user, url.password, url.database),
            "dialect": str(url.dialect),
            "left_over": left_over,
        }
        try:
            await process._send("settings", settings)
            async with asyncio.timeout(_START_SECONDS):
                content = await process._received()
            if content[0] == "error":
                raise _error(content)
        except TimeoutError as error:
            await process.kill()
            raise errors.GraphUnavailableError(
                f"a process for ad-hoc statements did not open {url} within {_START_SECONDS:g} s."
            ) from error
        except BaseException:
            await process.kill()
            raise
        return process

    @property
    def alive(self) -> bool:
        """True while it can answer."""
        return self._child.returncode is None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._child.pid

    async def run(
        self, name: str, text: str, parameters: Mapping[str, Value]
    ) -> AsyncIterator[tuple[str, ...] | list[list[Value]]]:
        """The columns of a statement, then its rows in batches.

        Raises QueryError, QueryTimeoutError, LimitError, or GraphUnavailableError. The time that
        the reader takes between batches does not count.
        """
        self.busy_with = name
        await self._send("run", name, text, dict(parameters))
        left = self._limits.seconds + _GRACE_SECONDS
        while True:
            began = time.monotonic()
            try:
                async with asyncio.timeout(max(0.0, left)):
                    content = await self._received()
            except TimeoutError as error:
                await self.kill()
                raise errors.QueryTimeoutError(
                    f"the statement took longer than {self._limits.seconds:g} s."
                ) from error
            left -= time.monotonic() - began
            match content:
                case ("columns", columns):
                    yield tuple(columns)
                case ("rows", rows):
                    yield rows
                case ("end",):
                    self.busy_with = ""
                    return
                case _:
                    self.busy_with = ""
                    raise _error(content)

    async def cancel(self) -> None:
        """End the statement under way; the process itself, if it does not stop."""
        if not self.busy_with:
            return
        with contextlib.suppress(TimeoutError, errors.CypherError):
            async with asyncio.timeout(_CANCEL_SECONDS):
                await self._send("cancel")
                while (await self._received())[0] not in ("end", "error"):
                    pass
                self.busy_with = ""
        if self.busy_with:
            await self.kill()

    async def kill(self) -> None:
        """End the process."""
        if self.alive:
            with contextlib.suppress(ProcessLookupError):
                self._child.kill()
        await self._child.wait()

    async def _send(self, *content: Any) -> None:
        assert self._child.stdin is not None
        with contextlib.suppress(ConnectionError):  # it has died; reading says so
            self._child.stdin.write(frame(*content))
            await self._child.stdin.drain()

    async def _received(self) -> tuple[Any, ...]:
        assert self._child.stdout is not None
        try:
            header = await self._child.stdout.readexactly(HEADER.size)
            (size,) = HEADER.unpack(header)
            return content_of(await self._child.stdout.readexactly(size))
        except asyncio.IncompleteReadError as error:
            with contextlib.suppress(TimeoutError):  # it has ended, or is about to
                async with asyncio.timeout(_CANCEL_SECONDS):
                    await self._child.wait()
            await self.kill()
            raise errors.LimitError(
                f"the statement took its process down: it needs more memory than a statement may "
                f"have ({self._limits.memory // 2**20} MiB), or the graph's engine failed.",
                "memory",
            ) from error


def _error(content: tuple[Any, ...]) -> errors.CypherError:
    _, kind, message, limit = content
    if kind == "LimitError":
        return errors.LimitError(message, limit)
    made: errors.CypherError = getattr(errors, kind)(message)
    return made
