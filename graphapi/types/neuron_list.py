"""Pages of the neurons that meet a filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import strawberry

from cypher.errors import QueryError
from cypher.graph import Rows
from cypher.patterns import NeuronOrder, Plan, Position, plan
from cypher.patterns.compile import PROPERTIES as ALL
from cypher.patterns.facets import Matched
from cypher.url import Dialect
from graphapi.breadth.columns import Column, Objects
from graphapi.context import Info
from graphapi.cursors import decode_cursor, encode_cursor
from graphapi.errors import UserError
from graphapi.groups import Row, columns_of
from graphapi.paging import Connection, cut, page_info, page_size
from graphapi.selection import columns_selected, selects
from graphapi.types.filters import NeuronFilterInput, NeuronOrderInput, order
from graphapi.types.filters_read import conditions
from graphapi.types.measurements import STATISTICS
from graphapi.types.neurons import PROPERTIES, Neuron, NeuronEdge

_NUMBERS = ("layer_index", *STATISTICS)
_IN_ROW = frozenset(_NUMBERS)
"""The columns of a page that has all numbers of its neurons."""
_OF_ROW = PROPERTIES - {"statistics"}
"""The fields of a neuron that are made of its row, where its statistics are made of columns."""


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
    page = meeting.page(sorting, limit=size + 1, after=place, properties=_wanted(info))
    found = await reader.page(page)
    values, more = cut(found.values, size)
    rows = Rows(found.columns, [*values])
    columns = columns_of(found.columns, values)

    def cursor(row: Row) -> str:
        return encode_cursor(_kind(sorting), sorting.position(row).values())

    def cursors(of: Sequence[Row]) -> list[str]:
        return [cursor(row) for row in of]

    fields: dict[str, Column | Callable[[], Column]] = {
        name: columns[name] for name in ("id", *STATISTICS) if name in columns
    }
    if columns.keys() >= _IN_ROW:
        fields["row"] = rows.as_dicts
    nodes = Objects(Neuron, len(values), fields)
    edges = Objects(
        NeuronEdge, len(values), {"cursor": lambda: cursors(rows.as_dicts()), "node": nodes}
    )
    ends = Rows(rows.columns, [*values[:1], *values[-1:]])
    return NeuronConnection(
        edges=edges,  # type: ignore[arg-type]  # as good as a list
        page_info=page_info(cursors(ends.as_dicts()), more=more, after=after),
        plan=meeting,
    )


def _wanted(info: Info) -> Sequence[str]:
    """The properties that come along with a page; what else is wanted of them is read by id."""
    if not selects(info, _OF_ROW):
        return columns_selected(info, STATISTICS)
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
