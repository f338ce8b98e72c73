"""Pages of lists that are read whole: those that are short, or in no stored order to begin in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphapi.context import Info
from graphapi.cursors import decode_cursor, deferred_cursor
from graphapi.groups import Row
from graphapi.paging import PageInfo, cut, page_info, page_size

Place = Callable[[Row], tuple[Any, ...]]
"""What a list is sorted by, and its cursors name: no two rows have the same."""
Types = tuple[type | tuple[type, ...], ...]
"""Of the parts of a place."""
Page = tuple[Sequence[Row], list[str], PageInfo]


def page_of(
    info: Info,
    kind: str,
    found: Sequence[Row],
    *,
    place: Place,
    types: Types,
    first: int | None,
    after: str | None,
) -> Page:
    """The rows of a page of the list `kind`, their cursors, and where it lies.

    Raises UserError if `first` is out of bounds or `after` no cursor of such a list.
    """
    size = page_size(first, info.context.settings)
    begin = None if after is None else tuple(decode_cursor(kind, types, after))
    behind = [row for row in found if begin is None or place(row) > begin]
    rows, more = cut(sorted(behind, key=place), size)

    def cursor(row: Row) -> str:
        return deferred_cursor(kind, lambda: place(row))

    cursors = [cursor(row) for row in rows]
    return rows, cursors, page_info(cursors, more=more, after=after)
