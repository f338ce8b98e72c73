"""Ladybug's graphs: a file that is read by many at the same time, in this process."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from cypher.engines.answers import Answers
from cypher.engines.ladybug import OpenFile, revision
from cypher.engines.no_file import foreign, missing
from cypher.engines.quick import shared_out
from cypher.engines.refused import refused_with
from cypher.engines.renewed import Renewed
from cypher.errors import CypherError, GraphError, LimitError, QueryTimeoutError
from cypher.graph import Graph, Itself, Read, Rows, Value
from cypher.state import READ_STATE, state_of
from cypher.url import Dialect, GraphUrl

_LONG_SECONDS = 1.0
"""What an interrupted statement holds grows with the time that it had."""
_CORES = os.cpu_count() or 1

_Result = TypeVar("_Result")


class LadybugEngine:
    """The graph in one file."""

    def __init__(self, url: GraphUrl) -> None:
        self.url = url

    def revision(self) -> object:
        """A load puts another file in this one's place: its identity, size and time."""
        return revision(Path(self.url.location))

    async def open(self) -> Graph:
        """Open the file read-only; what is loaded later is seen by those who open it later."""
        path = Path(self.url.location)
        if not path.exists():
            raise missing(self.url)
        graph = await asyncio.to_thread(LadybugGraph, path)
        try:
            tables = await graph.read("CALL show_tables() RETURN name", {})
            if ["GraphState"] not in tables.values:
                raise foreign(self.url)
            state_of(await graph.read(READ_STATE, {}), str(self.url))
        except CypherError:
            await graph.close()
            raise
        return graph


class LadybugGraph(Itself):
    """An open file.

    What a statement has of the engine's memory when it is interrupted, Ladybug 0.22 keeps, and
    so it does where the memory is not enough: then the file is opened anew.
    """

    dialect = Dialect.LADYBUG

    def __init__(self, path: Path) -> None:
        """Open it. Raises as `open_database` does."""
        self._path = path
        first = OpenFile(path)
        self._revision = first.revision
        self._file = Renewed(first, self._again, OpenFile.close)

    async def read(
        self,
        text: str,
        parameters: Mapping[str, Value],
        *,
        timeout: float | None = None,
        columns: Sequence[str] = (),
        required: Sequence[str] = (),
    ) -> Rows:
        """The rows of one statement; see `cypher.graph.Graph.read`. No row changes meanwhile."""
        return await self._with_connection(
            lambda file, connection: file.rows(connection, text, parameters), timeout
        )

    def begin(
        self, reads: Sequence[Read], *, timeout: float | None = None
    ) -> Sequence[asyncio.Future[Rows]]:
        """The rows of several statements; see `cypher.graph.Graph.begin`.

        One that begins at rows of another is run in the thread that has them. While it goes on,
        they are worked on already. No more threads are used than there are cores: small
        statements take longer to wait for one another's turn than to run.
        """
        answers = Answers(len(reads))
        with self._file.used() as file:
            groups = _following(reads)
            seconds = [sum(file.pace.seconds(reads[one].text) for one in group) for group in groups]
        threads = [
            self._in_turn([one for part in parts for one in groups[part]], reads, answers, timeout)
            for parts in shared_out(seconds, _CORES)
        ]

        async def together() -> None:
            results = await asyncio.gather(*threads, return_exceptions=True)
            for error in results:
                if error is not None:
                    raise error

        return answers.begin(together())

    async def _in_turn(
        self, places: Sequence[int], reads: Sequence[Read], answers: Answers, timeout: float | None
    ) -> None:
        """Read those at `places`, each of which begins at rows of one before it."""

        def run(file: OpenFile, connection: Any) -> None:
            found: dict[int, Rows] = {}
            for place in places:
                read = reads[place]
                given = read.parameters
                if read.ids_from is not None:
                    given = {**given, "ids": read.ids_from.ids(found[read.ids_from.read])}
                found[place] = file.rows(connection, read.text, given)
                answers.settle_from_thread(place, found[place])

        await self._with_connection(run, timeout)

    async def close(self) -> None:
        """Close the connections, then the file."""
        await self._file.close()

    async def _with_connection(
        self, work: Callable[[OpenFile, Any], _Result], timeout: float | None
    ) -> _Result:
        """What `work` does with the file and one of its connections. Raises as `read` does."""
        begun = time.monotonic()
        with self._file.used() as file:
            try:
                async with asyncio.timeout(timeout):
                    return await file.threads.run(lambda connection: work(file, connection))
            except TimeoutError as error:
                self._file.spoil(file)
                raise QueryTimeoutError(f"the statement took longer than {timeout} s.") from error
            except asyncio.CancelledError:
                if time.monotonic() - begun > _LONG_SECONDS:
                    self._file.spoil(file)
                raise
            except RuntimeError as error:
                refusal = refused_with(error, timeout or 0.0)
                if isinstance(refusal, LimitError):
                    self._file.spoil(file)
                raise refusal from error

    async def _again(self) -> OpenFile | None:
        """The same file, opened anew; None if another has taken its place."""
        try:
            file = await asyncio.to_thread(OpenFile, self._path)
        except (GraphError, OSError):
            return None
        if file.revision == self._revision:
            return file
        await file.close()
        return None


def _following(reads: Sequence[Read]) -> list[list[int]]:
    """The places of statements, those together of which one begins at rows of another."""
    of: dict[int, list[int]] = {}
    for place, read in enumerate(reads):
        of[place] = [] if read.ids_from is None else of[read.ids_from.read]
        of[place].append(place)
    return [places for place, places in of.items() if places[0] == place]
