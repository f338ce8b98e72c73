"""What hangs on many nodes, read at once: lists of objects, and pages of edges, as columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, compress, count, islice
from operator import eq, gt
from typing import Any, Generic, TypeVar

from graphapi.breadth.columns import Column, Lists, Objects
from graphapi.cursors import encode_cursor
from graphapi.groups import Groups, columns_of
from graphapi.paging import PageInfo

_Connection = TypeVar("_Connection")
SELDOM = frozenset({"cursor", "pageInfo", "run", "tokenRank"})
"""The fields of a page and its edges that are made of a row's run, or its token's list."""


def lists_of(kind: type, names: Sequence[str], lists: Sequence[Sequence[Sequence[Any]]]) -> Lists:
    """Lists of objects whose attributes are columns, one list for each of many nodes."""
    rows = list(chain.from_iterable(lists))
    made: Objects[Any] = Objects(kind, len(rows), columns_of(names, rows))
    return Lists(made, list(map(len, lists)))


@dataclass(frozen=True, slots=True)
class EdgeList(Generic[_Connection]):
    """A kind of list of edges: how its pages are made of rows."""

    kind: str
    """Of its cursors."""
    connection: type[_Connection]
    edge: type
    sorted_by: tuple[str, ...]
    """The columns that the rows are sorted by, which are what a cursor names."""
    node: Callable[[Mapping[str, Column]], Objects[Any]]
    """What the edges lead to, of the columns of their rows."""
    of: str
    """The column that says which node a row is about."""
    seldom: tuple[str, ...]
    """Columns that are read only for a field of `SELDOM`, for few ask for one."""

    def pages(
        self, found: Groups, size: int, *, after: Sequence[object] | None
    ) -> Objects[_Connection] | None:
        """A page of each node's rows: up to `size` behind the place `after`.

        None if the columns that were read leave open which of two rows comes first.
        """
        if self._open(found.by_column):
            return None
        names = found.columns
        behind = found
        if after is not None:
            begin = list(after)
            lists = [
                [row for row in rows if self._place(names, row) > begin] for rows in found.rows
            ]
            behind = Groups(names, lists)
        pages = behind
        if max(behind.lengths, default=0) > size:
            pages = Groups(names, [rows[:size] for rows in behind.rows])
        return self._pages(pages, behind, after)

    def _pages(
        self, pages: Groups, behind: Groups, after: Sequence[object] | None
    ) -> Objects[_Connection]:
        """Pages of these rows, where there are others `behind` some."""

        def cursor(row: Sequence[Any]) -> str:
            return encode_cursor(self.kind, self._place(pages.columns, row))

        columns = pages.by_column
        attributes: dict[str, Column | Callable[[], Column]] = {
            **columns,
            "node": lambda: self.node(columns),
        }
        fields: dict[str, Column | Callable[[], Column]] = {}
        if self._sorted(columns):
            attributes["cursor"] = lambda: [cursor(row) for rows in pages.rows for row in rows]
            fields["page_info"] = Objects(
                PageInfo,
                len(pages.lengths),
                {
                    "has_next_page": lambda: list(map(gt, behind.lengths, pages.lengths)),
                    "has_previous_page": lambda: [after is not None] * len(pages.lengths),
                    "start_cursor": lambda: [
                        cursor(rows[0]) if rows else None for rows in pages.rows
                    ],
                    "end_cursor": lambda: [
                        cursor(rows[-1]) if rows else None for rows in pages.rows
                    ],
                },
            )
        edges: Objects[Any] = Objects(self.edge, sum(pages.lengths), attributes)
        fields["edges"] = Lists(edges, pages.lengths)
        return Objects(self.connection, len(pages.lengths), fields)

    def _place(self, names: Sequence[str], row: Sequence[Any]) -> list[Any]:
        """What a row is sorted by, and its cursor names."""
        return [row[names.index(name)] for name in self.sorted_by]

    def _sorted(self, columns: Mapping[str, Column]) -> bool:
        """Whether all that they are sorted by, and that cursors are made of, was read."""
        return all(name in columns for name in self.sorted_by)

    def _open(self, columns: Mapping[str, Column]) -> bool:
        """Whether two neighbours are alike in all that they are sorted by and that was read."""
        if self._sorted(columns):
            return False
        first, *others = [columns[name] for name in (*self.sorted_by, self.of) if name in columns]
        alike = compress(count(), map(eq, first, islice(first, 1, None)))
        return any(all(key[place] == key[place + 1] for key in others) for place in alike)
