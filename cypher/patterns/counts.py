"""How much of the graph hangs on what: the numbers by which an entry is chosen.

A token that half of the neurons fire on and one that three do look alike to a statement, and
an engine that is given both begins with either. So the relationships of each are counted
before, those of all frequent tokens at once (a tenth of a second for a million), and remembered
for as long as the graph is open.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import NamedTuple
from weakref import WeakKeyDictionary

from cypher.errors import QueryError
from cypher.graph import Graph
from cypher.patterns.layers import READ_LAYERS, Known, known_layers
from cypher.patterns.tries import LONGEST
from cypher.patterns.values import Link
from cypher.url import Dialect

_REMEMBERED = 100_000
"""Counts of one graph: some tens of megabytes."""
_FRESH_SECONDS = 300.0
_FEW = 8
"""Between what has no more than so many there is nothing to choose."""


class Counted(NamedTuple):
    """What relationships are counted of."""

    type: str
    """Of the relationships, or what else stands at the beginning of an entry."""
    text: str
    """A token's, a word's, or the kind of what is lacking."""
    words: bool = False


_USUAL: dict[str, int] = {
    **dict.fromkeys(Link, 1000),
    "MATCHES": 2000,
    "LACKS": 1000,
    "id": 1,
    "InLayer": 3000,
    "Explained": 15_000,
    "OfLayerKind": 20_000,
}
"""What is taken for a count that is not known, as in a model of GPT-2-small's size."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts that are known of a graph."""

    known: Mapping[Counted, int] = field(default_factory=dict)
    deepest: int = LONGEST
    """How far back the nodes of its tries stand, at most."""

    def of(self, wanted: Iterable[Counted]) -> int:
        """How many of all of these there are, about."""
        return sum(self.known.get(one, _USUAL[one.type]) for one in wanted)


UNKNOWN = Counts()
"""Nothing was counted."""


class _Remembered:
    """What was counted of one open graph."""

    def __init__(self) -> None:
        self.since = monotonic()
        self.counts: dict[Counted, int] = {}
        self.frequent: dict[tuple[str, bool], asyncio.Task[dict[str, int]]] = {}
        """By what is counted: the counts of what has many."""
        self.deepest: int | None = None
        self.layers: tuple[Known, ...] | None = None

    def is_old(self, dialect: Dialect) -> bool:
        """Whether it has to be counted anew.

        An open file never changes. A server's graph does, and then an old count may choose a
        slower entry, never a wrong one; how deep its tries are is not asked.
        """
        return dialect is Dialect.NEO4J and monotonic() - self.since > _FRESH_SECONDS


_remembered: WeakKeyDictionary[Graph, _Remembered] = WeakKeyDictionary()


async def count_in(
    graph: Graph, wanted: Iterable[Counted], *, depth: bool, timeout: float | None
) -> Counts:
    """Counts of `wanted`, and with `depth` how deep the tries are."""
    asked = {one for one in wanted if one.type in _PATHS}
    if not asked and not depth:
        return UNKNOWN
    kept = _kept(graph)
    by_statement: dict[tuple[str, bool], list[str]] = defaultdict(list)
    known = {one: kept.counts[one] for one in asked & kept.counts.keys()}
    for one in sorted(asked - known.keys()):
        frequent = await _frequent(graph, kept, (one.type, one.words), timeout)
        if frequent is None:
            by_statement[one.type, one.words].append(one.text)
        else:
            known[one] = frequent.get(one.text, _FEW)
    if len(kept.counts) + len(asked) > _REMEMBERED:
        kept.counts.clear()
    for (type_, words), texts in by_statement.items():
        text = _statement(type_, words=words, dialect=graph.dialect)
        rows = await graph.read(text, {"ids": texts}, timeout=timeout)
        found = {str(id_): int(str(number)) for id_, number in rows.values}
        known |= {Counted(type_, id_, words): found.get(id_, 0) for id_ in texts}
    kept.counts.update(known)
    if depth and kept.deepest is None:
        rows = await graph.read(_DEEPEST, {}, timeout=timeout)
        kept.deepest = min(int(str(rows.values[0][0] or 0)), LONGEST)
    return Counts(known, LONGEST if kept.deepest is None else kept.deepest)


async def _frequent(
    graph: Graph, kept: _Remembered, of: tuple[str, bool], timeout: float | None
) -> Mapping[str, int] | None:
    """The counts of whatever has more than a few, counted once; None if they are not known."""
    if of[0] not in _COUNTED_AT_ONCE:
        return None
    counting = kept.frequent.get(of)
    if counting is None:
        reading = _count_all(graph, *of, timeout=timeout)
        counting = kept.frequent[of] = asyncio.create_task(reading)
    if not counting.done():
        await asyncio.wait([counting])  # whoever goes away meanwhile stops it for nobody else
    if counting.cancelled():
        return None
    error = counting.exception()
    if error is None:
        return counting.result()
    if not isinstance(error, QueryError):
        kept.frequent.pop(of, None)  # the graph has gone away, and may come back
        raise error
    return None


async def _count_all(
    graph: Graph, type_: str, words: bool, *, timeout: float | None
) -> dict[str, int]:
    columns = ("id", "number")
    text = _statement_of_all(type_, words=words, dialect=graph.dialect)
    rows = await graph.read(text, {"few": _FEW}, timeout=timeout, columns=columns)
    id_, number = map(rows.columns.index, columns)
    return {str(row[id_]): int(str(row[number])) for row in rows.values}


async def layers_of(graph: Graph, *, timeout: float | None) -> tuple[Known, ...] | None:
    """The layers of a file; null for a server, whose layers may change at any time."""
    if graph.dialect is Dialect.NEO4J:
        return None
    kept = _kept(graph)
    if kept.layers is None:
        kept.layers = known_layers(await graph.read(READ_LAYERS, {}, timeout=timeout))
    return kept.layers


def _kept(graph: Graph) -> _Remembered:
    kept = _remembered.get(graph.itself)
    if kept is None or kept.is_old(graph.dialect):
        kept = _remembered[graph.itself] = _Remembered()
    return kept


_COUNTED_AT_ONCE = frozenset({"ACTIVATES_ON", "CONDITIONED_ON"})
_DEEPEST = "MATCH (c:TokenGraphNode) RETURN max(0 - c.position) AS deepest ORDER BY deepest"
_PATHS = {*Link, "MATCHES", "LACKS"}


def _statement(type_: str, *, words: bool, dialect: Dialect) -> str:
    """Relationships of a type, by what they lead to."""
    if type_ == "LACKS":
        return (
            "MATCH (:Neuron)-[k:LACKS]->(:IngestRun) WHERE k.kind IN $ids "
            "RETURN k.kind AS id, count(*) AS number ORDER BY id"
        )
    if dialect is Dialect.NEO4J:
        by, reached, number = _on_server(type_, words=words)
        return (
            f"MATCH {by} WHERE {reached} IN $ids "
            f"RETURN {reached} AS id, {number} AS number ORDER BY id"
        )
    label, hop = ("Word", "<-[:FORM_OF]-(:Token)") if words else ("Token", "")
    return (  # it alone looks ids up in the index: see `cypher.catalogue`
        f"UNWIND $ids AS wanted MATCH (s:{label} {{id: wanted}}) "
        f"OPTIONAL MATCH (s){hop}<-[r:{type_}]-() "
        "RETURN wanted AS id, count(r) AS number ORDER BY id"
    )


def _statement_of_all(type_: str, *, words: bool, dialect: Dialect) -> str:
    """As `_statement`, of all tokens or words that have more than $few."""
    if dialect is Dialect.NEO4J:
        by, reached, number = _on_server(type_, words=words)
        counted = f"MATCH {by} WITH {reached} AS id, {number} AS number"
    else:
        by = "(s:Word)<-[:FORM_OF]-(:Token)" if words else "(s:Token)"
        counted = f"MATCH {by}<-[r:{type_}]-() WITH s.id AS id, count(r) AS number"
    return f"{counted} WHERE number > $few RETURN id, number ORDER BY id"


def _on_server(type_: str, *, words: bool) -> tuple[str, str, str]:
    """What is matched, its id and its number: a server has that at hand, and counts nothing."""
    by, reached = ("(t:Token)-[:FORM_OF]->(w:Word)", "w.id") if words else ("(t:Token)", "t.id")
    return by, reached, f"sum(COUNT {{ (t)<-[:{type_}]-() }})"
