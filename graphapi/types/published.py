"""What published sources list of a neuron and tokens, in their own order."""

from __future__ import annotations

import strawberry

from graphapi.context import Info, reading
from graphapi.paging import Connection
from graphapi.types.associations import of_tokens
from graphapi.types.made import made
from graphapi.types.runs import OfRun
from graphapi.types.tokens import Token, Word


@strawberry.type(description="A token on which a source has a neuron's mean activation.")
class RespondedTokenEdge(OfRun):
    cursor: str = strawberry.field(description="Its place in the list.")
    mean_activation: float | None = strawberry.field(
        description="Over the token's occurrences; null if the source has none."
    )
    rank: int = strawberry.field(description="Place in the source's list, from 1.")
    node: Token = strawberry.field(description="The token.")


@strawberry.type(description="A page of tokens with a neuron's mean activations.")
class RespondedTokenConnection(Connection[RespondedTokenEdge]):
    pass


@strawberry.type(description="A word under which a source's index of tokens lists a neuron.")
class IndexEntry(OfRun):
    kind: str = strawberry.field(
        description="`activating`, or `context` for a token that it is conditioned on."
    )
    form: str = strawberry.field(description="The token in the index's own normal form.")
    word: Word = strawberry.field(description="The word.")


RESPONSES = of_tokens("responses", RespondedTokenConnection, RespondedTokenEdge)


async def index_entries(info: Info, neuron_id: str) -> list[IndexEntry]:
    """Where a neuron is listed, by kind and word."""
    rows = await reading(info).rows("index_entries", "neuron_id", neuron_id)
    return [made(IndexEntry, {**row, "word": Word(text=row["word"])}) for row in rows]
