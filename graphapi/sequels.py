"""What an operation asks next, read along with what it asks first.

A page of neurons with their explanations is two statements, the second about the ids that the
first returned. An operation that was asked once is known to ask so: from then on a server is
given both in one round trip, the second about what the first returns, and in this process the
second goes on while the rows of the first are worked on. What was read ahead answers just the
statement that would have been sent, about nodes that it was read of, and nothing else; what was
read in vain is not read again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from cypher.engines.one_value import takes_ids
from cypher.errors import QueryError
from cypher.graph import IdsFrom, Read, Rows, Value

_OPERATIONS, _STATEMENTS = 256, 16
"""Whose sequels are kept: of so many documents, each with so many statements."""
MOST = 8
"""Statements in one, so that a server keeps the plans of few different ones."""
_FIRST_ROWS = 21
"""The first id stands in one of these, where ids come from rows."""

Place = tuple[str, ...]
"""Of fields in an operation: the response names that lead there, the last first."""


@dataclass(frozen=True, slots=True)
class Step:
    """A statement, and where in an operation it is asked."""

    read: Read
    place: Place = ()
    about: str | None = None
    """The column with the ids that it is about, if these are given."""

    @property
    def key(self) -> tuple[Place, str]:
        """What it is known by."""
        return self.place, self.read.text

    @property
    def others(self) -> Mapping[str, Value]:
        """Its parameters but the ids."""
        return {name: value for name, value in self.read.parameters.items() if name != "ids"}

    @property
    def ids(self) -> list[Value] | None:
        """The ids that it is about."""
        ids = self.read.parameters.get("ids")
        return ids if self.about is not None and isinstance(ids, list) else None


@dataclass(slots=True, eq=False)
class Sequel:
    """A statement about ids that another one returns."""

    step: Step
    """Without the ids."""
    column: int
    """Where in the other's rows the ids stand."""
    rows: int
    """In how many of these at most, as far as was seen."""

    def is_of(self, step: Step) -> bool:
        """Whether it is this statement, but for the ids."""
        return self.step.key == step.key and self.step.others == step.others

    def after(self, number: int) -> Step:
        """It, to be asked together with the one of this number."""
        ids_from = IdsFrom(number, self.column, self.rows)
        return replace(self.step, read=replace(self.step.read, ids_from=ids_from))


Known = dict[tuple[Place, str], list[Sequel]]
"""The sequels of an operation's statements."""


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
    """A sequel that is being read, after which statement."""

    sequel: Sequel
    before: Step
    origin: asyncio.Future[Rows]
    """The rows that its ids come from."""
    rows: asyncio.Future[Rows]
    used: bool = False

    def ids(self) -> set[Value]:
        """Those that it is read of; none as long as they are not known."""
        origin = self.origin
        if not origin.done() or origin.cancelled() or origin.exception() is not None:
            return set()
        return set(IdsFrom(0, self.sequel.column, self.sequel.rows).ids(origin.result()))


class Ahead:
    """What is read ahead for one request."""

    def __init__(self, known: Known | None = None) -> None:
        self._known: Known = {} if known is None else known
        self._answered: list[tuple[Step, Rows]] = []
        self._read: list[_ReadAhead] = []

    def together(self, steps: Sequence[Step]) -> list[tuple[Step, Sequel | None]]:
        """These, and what comes after them."""
        found: list[tuple[Step, Sequel | None]] = [(step, None) for step in steps]
        for number, (step, _) in enumerate(found):  # it grows meanwhile
            room = MOST - len(found)
            after = self._known.get(step.key, ())[: max(0, room)]
            found += [(sequel.after(number), sequel) for sequel in after]
        return found

    def begun(
        self,
        together: Sequence[tuple[Step, Sequel | None]],
        awaited: Sequence[asyncio.Future[Rows]],
    ) -> None:
        """What `together` gave is being read."""
        for (step, sequel), rows in zip(together, awaited, strict=True):
            if sequel is not None and step.read.ids_from is not None:
                origin = step.read.ids_from.read
                ahead = _ReadAhead(sequel, together[origin][0], awaited[origin], rows)
                self._read.append(ahead)

    def answered(self, step: Step, rows: Rows) -> None:
        """A statement was answered so."""
        self._answered.append((step, rows))

    async def take(self, step: Step) -> Rows | None:
        """The rows of a statement if it was read ahead."""
        ids = step.ids
        if ids is None:
            return None
        for ahead in self._read:
            covered = ahead.ids() if ahead.sequel.is_of(step) else set()
            if not covered.issuperset(ids):
                continue
            ahead.used = True
            try:
                rows = await ahead.rows
            except QueryError:
                return None  # asked alone it has more time
            self.answered(step, rows)
            return rows if len(ids) == len(covered) else _about(rows, step.about, ids)
        return None

    def learn(self, step: Step) -> None:
        """A statement had to be asked by itself: whether its ids are what another returned."""
        ids = step.ids
        if not ids or not takes_ids(step.read.text):
            return
        for before, rows in reversed(self._answered):
            values = rows.values
            for column in range(len(rows.columns)):
                count = _rows_with(values, column, ids)
                if count:
                    self._remember(before, step, column, count)
                    return

    def _remember(self, before: Step, step: Step, column: int, count: int) -> None:
        for sequel in self._known.get(before.key, ()):
            if sequel.column == column and sequel.is_of(step):
                sequel.rows = max(sequel.rows, count)
                return
        if before.key not in self._known and len(self._known) >= _STATEMENTS:
            self._known.clear()  # what is asked hangs on the variables
        without = replace(step, read=replace(step.read, parameters=step.others))
        self._known.setdefault(before.key, []).append(Sequel(without, column, count))

    def end(self) -> None:
        """The request is over: what was read in vain is not read ahead again."""
        used = {id(ahead.sequel) for ahead in self._read if ahead.used}
        for ahead in self._read:
            ahead.rows.cancel()
            known = self._known.get(ahead.before.key, [])
            if id(ahead.sequel) not in used and ahead.sequel in known:
                known.remove(ahead.sequel)
        self._answered.clear()
        self._read.clear()


def _about(rows: Rows, column: str | None, ids: Sequence[Value]) -> Rows:
    """Those of the rows that are about these ids."""
    wanted, place = set(ids), rows.columns.index(column or "")
    return Rows(rows.columns, [row for row in rows.values if row[place] in wanted])


def _rows_with(rows: Sequence[Sequence[Value]], column: int, ids: Sequence[Value]) -> int:
    """How many of the first rows have all these ids in a column, and few others; 0 if none."""
    if not any(row[column] == ids[0] for row in rows[:_FIRST_ROWS]):
        return 0
    places: dict[Value, int] = {}
    for place, row in enumerate(rows):
        if not isinstance(row[column], str):
            return 0
        places.setdefault(row[column], place)
    if not all(one in places for one in ids):
        return 0
    last = max(places[one] for one in ids)
    others = sum(place <= last for place in places.values()) - len(ids)
    return last + 1 if others <= len(ids) else 0
