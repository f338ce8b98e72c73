"""Rows about several nodes, by node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, starmap
from typing import Any

from cypher.graph import NodeRows, Rows, Value

Row = Mapping[str, Any]
"""A row of a statement, by column."""


@dataclass(frozen=True)
class Groups:
    """Rows about each of several nodes."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Sequence[Any]]]
    """The rows of each node, a value for each column."""

    @classmethod
    def one(cls, rows: Sequence[Row], columns: Sequence[str]) -> Groups:
        """The rows about one node."""
        return cls(tuple(columns), [[[row[name] for name in columns] for row in rows]])

    def of(self, place: int) -> list[Row]:
        """The rows of the node at this place."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows[place]]

    @cached_property
    def lengths(self) -> Sequence[int]:
        """How many rows each node has."""
        return list(map(len, self.rows))

    @cached_property
    def by_column(self) -> Mapping[str, Sequence[Any]]:
        """The rows of all nodes, one node's behind another's, as columns."""
        return columns_of(self.columns, list(chain.from_iterable(self.rows)))


class ColumnGroups(Groups):
    """Groups that are columns, and rows only for whoever asks for them."""

    def __init__(
        self, columns: tuple[str, ...], by_column: Sequence[Sequence[Any]], lengths: Sequence[int]
    ) -> None:
        self.__dict__.update(
            columns=columns,
            by_column=dict(zip(columns, by_column, strict=True)),
            lengths=lengths,
        )

    @cached_property
    def rows(self) -> Sequence[Sequence[Sequence[Any]]]:
        """The rows of each node."""
        rows = iter(zip(*self.by_column.values(), strict=True))
        return [[next(rows) for _ in range(length)] for length in self.lengths]


def columns_of(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Rows turned into columns."""
    if not rows:
        return dict.fromkeys(names, ())
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def grouped(rows: Rows, column: str, keys: Sequence[str]) -> Groups:
    """Rows by the nodes that they are about, whose ids stand in `column`.

    Columns may differ in their order from engine to engine, and `column` stands anywhere.
    """
    place = rows.columns.index(column)
    if isinstance(rows, NodeRows) and place == 0:
        return _by_node(rows, keys)
    groups: dict[object, list[list[Value]]] = {key: [] for key in keys}
    for row in rows.values:
        groups[row[place]].append(row)
    return Groups(rows.columns, list(groups.values()))


def _by_node(rows: NodeRows, keys: Sequence[str]) -> Groups:
    of = {node: (begin, end) for node, begin, end in rows.nodes}
    ends = [of.get(key, (0, 0)) for key in keys]
    lengths = [end - begin for begin, end in ends]
    there = [begin for begin, end in ends if end > begin]
    if there == sorted(there) and sum(lengths) == len(rows.by_column[0]):
        return ColumnGroups(rows.columns, rows.by_column, lengths)
    in_order = [
        list(chain.from_iterable(map(one.__getitem__, starmap(slice, ends))))
        for one in rows.by_column
    ]
    return ColumnGroups(rows.columns, in_order, lengths)
