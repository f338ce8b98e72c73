"""What a neuron fires on, what it is conditioned on, and what it resembles: pages of its edges."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import strawberry

from graphapi.context import Info, reading
from graphapi.cursors import decode_cursor, deferred_cursor
from graphapi.paging import Connection, PageInfo, cut, page_info, page_size
from graphapi.reader import Row
from graphapi.types.tokens import Token

if TYPE_CHECKING:
    from graphapi.types.neurons import Neuron


@strawberry.enum(description="Which layers similar neurons may be of.")
class Layers(Enum):
    ANY = strawberry.enum_value("any", description="Any layer.")
    SAME = strawberry.enum_value(
        "same",
        description="The neuron's own layer: those of its most similar neurons that are there.",
    )
    OTHER = strawberry.enum_value("other", description="Layers other than its own.")


_SIMILAR = {
    Layers.ANY: "similar",
    Layers.SAME: "similar_in_layer",
    Layers.OTHER: "similar_across_layers",
}
"""The statement for each."""


@strawberry.type(description="A token that a neuron fires on.")
class ActivatingTokenEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    activation: float = strawberry.field(description="Share of the neuron's maximum, 0 to 1.")
    rank: int = strawberry.field(description="Place among the neuron's tokens, from 1.")
    token_rank: int = strawberry.field(
        description="Place of the neuron among those of its model that fire on the token, from 1."
    )
    node: Token = strawberry.field(description="The token.")


@strawberry.type(description="A page of tokens that a neuron fires on, the strongest first.")
class ActivatingTokenConnection(Connection[ActivatingTokenEdge]):
    pass


@strawberry.type(description="A token in whose context a neuron fires.")
class ContextTokenEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    importance: float = strawberry.field(
        description="Share of the activation that is lost without it, up to 1."
    )
    distance: int = strawberry.field(
        description="Nearest occurrence, in tokens back from the activating one."
    )
    rank: int = strawberry.field(description="Place among the neuron's context tokens, from 1.")
    node: Token = strawberry.field(description="The token.")


@strawberry.type(
    description="A page of tokens in whose context a neuron fires, the most important first."
)
class ContextTokenConnection(Connection[ContextTokenEdge]):
    pass


@strawberry.type(description="A neuron that is like another.")
class SimilarNeuronEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    measure: str = strawberry.field(description="How likeness was measured.")
    similarity: float = strawberry.field(description="0 to 1.")
    n_shared: int | None = strawberry.field(description="How many tokens both fire on.")
    rank: int = strawberry.field(
        description="Stored place, from 1: with OTHER among those of other layers, else among all."
    )
    node: Annotated[Neuron, strawberry.lazy("graphapi.types.neurons")] = strawberry.field(
        description="The neuron that is like it."
    )
    neuron_id: strawberry.Private[str]

    @strawberry.field(description="The tokens that both fire on, the surest first.")
    async def shared_tokens(self, info: Info) -> list[str]:
        rows = await reading(info).rows("shared_tokens", "neuron_id", self.neuron_id)
        return [row["token"] for row in rows if row["similar_id"] == self.node.id]


@strawberry.type(description="A page of neurons that are like one, the most similar first.")
class SimilarNeuronConnection(Connection[SimilarNeuronEdge]):
    pass


async def ranked(
    info: Info, statement: str, neuron_id: str, first: int | None, after: str | None
) -> tuple[Sequence[Row], list[str], PageInfo]:
    """A page of the tokens of a neuron, which stand there by rank."""
    size = page_size(first, info.context.settings)
    rank, token = (0, "") if after is None else decode_cursor(statement, (int, str), after)
    # Equal ranks are read again and dropped here, so that none is lost between two pages.
    found = await reading(info).rows(
        statement, "neuron_id", neuron_id, **{"from": rank, "until": rank + size + 1}
    )
    behind = [row for row in found if (row["rank"], row["token"]) > (rank, token)]
    rows, more = cut(behind, size)
    cursors = [
        deferred_cursor(statement, lambda row=row: [row["rank"], row["token"]])  # type: ignore[misc]
        for row in rows
    ]
    return rows, cursors, page_info(cursors, more=more, after=after)


async def similar(
    info: Info, layers: Layers, neuron_id: str, first: int | None, after: str | None
) -> tuple[Sequence[Row], list[str], PageInfo]:
    """A page of similar neurons. Few are stored for each, and all of them are read."""
    size = page_size(first, info.context.settings)
    statement = _SIMILAR[layers]
    place = (0, "", "")
    if after is not None:
        place = tuple(decode_cursor(statement, (int, str, str), after))
    found = await reading(info).rows(statement, "neuron_id", neuron_id)
    rows, more = cut([row for row in found if _similar_place(row) > place], size)
    cursors = [deferred_cursor(statement, partial(_similar_place, row)) for row in rows]
    return rows, cursors, page_info(cursors, more=more, after=after)


def _similar_place(row: Row) -> tuple[int, str, str]:
    return row["rank"], row["measure"], row["similar_id"]
