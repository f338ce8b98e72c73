"""What the weights alone say of a neuron: the tokens it reads and writes, the neurons it meets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from graphapi.context import Info, reading
from graphapi.groups import Row
from graphapi.paging import Connection
from graphapi.read_whole import Page, page_of
from graphapi.types.associations import of_tokens
from graphapi.types.runs import OfRun
from graphapi.types.tokens import Token

if TYPE_CHECKING:
    from graphapi.types.neurons import Neuron


@strawberry.type(description="A token that a neuron's weights tie it to.")
class WeightedTokenEdge(OfRun):
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
class ConnectedNeuronEdge(OfRun):
    cursor: str = strawberry.field(description="Its place in the list.")
    weight: float = strawberry.field(
        description="Signed: from the earlier neuron's output to the later one's input."
    )
    rank: int = strawberry.field(
        description="Place by size, whatever the sign, in the run's list for one of the two neurons, "
        "from 1."
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
_FROM = ("connections_from", "connections_listed_from")
"""The statements of what leads to a neuron: as it is listed for the earlier one, and for it."""


async def connected_to(
    info: Info, neuron_id: str, run: str | None, *, first: int | None, after: str | None
) -> Page:
    """A page of the neurons that one leads to. Few are stored of each."""
    name = "connections_to"
    found = await reading(info).rows(name, "neuron_id", neuron_id, run=run or "")
    types = (int, str, str)
    return page_of(info, name, found, place=_by_rank, types=types, first=first, after=after)


async def connected_from(
    info: Info, neuron_id: str, run: str | None, *, first: int | None, after: str | None
) -> Page:
    """A page of the neurons that lead to one, the strongest first.

    They are as many on the average as those that one leads to, and more at a hub.
    """
    found: list[Row] = []
    for name in _FROM:
        found += await reading(info).rows(name, "neuron_id", neuron_id, run=run or "")
    types = ((float, int), str, str)
    return page_of(info, _FROM[0], found, place=_by_weight, types=types, first=first, after=after)


def _by_rank(row: Row) -> tuple[int, str, str]:
    return row["rank"], row["connected_id"], row["run_id"]


def _by_weight(row: Row) -> tuple[float, str, str]:
    return -abs(row["weight"]), row["connected_id"], row["run_id"]
