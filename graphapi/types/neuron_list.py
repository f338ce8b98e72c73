"""Pages of the neurons that meet a filter."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from cypher.errors import QueryError
from cypher.patterns import NeuronOrder, Plan, Position, plan
from cypher.patterns.compile import PROPERTIES as ALL
from cypher.patterns.facets import Matched
from cypher.schema import STATISTICS
from cypher.url import Dialect
from graphapi.breadth.columns import Objects
from graphapi.context import Info
from graphapi.cursors import decode_cursor, encode_cursor
from graphapi.errors import UserError
from graphapi.paging import Connection, cut, page_info, page_size
from graphapi.reader import Row
from graphapi.selection import selects
from graphapi.types.filters import NeuronFilterInput, NeuronOrderInput, order
from graphapi.types.filters_read import conditions
from graphapi.types.neurons import PROPERTIES, Neuron, NeuronEdge

_NUMBERS = ("layer_index", *(column.name for column in STATISTICS))


@strawberry.type(description="A page of neurons.")
class NeuronConnection(Connection[NeuronEdge]):
    plan: strawberry.Private[Plan]

    @strawberry.field(
        description="How many neurons meet the filter. Counted only if it is asked for."
    )
    async def total_count(self, info: Info) -> int:
        (row,) = await info.context.reader.compiled(self.plan.count())
        return int(row["total"])


async def neurons(
    info: Info,
    where: NeuronFilterInput | None,
    order_by: NeuronOrderInput | None,
    first: int | None,
    after: str | None,
) -> NeuronConnection:
    """A page of the neurons that meet `where`."""
    size = page_size(first, info.context.settings)
    sorting = order(order_by)
    place = _place(sorting, after)
    meeting = await planned(info, where)
    reader = info.context.reader
    wanted = _wanted(info)
    page = meeting.page(sorting, limit=size + 1, after=place, properties=wanted)
    found = await reader.compiled(page)
    rows, more = cut(found, size)

    def cursor(row: Row) -> str:
        return encode_cursor(_kind(sorting), sorting.position(row).values())

    ids = [row["id"] for row in rows]
    nodes = Objects(Neuron, len(rows), {"id": ids, **({"row": rows} if wanted else {})})
    edges = Objects(
        NeuronEdge, len(rows), {"cursor": lambda: [cursor(row) for row in rows], "node": nodes}
    )
    ends = [cursor(row) for row in (*rows[:1], *rows[-1:])]
    return NeuronConnection(
        edges=edges,  # type: ignore[arg-type]  # as good as a list
        page_info=page_info(ends, more=more, after=after),
        plan=meeting,
    )


def _wanted(info: Info) -> Sequence[str]:
    """The properties that come along with a page; what else is wanted of them is read by id."""
    if not selects(info, PROPERTIES):
        return ()
    if info.context.reader.dialect is Dialect.NEO4J:
        return ALL
    return () if selects(info, ("run",)) else _NUMBERS


async def matching(info: Info, where: NeuronFilterInput | None) -> Matched:
    """What binds the neurons that meet `where`, for statements about all of them."""
    return (await planned(info, where)).matched


async def planned(info: Info, where: NeuronFilterInput | None) -> Plan:
    """How the neurons that meet `where` are looked for. Raises UserError."""
    settings = info.context.settings
    asked = conditions(where, settings)
    return await plan(info.context.graph, asked, timeout=settings.statement_seconds)


def _kind(sorting: NeuronOrder) -> str:
    return f"neurons by {sorting.by or 'id'}{' descending' if sorting.descending else ''}"


def _place(sorting: NeuronOrder, after: str | None) -> Position | None:
    if after is None:
        return None
    number = (float, int, type(None))
    values = decode_cursor(_kind(sorting), (number, str, int, str, int), after)
    try:
        return sorting.position_of(values)
    except QueryError as error:
        raise UserError(f"after: {error}") from error
