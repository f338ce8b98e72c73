"""The texts of a file's tokens, for statements that return many.

Ladybug 0.22 looks up the text of each token that a relationship leads to, one row at a time: that
was half of a statement that reads the tokens of a thousand neurons. Where a token stands comes
with the relationship. The tokens of a file that is open to be read do not change, so their texts
are read once, and the statement is asked where they stand. And as each row that it returns takes it a
microsecond, it is asked for one with lists for each node.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, chain, repeat
from operator import add, itemgetter
from threading import Lock
from typing import Any, cast

from cypher.graph import NodeRows, Rows, Value

_READ = "MATCH (t:Token) RETURN offset(id(t)) AS place, t.id AS text ORDER BY place"
_COUNT = "MATCH (t:Token) RETURN count(*) AS tokens"
_MANY = 100
"""Nodes that a statement is about, from which it is worth it."""
_MOST = 300_000
"""Tokens whose texts are kept: some 30 MB."""
_RANKS = 1 << 40
"""More than a node has of tokens."""
_TEXT, _PLACE = "t.id AS token", "offset(id(t)) AS token"
_THERE = ("WHERE t.id IS NOT NULL", "WHERE r.rank IS NOT NULL")
_ENDS = re.compile(
    r"\nRETURN wanted AS neuron_id, ([^(\n]*(?:\n[^(\n]*)*)\nORDER BY (rank, token(?:, run_id)?)\Z"
)
_COLUMN = re.compile(r"(\S+) AS (\w+)")


@dataclass(frozen=True, slots=True)
class Placed:
    """A statement that returns where tokens stand in place of their texts, a row for each node."""

    text: str
    sorted_by: tuple[str, ...]
    """The columns that the rows of the statement with texts are sorted by."""

    def with_texts(
        self, found: Rows, texts: Sequence[str], ids: Sequence[Value]
    ) -> NodeRows | None:
        """The rows of the statement with texts, by node as `ids` are, each node's in their order.

        None if a value of some row is null, for then it is not known of which.
        """
        at = {name: place for place, name in enumerate(found.columns)}
        lists = [list(map(itemgetter(place), found.values)) for place in range(len(at))]
        nodes, of_ranks = lists[0], cast("list[list[int]]", lists[at["rank"]])
        lengths = list(map(len, of_ranks))
        number = dict(zip(ids, range(0, len(ids) * _RANKS, _RANKS), strict=True))
        begins = _repeated(map(number.__getitem__, nodes), lengths)
        columns = [_repeated(nodes, lengths)]
        columns += [list(chain.from_iterable(cast("Any", one))) for one in lists[1:]]
        if any(len(column) != len(begins) for column in columns):
            return None
        columns[at["token"]] = list(map(texts.__getitem__, columns[at["token"]]))
        places: list[Any] = list(map(add, begins, columns[at["rank"]]))
        if len(set(places)) < len(places):  # several of one rank, of several runs
            places = list(zip(begins, *(columns[at[name]] for name in self.sorted_by), strict=True))
        order = sorted(range(len(places)), key=places.__getitem__)
        in_order = [list(map(column.__getitem__, order)) for column in columns]
        length_of = dict(zip(nodes, lengths, strict=True))
        there = [node for node in ids if node in length_of]
        ends = list(accumulate(map(length_of.__getitem__, there)))
        return NodeRows(found.columns, in_order, list(zip(there, [0, *ends], ends, strict=False)))


def _repeated(values: Iterable[Any], counts: Sequence[int]) -> list[Any]:
    """Each of the values so many times."""
    return list(chain.from_iterable(map(repeat, values, counts)))


def placed(text: str, parameters: Mapping[str, Value]) -> Placed | None:
    """A statement as it is asked with places; None if it is about few nodes, or has no tokens."""
    ids = parameters.get("ids")
    return _placed(text) if isinstance(ids, list) and len(ids) >= _MANY else None


@lru_cache(maxsize=256)
def _placed(text: str) -> Placed | None:
    ends = _ENDS.search(text)
    if ends is None or text.count("t.id") != 2 or _TEXT not in ends[1] or _THERE[0] not in text:
        return None
    listed = _COLUMN.sub(r"collect(\1) AS \2", ends[1].replace(_TEXT, _PLACE))
    before = text[: ends.start()].replace(*_THERE)
    returned = f"{before}\nRETURN wanted AS neuron_id, {listed}"
    return Placed(returned, tuple(ends[2].split(", ")))


Run = Callable[[str, Mapping[str, Value]], Rows]
"""Runs a statement with these parameters."""


class TokenTexts:
    """Those of one file, read when they are first needed."""

    def __init__(self) -> None:
        self._reading = Lock()
        self._texts: Sequence[str] | None = None
        self._too_many = False

    def rows(self, text: str, parameters: Mapping[str, Value], run: Run) -> Rows:
        """The rows of a statement that `run` is to run; those of each node are in its order.

        Raises what `run` raises.
        """
        by_place = placed(text, parameters)
        texts = None if by_place is None else self._read(run)
        found = None
        if by_place is not None and texts is not None:
            found = by_place.with_texts(
                run(by_place.text, parameters), texts, cast("list[Value]", parameters["ids"])
            )
        return run(text, parameters) if found is None else found

    def _read(self, run: Run) -> Sequence[str] | None:
        """The texts by place; None if they are too many to be kept."""
        with self._reading:
            if self._texts is None and not self._too_many:
                ((count,),) = run(_COUNT, {}).values
                self._too_many = cast("int", count) > _MOST
                if not self._too_many:
                    self._texts = _by_place(run(_READ, {}).values)
            return self._texts


def _by_place(rows: Sequence[Sequence[Value]]) -> Sequence[str]:
    """A place whose token was deleted has none."""
    found = dict(cast("list[tuple[int, str]]", rows))
    return [found.get(place, "") for place in range(max(found, default=-1) + 1)]
