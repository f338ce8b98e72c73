"""Pages of the neurons that meet a filter."""

from __future__ import annotations

import strawberry

from cypher.errors import QueryError
from cypher.patterns import AllOf, NeuronOrder, Position, count, page
from cypher.patterns.compile import matched
from cypher.patterns.facets import Matched
from graphapi.context import Info
from graphapi.cursors import decode_cursor, encode_cursor
from graphapi.errors import UserError
from graphapi.paging import Connection, cut, page_info, page_size
from graphapi.types.filters import NeuronFilterInput, NeuronOrderInput, conditions, order
from graphapi.types.neurons import Neuron, NeuronEdge


@strawberry.type(description="A page of neurons.")
class NeuronConnection(Connection[NeuronEdge]):
    where: strawberry.Private[AllOf]

    @strawberry.field(
        description="How many neurons meet the filter. Counted only if it is asked for."
    )
    async def total_count(self, info: Info) -> int:
        (row,) = await info.context.reader.compiled(count(self.where))
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
    meeting, sorting = conditions(where), order(order_by)
    place = _place(sorting, after)
    found = await info.context.reader.compiled(page(meeting, sorting, limit=size + 1, after=place))
    rows, more = cut(found, size)
    cursors = [encode_cursor(_kind(sorting), sorting.position(row).values()) for row in rows]
    edges = [
        NeuronEdge(cursor=cursor, node=Neuron(id=row["id"], row=row))
        for row, cursor in zip(rows, cursors, strict=True)
    ]
    return NeuronConnection(
        edges=edges, page_info=page_info(cursors, more=more, after=after), where=meeting
    )


async def matching(info: Info, where: NeuronFilterInput | None) -> Matched:
    """What binds the neurons that meet `where`, for statements about all of them."""
    del info
    return matched(conditions(where))


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
