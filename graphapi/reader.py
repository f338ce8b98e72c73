"""What one request reads the graph through: batched, cached, bounded.

A resolver asks for one node's rows; the reader collects what the resolvers of one place in the
operation ask for and makes one statement of it, however many nodes the place holds. Places do
not share: what one had at hand and another had to wait for would split the batches behind
them, and the number of statements would hang on timing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql.pyutils import Path
from strawberry.dataloader import DataLoader

from cypher.catalogue import catalogue
from cypher.graph import Graph, Value
from cypher.patterns import Compiled
from graphapi.errors import UserError
from graphapi.settings import Settings

Row = Mapping[str, Any]
"""A row of a statement, by column."""

_Load = Callable[[list[str]], Awaitable[list[list[Row]]]]


class Reader:
    """Reads for one request. It must not outlive it: what it read, it keeps."""

    def __init__(self, graph: Graph, settings: Settings) -> None:
        self._graph = graph
        self._settings = settings
        self._loaders: dict[object, DataLoader[str, list[Row]]] = {}

    def at(self, field: Path) -> PlacedReader:
        """The reader of the objects that `field`, a resolver's path, and its siblings are of."""
        names, path = [], field.prev
        while path is not None:
            if isinstance(path.key, str):
                names.append(path.key)
            path = path.prev
        return PlacedReader(self, tuple(names))

    async def statement(self, name: str, /, **parameters: Value) -> Sequence[Row]:
        """The rows of a statement of the catalogue."""
        statement = catalogue()[name]
        text = statement.texts[self._graph.dialect]
        return await self._read(text, statement.checked(parameters))

    async def compiled(self, statement: Compiled) -> Sequence[Row]:
        """The rows of a compiled statement."""
        return await self._read(statement.text, statement.parameters)

    def loader(self, identity: object, load: _Load) -> DataLoader[str, list[Row]]:
        """The loader of this identity, made with `load` if there is none yet."""
        loader = self._loaders.get(identity)
        if loader is None:
            loader = self._loaders[identity] = DataLoader(load_fn=self._bounded(load))
        return loader

    def _bounded(self, load: _Load) -> _Load:
        async def bounded(keys: list[str]) -> list[list[Row]]:
            if len(keys) > self._settings.max_nodes:
                raise UserError(
                    f"the operation asks about {len(keys)} nodes in one step; the limit is "
                    f"{self._settings.max_nodes}. Ask for smaller pages.",
                    code="TOO_MANY_NODES",
                )
            return await load(keys)

        return bounded

    async def _read(self, text: str, parameters: Mapping[str, Value]) -> Sequence[Row]:
        rows = await self._graph.read(text, parameters, timeout=self._settings.statement_seconds)
        return rows.as_dicts()


@dataclass(frozen=True, slots=True)
class PlacedReader:
    """Reads about the objects of one place in an operation."""

    reader: Reader
    place: tuple[str, ...]
    """The response names of the fields that lead there, the last first."""

    async def rows(self, name: str, column: str, key: str, /, **parameters: Value) -> list[Row]:
        """The rows about one node, whose id stands in `column`, of a statement for many."""

        async def load(keys: list[str]) -> list[list[Row]]:
            found = await self.reader.statement(name, ids=keys, **parameters)
            return _grouped(found, column, keys)

        identity = (self.place, name, repr(sorted(parameters.items())))
        return await self.reader.loader(identity, load).load(key)

    async def row(self, name: str, column: str, key: str, /) -> Row | None:
        """The one row about a node; null if there is no such node."""
        rows = await self.rows(name, column, key)
        return rows[0] if rows else None

    async def begun(
        self, one: str, many: str, column: str, key: str, /, *, limit: int, **begin: Value
    ) -> list[Row]:
        """The first `limit` rows about one node, of a list that may be long.

        A single node is asked about by the statement `one`, which sorts all of its rows and
        takes `begin` as the beginning; several by `many`, which looks at stored ranks instead.
        """

        async def load(keys: list[str]) -> list[list[Row]]:
            if len(keys) == 1:
                named = {column: keys[0]}
                return [list(await self.reader.statement(one, limit=limit, **named, **begin))]
            found = await self.reader.statement(many, ids=keys, first=limit)
            return [rows[:limit] for rows in _grouped(found, column, keys)]

        return await self.reader.loader((self.place, one, limit), load).load(key)


def _grouped(rows: Sequence[Row], column: str, keys: Sequence[str]) -> list[list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return [groups.get(key, []) for key in keys]
