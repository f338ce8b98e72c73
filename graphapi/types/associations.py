"""What a neuron fires on, what it is conditioned on, and what it resembles: pages of its edges."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar, cast

import strawberry

from cypher.graph import Value
from graphapi.breadth.columns import Column, Many, Objects, column_of
from graphapi.context import Info, reading
from graphapi.cursors import decode_cursor
from graphapi.edges import SELDOM, EdgeList
from graphapi.groups import Groups, Row
from graphapi.paging import Connection, page_size
from graphapi.read_whole import Page, page_of
from graphapi.selection import selects
from graphapi.types.runs import OfRun
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
class ActivatingTokenEdge(OfRun):
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
class ContextTokenEdge(OfRun):
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
class SimilarNeuronEdge(OfRun):
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


_Tokens = TypeVar("_Tokens")
_PLACE = ("rank", "token", "run_id")
"""What a list of tokens is sorted by: each run has ranks of its own."""
_SELDOM = ("token_rank", "run_id")
_NEURON = "neuron_id"


def of_tokens(statement: str, connection: type[_Tokens], edge: type) -> EdgeList[_Tokens]:
    """A list of the tokens of a neuron, which stand there by rank."""

    def tokens(columns: Mapping[str, Column]) -> Objects[Token]:
        return Objects(Token, len(columns["token"]), {"text": columns["token"]})

    return EdgeList(statement, connection, edge, _PLACE, tokens, _NEURON, _SELDOM)


ACTIVATING = of_tokens("activating_tokens", ActivatingTokenConnection, ActivatingTokenEdge)
CONTEXT = of_tokens("context_tokens", ContextTokenConnection, ContextTokenEdge)


async def tokens_of(
    kind: EdgeList[_Tokens],
    neuron_id: str,
    info: Info,
    *,
    run: str | None,
    first: int | None,
    after: str | None,
) -> _Tokens:
    """A page of the tokens of a neuron, of one run or of all. Raises UserError."""
    asked = _Asked.of(kind, info, run=run, first=first, after=after)

    async def read(without: tuple[str, ...]) -> Groups:
        rows = await reading(info).rows(
            kind.kind, _NEURON, neuron_id, without=without, **asked.parameters
        )
        return Groups.one(rows, list(rows[0]) if rows else (_NEURON, *_PLACE))

    (page,) = await asked.pages(read)
    return page


def tokens_of_many(kind: EdgeList[_Tokens]) -> Many:
    """As `tokens_of`, for many neurons."""

    async def many(
        sources: Sequence[Neuron],
        info: Info,
        *,
        run: str | None,
        first: int | None,
        after: str | None,
    ) -> Objects[_Tokens]:
        asked = _Asked.of(kind, info, run=run, first=first, after=after)
        ids = column_of(sources, "id")

        async def read(without: tuple[str, ...]) -> Groups:
            given = asked.parameters
            return await reading(info).groups(kind.kind, _NEURON, ids, without=without, **given)

        return await asked.pages(read)

    return many


@dataclass(frozen=True, slots=True)
class _Asked(Generic[_Tokens]):
    """What of a list of tokens is asked for."""

    kind: EdgeList[_Tokens]
    size: int
    after: tuple[int, str, str] | None
    parameters: dict[str, Value]
    """Of the statement."""
    without: tuple[str, ...]
    """The columns that nothing of it is made of."""

    @classmethod
    def of(
        cls,
        kind: EdgeList[_Tokens],
        info: Info,
        *,
        run: str | None,
        first: int | None,
        after: str | None,
    ) -> _Asked[_Tokens]:
        size = page_size(first, info.context.settings)
        rank, place = 0, None
        if after is not None:
            rank, token, of = decode_cursor(kind.kind, (int, str, str), after)
            place = (rank, token, of)
        # Equal ranks are read again and dropped later, so that none is lost between two pages.
        more = selects(info, ("pageInfo",))
        parameters: dict[str, Value] = {"from": rank, "until": rank + size + more, "run": run or ""}
        whole = after is not None or selects(info, SELDOM)
        return cls(kind, size, place, parameters, () if whole else kind.seldom)

    async def pages(self, read: Callable[[tuple[str, ...]], Awaitable[Groups]]) -> Objects[_Tokens]:
        """The pages of what is read without some columns, or where these are needed to sort, with."""
        pages = self.kind.pages(await read(self.without), self.size, after=self.after)
        if pages is None:
            pages = self.kind.pages(await read(()), self.size, after=self.after)
        return cast("Objects[_Tokens]", pages)  # of whole rows it is known which comes first


async def similar(
    info: Info,
    layers: Layers,
    neuron_id: str,
    run: str | None,
    *,
    first: int | None,
    after: str | None,
) -> Page:
    """A page of similar neurons. Few are stored for each, and all of them are read."""
    name = _SIMILAR[layers]
    found = await reading(info).rows(name, "neuron_id", neuron_id, run=run or "")
    types = (int, str, str, str)
    return page_of(info, name, found, place=_similar_place, types=types, first=first, after=after)


def _similar_place(row: Row) -> tuple[int, str, str, str]:
    return row["rank"], row["measure"], row["similar_id"], row["run_id"]
