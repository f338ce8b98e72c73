"""What an engine can do, whichever it is: hold a graph, load packs, answer statements."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, Self, cast, runtime_checkable

from cypher.url import Dialect, GraphUrl

if TYPE_CHECKING:
    from cypher.pack import Pack  # pyarrow is slow to import, and who asks needs none

Value = object
"""A value of a row or a parameter: None, bool, int, float, str, or a list or mapping of such."""

SCALARS = frozenset({str, float, int, bool, type(None)})
"""Types of values that hold no others."""

Progress = Callable[[str, int, int], None]
"""Called while a load goes on: what is being done, rows done, rows in all."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a statement returned."""

    columns: tuple[str, ...]
    values: list[list[Value]]
    """One list per row, or a tuple, for nobody changes them, in the order of `columns`."""

    def as_dicts(self) -> list[dict[str, Value]]:
        """The rows by column."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.values]


class NodeRows(Rows):
    """Rows about several nodes, those of each behind one another, as columns."""

    __slots__ = ("by_column", "nodes")

    by_column: Sequence[Sequence[Value]]
    """The values of each column, in the order of `columns`."""
    nodes: Sequence[tuple[Value, int, int]]
    """Each node that has rows: its id, where they begin and where they end."""

    def __init__(
        self,
        columns: tuple[str, ...],
        by_column: Sequence[Sequence[Value]],
        nodes: Sequence[tuple[Value, int, int]],
    ) -> None:
        object.__setattr__(self, "columns", columns)
        object.__setattr__(self, "by_column", by_column)
        object.__setattr__(self, "nodes", nodes)

    @property
    def values(self) -> list[list[Value]]:
        """The rows, made of the columns each time: tuples."""
        return cast("list[list[Value]]", list(zip(*self.by_column, strict=True)))


@dataclass(frozen=True, slots=True)
class IdsFrom:
    """The rows of another statement whose ids a statement is about."""

    read: int
    """Which of those that are read together; it comes before."""
    column: int
    rows: int
    """Of the first so many."""

    def ids(self, found: Rows) -> list[Value]:
        """Those in the rows of the other, each once."""
        return list(dict.fromkeys(row[self.column] for row in found.values[: self.rows]))


@dataclass(frozen=True, slots=True)
class Read:
    """A statement that is to be read."""

    text: str
    parameters: Mapping[str, Value]
    columns: Sequence[str]
    """All of its columns."""
    required: Sequence[str] = ()
    """Those that are null in no row, unless the row is being deleted while it is read."""
    ids_from: IdsFrom | None = None
    """Where the ids come from of one that begins `UNWIND $ids AS …`, and is given none."""


async def rows_of(graph: Graph, read: Read, *, timeout: float | None = None) -> Rows:
    """The rows of a statement. Raises as `Graph.read` does."""
    return await graph.read(
        read.text,
        read.parameters,
        timeout=timeout,
        columns=read.columns,
        required=read.required,
    )


class OnConflict(StrEnum):
    """What a load does where a pack and the graph say different things of a model or a layer."""

    STOP = "stop"
    """Load nothing, and say what both say."""
    KEEP = "keep"
    """What the graph says stays."""
    REPLACE = "replace"
    """What the pack says takes its place."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did."""

    load_id: str
    """The graph's new load id: a hash of everything that is loaded."""
    written: dict[str, int]
    """Rows written, by table."""


@runtime_checkable
class Graph(Protocol):
    """An open graph that answers read statements."""

    @property
    def dialect(self) -> Dialect:
        """Whose Cypher it speaks."""
        ...

    @property
    def itself(self) -> Graph:
        """The graph; where this one only passes statements on, the one that answers them."""
        ...

    async def read(
        self,
        text: str,
        parameters: Mapping[str, Value],
        *,
        timeout: float | None = None,
        columns: Sequence[str] = (),
        required: Sequence[str] = (),
    ) -> Rows:
        """The rows of one read statement.

        `timeout` is in seconds. Whoever knows the names of all `columns` says them: then a server
        can send the rows as one value, which takes a twentieth of the time; and those `required`
        are null in none, even while a load deletes what is read. Raises QueryError if the engine
        refuses the statement or the time is over, GraphUnavailableError if it has gone away.
        """
        ...

    def begin(
        self, reads: Sequence[Read], *, timeout: float | None = None
    ) -> Sequence[asyncio.Future[Rows]]:
        """The rows of several statements, waited for one by one.

        They are asked in one round trip where there is one; elsewhere, one whose ids come from
        another's rows begins as soon as these are there. `timeout` is that of all together.
        Whoever has no use for one cancels it. They raise as `read` does: of a server all raise
        what one of them raised.
        """
        ...

    async def close(self) -> None:
        """Give back its connections."""
        ...


class Itself:
    """What answers statements itself, and passes none on."""

    @property
    def itself(self) -> Self:
        """This graph."""
        return self


class Engine(Protocol):
    """What holds a graph."""

    @property
    def url(self) -> GraphUrl:
        """Where the graph is."""
        ...

    def revision(self) -> object:
        """What differs once another graph has taken this one's place, and must be opened anew.

        None where a graph changes in place: its `State` says what it holds. Raises OSError if
        the graph is gone.
        """
        ...

    async def open(self) -> Graph:
        """The graph, for reading.

        Raises GraphUnavailableError, GraphBusyError or SchemaVersionError.
        """
        ...


class Load(Protocol):
    """What loads packs into one engine's graphs; `cypher.load` has one for each."""

    def __call__(
        self, url: GraphUrl, pack: Pack, progress: Progress, on_conflict: OnConflict
    ) -> LoadReport:
        """Replace what the pack covers by what it holds.

        Raises LoadError and whatever `Engine.open` raises.
        """
        ...
