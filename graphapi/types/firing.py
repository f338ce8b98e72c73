"""Pages of the neurons of a token or a word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import strawberry

from cypher.graph import Value
from graphapi.context import Info, reading
from graphapi.cursors import decode_cursor, encode_cursor
from graphapi.groups import Row
from graphapi.paging import PageInfo, cut, page_info, page_size
from graphapi.types.neurons import Neuron
from graphapi.types.tokens import (
    ConditionedNeuronConnection,
    ConditionedNeuronEdge,
    FiringNeuronConnection,
    FiringNeuronEdge,
    WeightedNeuronConnection,
    WeightedNeuronEdge,
    WordNeuronConnection,
    WordNeuronEdge,
)

_BEGIN: dict[str, Value] = {"below": 2.0, "after": ""}
"""Before every place: no share of a maximum is above 1."""


@dataclass(frozen=True, slots=True)
class _List:
    """A kind of list: the neurons of a node, sorted by a number and then by id."""

    one: str
    """The statement for one node."""
    many: str
    """The statement for several."""
    column: str
    """The column of the node, which is also the parameter of `one`."""
    value: str
    """The column that the list is sorted by."""


_TOKEN = _List("firing_on_token", "firing_on_tokens", "token", "activation")
_WORD = _List("firing_on_word", "firing_on_words", "word", "activation")
_CONTEXT = _List("conditioned_on_token", "conditioned_on_tokens", "token", "importance")


async def firing_on_token(
    info: Info, token: str, first: int | None, after: str | None
) -> FiringNeuronConnection:
    """A page of the neurons that fire on a token."""
    rows, cursors, place = await _page(info, _TOKEN, token, first, after)
    edges = [
        FiringNeuronEdge(
            cursor=cursor,
            activation=row["activation"],
            rank=row["rank"],
            token_rank=row["token_rank"],
            node=_neuron(row),
        )
        for row, cursor in zip(rows, cursors, strict=True)
    ]
    return FiringNeuronConnection(edges=edges, page_info=place)


async def firing_on_word(
    info: Info, word: str, first: int | None, after: str | None
) -> WordNeuronConnection:
    """A page of the neurons that fire on a token of a word."""
    rows, cursors, place = await _page(info, _WORD, word, first, after)
    edges = [
        WordNeuronEdge(cursor=cursor, activation=row["activation"], node=_neuron(row))
        for row, cursor in zip(rows, cursors, strict=True)
    ]
    return WordNeuronConnection(edges=edges, page_info=place)


async def conditioned_on_token(
    info: Info, token: str, first: int | None, after: str | None
) -> ConditionedNeuronConnection:
    """A page of the neurons that fire in the context of a token."""
    rows, cursors, place = await _page(info, _CONTEXT, token, first, after)
    edges = [
        ConditionedNeuronEdge(
            cursor=cursor,
            importance=row["importance"],
            distance=row["distance"],
            rank=row["rank"],
            node=_neuron(row),
        )
        for row, cursor in zip(rows, cursors, strict=True)
    ]
    return ConditionedNeuronConnection(edges=edges, page_info=place)


async def weighted_by(
    info: Info, statement: str, token: str, first: int | None, after: str | None
) -> WeightedNeuronConnection:
    """A page of the neurons whose weights tie them to a token.

    All of its neurons are read, in one statement for all tokens of a place: there is no stored
    order among them to begin in.
    """
    size = page_size(first, info.context.settings)
    kind = f"{statement} {token}"
    begin: tuple[float, str] | None = None
    if after is not None:
        size_of_last, neuron = decode_cursor(kind, ((float, int), str), after)
        begin = (-size_of_last, neuron)
    found = await reading(info).rows(statement, "token", token)
    behind = [
        row for row in found if begin is None or (-abs(row["weight"]), row["neuron_id"]) > begin
    ]
    rows, more = cut(behind, size)
    cursors = [encode_cursor(kind, [abs(row["weight"]), row["neuron_id"]]) for row in rows]
    edges = [
        WeightedNeuronEdge(cursor=cursor, weight=row["weight"], rank=row["rank"], node=_neuron(row))
        for row, cursor in zip(rows, cursors, strict=True)
    ]
    return WeightedNeuronConnection(
        edges=edges, page_info=page_info(cursors, more=more, after=after)
    )


async def _page(
    info: Info, kind: _List, key: str, first: int | None, after: str | None
) -> tuple[Sequence[Row], list[str], PageInfo]:
    size = page_size(first, info.context.settings)
    # A cursor is of one node's list: where it begins there means nothing in another's.
    name = f"{kind.one} {key}"
    if after is None:
        found: Sequence[Row] = await reading(info).begun(
            kind.one, kind.many, kind.column, key, limit=size + 1, **_BEGIN
        )
    else:
        below, neuron = decode_cursor(name, ((float, int), str), after)
        place = {kind.column: key, "below": float(below), "after": neuron}
        found = await info.context.reader.statement(kind.one, limit=size + 1, **place)
    rows, more = cut(found, size)
    cursors = [encode_cursor(name, [row[kind.value], row["neuron_id"]]) for row in rows]
    return rows, cursors, page_info(cursors, more=more, after=after)


def _neuron(row: Row) -> Neuron:
    return Neuron(id=strawberry.ID(row["neuron_id"]))
