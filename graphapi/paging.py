"""Relay's pages: how many, from where, and whether there are more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar

import strawberry

from graphapi.errors import UserError
from graphapi.settings import Settings

DEFAULT_PAGE = 20

First = Annotated[
    int | None,
    strawberry.argument(description="How many at most; the server sets an upper limit."),
]
After = Annotated[
    str | None,
    strawberry.argument(description="The cursor behind which to begin; null for the beginning."),
]

_Item = TypeVar("_Item")
_Edge = TypeVar("_Edge")


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follow.")
    has_previous_page: bool = strawberry.field(
        description="Whether the page began behind a cursor."
    )
    start_cursor: str | None = strawberry.field(description="Cursor of the first edge.")
    end_cursor: str | None = strawberry.field(
        description="Cursor of the last edge: pass it as `after` for the next page."
    )


@strawberry.type(description="A page of a list.")
class Connection(Generic[_Edge]):
    edges: list[_Edge] = strawberry.field(description="The page.")
    page_info: PageInfo = strawberry.field(description="Where the page lies in the list.")


def page_size(first: int | None, settings: Settings) -> int:
    """`first`, or its default. Raises UserError if it is negative or above the limit."""
    if first is None:
        return DEFAULT_PAGE
    if not 0 <= first <= settings.max_page:
        raise UserError(
            f"first: {first} is out of bounds; it may be 0 to {settings.max_page}. "
            f"Read more by passing endCursor as `after`."
        )
    return first


def cut(items: Sequence[_Item], size: int) -> tuple[Sequence[_Item], bool]:
    """The first `size` items, and whether there are more."""
    return items[:size], len(items) > size


def page_info(cursors: Sequence[str], *, more: bool, after: str | None) -> PageInfo:
    """Of a page whose edges have these cursors."""
    return PageInfo(
        has_next_page=more,
        has_previous_page=after is not None,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
