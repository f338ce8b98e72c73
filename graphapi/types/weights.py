"""What the weights alone say of a neuron: the tokens it reads and writes, the neurons it meets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import strawberry

from graphapi.context import Info, reading
from graphapi.cursors import decode_cursor, encode_cursor
from graphapi.paging import Connection, PageInfo, cut, page_info, page_size
from graphapi.reader import Row
from graphapi.types.associations import of_tokens
from graphapi.types.tokens import Token

if TYPE_CHECKING:
    from graphapi.types.neurons import Neuron


@strawberry.type(description="A token that a neuron's weights tie it to.")
class WeightedTokenEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    weight: float = strawberry.field(
        description="Signed: above 0 drives the neuron, or makes the token likelier when it fires."
    )
    rank: int = strawberry.field(
        description="Place by size, whatever the sign, among the neuron's tokens, from 1."
    )
    node: Token = strawberry.field(description="The token.")


@strawberry.type(
    description="A page of tokens that a neuron's weights tie it to, the strongest first."
)
class WeightedTokenConnection(Connection[WeightedTokenEdge]):
    pass


@strawberry.type(description="A neuron of another layer that a neuron's weights tie it to.")
class ConnectedNeuronEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    weight: float = strawberry.field(
        description="Signed: from the earlier neuron's output to the later one's input."
    )
    rank: int = strawberry.field(
        description="Place by size, whatever the sign, among those of the earlier neuron, from 1."
    )
    node: Annotated[Neuron, strawberry.lazy("graphapi.types.neurons")] = strawberry.field(
        description="The other neuron."
    )


@strawberry.type(
    description="A page of neurons that a neuron's weights tie it to, the strongest first."
)
class ConnectedNeuronConnection(Connection[ConnectedNeuronEdge]):
    pass


READ = of_tokens("reads", WeightedTokenConnection, WeightedTokenEdge)
WRITTEN = of_tokens("writes", WeightedTokenConnection, WeightedTokenEdge)
_PLACES: dict[str, Callable[[Row], tuple[float, str]]] = {
    "connections_to": lambda row: (row["rank"], row["connected_id"]),
    "connections_from": lambda row: (-abs(row["weight"]), row["connected_id"]),
}
"""For each statement, what its rows are sorted by."""


async def connected(
    info: Info, statement: str, neuron_id: str, first: int | None, after: str | None
) -> tuple[Sequence[Row], list[str], PageInfo]:
    """A page of the neurons to or from which one leads.

    All of them are read: few are stored from each neuron. Of those that lead to one there is
    no order to begin in; they are as many on the average, and more at a hub.
    """
    size = page_size(first, info.context.settings)
    place_of = _PLACES[statement]
    begin: tuple[float, str] | None = None
    if after is not None:
        number, neuron = decode_cursor(statement, ((float, int), str), after)
        begin = (number, neuron)
    found = await reading(info).rows(statement, "neuron_id", neuron_id)
    rows, more = cut([row for row in found if begin is None or place_of(row) > begin], size)
    cursors = [encode_cursor(statement, place_of(row)) for row in rows]
    return rows, cursors, page_info(cursors, more=more, after=after)
