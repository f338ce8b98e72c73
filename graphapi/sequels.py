"""What an operation asks next, read along with what it asks first: fewer round trips to a server.

A page of neurons with their explanations is two statements, the second about the ids that the
first returned. An operation that was asked once is known to ask so: from then on the server is
given both in one, the second about what the first returns. What was read ahead answers just
the statement that would have been sent, about nodes that it was read of, and nothing else; what
was read in vain is not read again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cypher.engines.one_value import takes_ids
from cypher.graph import IdsFrom, Read, Rows, Value

_OPERATIONS, _STATEMENTS = 256, 16
"""Whose sequels are kept: of so many documents, each with so many statements."""
_MOST = 8
"""Statements in one, so that a server keeps the plans of few different ones."""
_FIRST_ROWS = 21
"""The first id stands in one of these, where ids come from rows."""

Known = dict[str, list["Sequel"]]
"""The sequels of an operation's statements, by their texts."""


@dataclass(slots=True, eq=False)
class Sequel:
    """A statement about ids that another one returns."""

    text: str
    others: Mapping[str, Value]
    """Its parameters but the ids."""
    columns: Sequence[str]
    column: int
    """Where in the other's rows the ids stand."""
    rows: int
    """In how many of these at most, as far as was seen."""

    def after(self, place: int) -> Read:
        """It, to be asked together with the one at `place`."""
        return Read(self.text, self.others, self.columns, IdsFrom(place, self.column, self.rows))


class Sequels:
    """Those of the operations that an application was asked last."""

    def __init__(self) -> None:
        self._of = lru_cache(maxsize=_OPERATIONS)(_none)

    def ahead(self, operation: str) -> Ahead:
        """For one request of this document."""
        return Ahead(self._of(operation))


def _none(_: str) -> Known:
    return {}


@dataclass(slots=True, eq=False)
class _ReadAhead:
    """A sequel that was read, after which statement, and of which ids."""

    sequel: Sequel
    before: str
    rows: Rows
    ids: frozenset[Value]
    used: bool = False


class Ahead:
    """What is read ahead for one request."""

    def __init__(self, known: Known | None = None) -> None:
        self._known: Known = {} if known is None else known
        self._answered: list[tuple[str, Rows]] = []
        self._read: list[_ReadAhead] = []

    def together(self, reads: Sequence[Read]) -> list[Read]:
        """These, and what comes after them. A statement does not come after itself."""
        found, above = [*reads], [{read.text} for read in reads]
        for place, read in enumerate(found):  # it grows meanwhile
            for sequel in self._known.get(read.text, ()):
                if len(found) < _MOST and sequel.text not in above[place]:
                    found.append(sequel.after(place))
                    above.append({*above[place], sequel.text})
        return found

    def answered(self, reads: Sequence[Read], rows: Sequence[Rows]) -> None:
        """What `together` gave was answered so."""
        for read, found in zip(reads, rows, strict=True):
            self._answered.append((read.text, found))
            if read.ids_from is None:
                continue
            before = reads[read.ids_from.read].text
            ids = frozenset(read.ids_from.ids(rows[read.ids_from.read]))
            sequel = self._sequel(before, read, read.ids_from.column)
            if sequel is not None:  # another request may have forgotten it meanwhile
                self._read.append(_ReadAhead(sequel, before, found, ids))

    def take(self, read: Read, about: str) -> Rows | None:
        """The rows of a statement if it was read ahead; `about` is the column of its ids."""
        ids = read.parameters.get("ids")
        if not self._read or not isinstance(ids, list):
            return None
        others = _others(read)
        for ahead in self._read:
            sequel = ahead.sequel
            if sequel.text != read.text or sequel.others != others or not ahead.ids.issuperset(ids):
                continue
            ahead.used = True
            if len(ids) == len(ahead.ids):
                return ahead.rows
            wanted, place = set(ids), ahead.rows.columns.index(about)
            return Rows(
                ahead.rows.columns, [row for row in ahead.rows.values if row[place] in wanted]
            )
        return None

    def learn(self, read: Read) -> None:
        """A statement had to be asked by itself: whether its ids are what another returned."""
        ids = read.parameters.get("ids")
        if not isinstance(ids, list) or not ids or not takes_ids(read.text):
            return
        for text, rows in reversed(self._answered):
            for column in range(len(rows.columns)):
                count = _rows_with(rows, column, ids)
                if count:
                    self._remember(text, read, column, count)
                    return

    def _remember(self, before: str, read: Read, column: int, count: int) -> None:
        sequel = self._sequel(before, read, column)
        if sequel is not None:
            sequel.rows = max(sequel.rows, count)
            return
        if before not in self._known and len(self._known) >= _STATEMENTS:
            self._known.clear()  # what is asked hangs on the variables
        made = Sequel(read.text, _others(read), read.columns, column, count)
        self._known.setdefault(before, []).append(made)

    def _sequel(self, before: str, read: Read, column: int) -> Sequel | None:
        others = _others(read)
        for sequel in self._known.get(before, ()):
            if (sequel.text, sequel.column, sequel.others) == (read.text, column, others):
                return sequel
        return None

    def end(self) -> None:
        """The request is over: what was read in vain is not read ahead again."""
        used = {id(ahead.sequel) for ahead in self._read if ahead.used}
        for ahead in self._read:
            known = self._known.get(ahead.before, [])
            if id(ahead.sequel) not in used and ahead.sequel in known:
                known.remove(ahead.sequel)
        self._answered.clear()
        self._read.clear()


def _others(read: Read) -> Mapping[str, Value]:
    return {name: value for name, value in read.parameters.items() if name != "ids"}


def _rows_with(rows: Rows, column: int, ids: Sequence[Value]) -> int:
    """How many of the first rows have all these ids in a column, and few others; 0 if none."""
    if not any(row[column] == ids[0] for row in rows.values[:_FIRST_ROWS]):
        return 0
    places: dict[Value, int] = {}
    for place, row in enumerate(rows.values):
        if not isinstance(row[column], str):
            return 0
        places.setdefault(row[column], place)
    if not all(one in places for one in ids):
        return 0
    last = max(places[one] for one in ids)
    others = sum(place <= last for place in places.values()) - len(ids)
    return last + 1 if others <= len(ids) else 0
