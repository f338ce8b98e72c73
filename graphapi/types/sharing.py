"""Neurons that share tokens with one: counted, where `similar` reads what was stored."""

from __future__ import annotations

import strawberry

from graphapi.context import Info
from graphapi.cursors import decode_cursor, encode_cursor
from graphapi.errors import UserError
from graphapi.paging import Connection, cut, page_info, page_size
from graphapi.types.associations import Layers
from graphapi.types.neurons import Neuron

_STATEMENT = "neurons_sharing_tokens"
_MOST = 2**31 - 1
"""More tokens than any two neurons share."""


@strawberry.type(description="A neuron that fires on tokens that another fires on as well.")
class SharingNeuronEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    n_shared: int = strawberry.field(description="How many tokens both fire on.")
    node: Neuron = strawberry.field(description="The neuron.")


@strawberry.type(
    description="A page of neurons that share tokens with one, those that share most first."
)
class SharingNeuronConnection(Connection[SharingNeuronEdge]):
    pass


async def neurons_sharing_tokens(
    info: Info,
    neuron: str,
    *,
    least: int,
    layers: Layers,
    first: int | None,
    after: str | None,
) -> SharingNeuronConnection:
    """A page of the neurons that share at least so many tokens with `neuron`."""
    if least < 1:
        raise UserError(f"min: {least} is out of bounds; neurons share 1 token or more.")
    size = page_size(first, info.context.settings)
    kind = f"{_STATEMENT} {neuron} {layers.value}"
    below, behind = (_MOST, "") if after is None else decode_cursor(kind, (int, str), after)
    found = await info.context.reader.statement(
        _STATEMENT,
        neuron=neuron,
        layers=layers.value,
        least=least,
        below=below,
        after=behind,
        limit=size + 1,
    )
    rows, more = cut(found, size)
    cursors = [encode_cursor(kind, [row["n_shared"], row["neuron_id"]]) for row in rows]
    edges = [
        SharingNeuronEdge(
            cursor=cursor,
            n_shared=row["n_shared"],
            node=Neuron(id=strawberry.ID(row["neuron_id"])),
        )
        for row, cursor in zip(rows, cursors, strict=True)
    ]
    return SharingNeuronConnection(
        edges=edges, page_info=page_info(cursors, more=more, after=after)
    )
