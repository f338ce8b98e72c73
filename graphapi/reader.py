"""What one request reads the graph through: batched, kept, bounded.

A resolver asks for one node's rows; the reader collects what the resolvers of one place in the
operation ask for and makes one statement of it, however many nodes the place holds. Places do
not share: what one had at hand and another had to wait for would split the batches behind
them, and the number of statements would hang on timing.

Whoever drives many resolvers at once (`graphapi.breadth`) is handed what each asks for; under
asyncio alone, what is asked for within one turn of the event loop is read together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql.pyutils import Path
from strawberry.dataloader import DataLoader

from cypher.catalogue import catalogue
from cypher.graph import Graph, Read, Rows, Value
from cypher.patterns import Compiled
from cypher.url import Dialect
from graphapi.errors import UserError
from graphapi.groups import Groups, Row, grouped
from graphapi.joined_reads import JoinedReads
from graphapi.sequels import Ahead, Place
from graphapi.settings import Settings

Load = Callable[[list[str]], Coroutine[Any, Any, Groups]]


class Reader:
    """Reads for one request. It must not outlive it: what it read, it keeps."""

    driven: bool
    """Whether resolvers are being driven: then they are told of, and not awaited."""

    def __init__(self, graph: Graph, settings: Settings, ahead: Ahead | None = None) -> None:
        self.driven = False
        self.settings = settings
        self._graph = graph
        self._reads = JoinedReads(graph, timeout=settings.statement_seconds, ahead=ahead)
        self._loaders: dict[object, Loader] = {}
        self._placed: tuple[Path, PlacedReader] | None = None
        self._kept: dict[object, asyncio.Future[Rows]] = {}

    @property
    def dialect(self) -> Dialect:
        """Of the graph."""
        return self._graph.dialect

    def at(self, field: Path) -> PlacedReader:
        """The reader of the objects that `field`, a resolver's path, and its siblings are of."""
        if self._placed is not None and self._placed[0] is field:
            return self._placed[1]  # the same for each object of a place that is driven
        names, path = [], field.prev
        while path is not None:
            if isinstance(path.key, str):
                names.append(path.key)
            path = path.prev
        placed = PlacedReader(self, tuple(names))
        self._placed = field, placed
        return placed

    async def statement(self, name: str, /, **parameters: Value) -> Sequence[Row]:
        """The rows of a statement of the catalogue; the same one is made once."""
        found = await self._once((name, repr(parameters)), self.read(name, parameters))
        return found.as_dicts()

    async def compiled(self, statement: Compiled) -> Sequence[Row]:
        """The rows of a compiled statement; the same one is made once."""
        return (await self.page(statement)).as_dicts()

    async def page(self, statement: Compiled) -> Rows:
        """As `compiled`, the rows as the engine gives them."""
        text, parameters = statement.text, statement.parameters
        reading = self._reads.rows(Read(text, parameters, statement.columns))
        return await self._once((text, repr(parameters)), reading)

    async def fetched(self, name: str, parameters: Mapping[str, Value]) -> Sequence[Row]:
        """The rows of a statement of the catalogue, made anew."""
        return (await self.read(name, parameters)).as_dicts()

    async def read(
        self,
        name: str,
        parameters: Mapping[str, Value],
        *,
        without: tuple[str, ...] = (),
        place: Place = (),
        about: str | None = None,
    ) -> Rows:
        """As `fetched`, the rows as the engine gives them; `place` and `about` as `JoinedReads`."""
        statement = catalogue()[name]
        read = statement.asked(self._graph.dialect, parameters, without=without)
        return await self._reads.rows(read, place=place, about=about)

    def loader(self, identity: object, load: Load) -> Loader:
        """The loader of this identity, made with `load` if there is none yet."""
        loader = self._loaders.get(identity)
        if loader is None:
            loader = self._loaders[identity] = Loader(self, load)
        return loader

    def forget(self) -> None:
        """Let go of what was read, when the request is answered.

        Readers and loaders refer to one another: rows that they kept would be in memory until
        cycles are looked for, which takes the longer the more there are.
        """
        for loader in self._loaders.values():
            loader.forget()
        self._loaders.clear()
        self._kept.clear()
        self._placed = None
        self._reads.end()

    def _once(self, asked: object, reading: Coroutine[Any, Any, Rows]) -> asyncio.Future[Rows]:
        """What `reading` gives or raises, or what it did when the same was asked before."""
        kept = self._kept.get(asked)
        if kept is None or kept.cancelled():
            kept = self._kept[asked] = asyncio.ensure_future(reading)
        else:
            reading.close()
        return kept


class Loader:
    """Rows about the nodes of one place, those of one statement."""

    def __init__(self, reader: Reader, load: Load) -> None:
        self.reader = reader
        self._load = load
        self._kept: dict[tuple[str, ...], asyncio.Future[Groups]] = {}
        self._loader: DataLoader[str, list[Row]] | None = None

    def load(self, key: str) -> Asked:
        """The rows about one node: await it."""
        return Asked(self, key)

    def one(self, key: str) -> Awaitable[list[Row]]:
        """The rows about one node, read with those that others ask for in this turn."""
        if self._loader is None:
            self._loader = DataLoader(load_fn=self.many)
        return self._loader.load(key)

    async def many(self, keys: Sequence[str]) -> list[list[Row]]:
        """The rows about each of several nodes."""
        found = await self.groups(keys)
        return [found.of(place) for place in range(len(keys))]

    async def groups(self, keys: Sequence[str]) -> Groups:
        """As `many`, without a mapping for each row."""
        once = list(dict.fromkeys(keys))
        found = await self._once(once)
        if len(once) == len(keys):
            return found
        of = dict(zip(once, found.rows, strict=True))
        return Groups(found.columns, [of[key] for key in keys])

    def forget(self) -> None:
        """Let go of what was read."""
        self._kept.clear()
        self._loader = None

    async def _once(self, keys: list[str]) -> Groups:
        """The same nodes are asked about once, by several fields or by a second execution."""
        most = self.reader.settings.max_nodes
        if len(keys) > most:
            raise UserError(
                f"the operation asks about {len(keys)} nodes in one step; the limit is "
                f"{most}. Ask for smaller pages.",
                code="TOO_MANY_NODES",
            )
        kept = self._kept.get(tuple(keys))
        if kept is None or kept.cancelled():
            kept = self._kept[tuple(keys)] = asyncio.ensure_future(self._load(keys))
        return await kept


class Asked:
    """Rows about a node that somebody asks for: await it."""

    __slots__ = ("key", "loader")

    def __init__(self, loader: Loader, key: str) -> None:
        self.loader = loader
        self.key = key

    def __await__(self) -> Generator[Any, Any, list[Row]]:
        if self.loader.reader.driven:
            rows: list[Row] = yield self
            return rows
        return (yield from self.loader.one(self.key).__await__())


@dataclass(frozen=True, slots=True)
class PlacedReader:
    """Reads about the objects of one place in an operation."""

    reader: Reader
    place: Place

    def rows(
        self, name: str, column: str, key: str, /, without: tuple[str, ...] = (), **given: Value
    ) -> Asked:
        """The rows about one node, whose id stands in `column`, of a statement for many.

        They are read `without` these columns of the statement, which takes `given`.
        """
        return self._loader(name, column, given, without).load(key)

    async def groups(
        self,
        name: str,
        column: str,
        keys: Sequence[str],
        /,
        without: tuple[str, ...] = (),
        **given: Value,
    ) -> Groups:
        """As `rows`, about each of several nodes, without a mapping for each row."""
        return await self._loader(name, column, given, without).groups(keys)

    async def row(self, name: str, column: str, key: str, /) -> Row | None:
        """The one row about a node; null if there is no such node."""
        rows = await self.rows(name, column, key)
        return rows[0] if rows else None

    def begun(
        self, one: str, many: str, column: str, key: str, /, *, limit: int, **begin: Value
    ) -> Asked:
        """The first `limit` rows about one node, of a list that may be long.

        A single node is asked about by the statement `one`, which sorts all of its rows and
        takes `begin` as the beginning; several by `many`, which looks at stored ranks instead.
        """

        async def load(keys: list[str]) -> Groups:
            if len(keys) == 1:
                named = {column: keys[0], "limit": limit, **begin}
                rows = await self.reader.read(one, named, place=self.place)
                return Groups(rows.columns, [rows.values])
            parameters = {"ids": keys, "first": limit}
            rows = await self.reader.read(many, parameters, place=self.place, about=column)
            found = grouped(rows, column, keys)
            return Groups(rows.columns, [group[:limit] for group in found.rows])

        return self.reader.loader((self.place, one, limit), load).load(key)

    def _loader(
        self, name: str, column: str, given: Mapping[str, Value], without: tuple[str, ...]
    ) -> Loader:
        async def load(keys: list[str]) -> Groups:
            parameters = {"ids": keys, **given}
            rows = await self.reader.read(
                name, parameters, without=without, place=self.place, about=column
            )
            return grouped(rows, column, keys)

        identity = (self.place, name, without, repr(sorted(given.items())))
        return self.reader.loader(identity, load)
