"""Rows that were deleted while they were read.

A server shows what is committed at each moment, not at one: of a relationship that a statement
has found, and that a load deletes before the statement reads its properties, these are null.
Columns that are null in no row of a graph that rests tell such rows from whole ones.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from itertools import chain
from typing import TypeVar

from cypher.errors import QueryError
from cypher.graph import SCALARS, Value

_TRIES = 5
"""Of a statement. Of those that read what was deleted and made all the time, 1 in 40 was torn."""
_Read = TypeVar("_Read")


class TornRowsError(QueryError):
    """A row lacks what every row has."""


def holds_scalars(
    columns: Sequence[str], values: Sequence[Sequence[Value]], required: Sequence[str] = ()
) -> bool:
    """Whether all values are scalars. Raises TornRowsError if one `required` is null."""
    kinds = set(map(type, chain.from_iterable(values)))
    if required and type(None) in kinds:
        for name in required:
            place = columns.index(name)
            if any(row[place] is None for row in values):
                raise TornRowsError(
                    f"a row has no {name}, which each has, in {_TRIES} readings. If no load is "
                    f"under way, the graph was changed by something else: load its packs again."
                )
    return kinds <= SCALARS


async def untorn(read: Callable[[], Awaitable[_Read]]) -> _Read:
    """What `read` gives, once no row of it is torn. Raises as it does.

    What was deleted is not found again, so the next try sees what is left.
    """
    for _ in range(_TRIES - 1):
        try:
            return await read()
        except TornRowsError:
            continue
    return await read()
