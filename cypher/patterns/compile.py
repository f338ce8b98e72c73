"""From conditions and an order to one parameterised statement.

The statement enters the graph through the narrowest way in and tests the rest, because an
entry through a token reads its neurons, and a test reads all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cypher.graph import Graph, Value
from cypher.patterns import conditions as c
from cypher.patterns.counts import UNKNOWN, Counts, count_in, layers_of
from cypher.patterns.entries import Entry, counted, entries, matching
from cypher.patterns.layers import Known, same_for_all
from cypher.patterns.normal import conjuncts
from cypher.patterns.order import NeuronOrder, Position
from cypher.patterns.parameters import Parameters
from cypher.patterns.stages import Stages, staged
from cypher.patterns.tests import holds
from cypher.patterns.values import Link, TokenSet
from cypher.schema import NEURON
from cypher.url import Dialect

PROPERTIES = tuple(column.name for column in NEURON.properties)
"""All that is stored of a neuron, its id aside."""
EVERY = c.AllOf()
"""What every neuron meets."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement that is ready to run."""

    text: str
    parameters: Mapping[str, Value]
    columns: tuple[str, ...]
    """What it returns."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A condition, and what decides how it is looked for in one graph."""

    where: c.Condition
    dialect: Dialect
    counts: Counts = UNKNOWN
    layers: Sequence[Known] | None = None
    """Those of a graph that does not change; null if they are not known."""

    def page(
        self,
        order: NeuronOrder,
        *,
        limit: int,
        after: Position | None = None,
        properties: Sequence[str] = (),
    ) -> Compiled:
        """Up to `limit` neurons in order, behind `after`: ids, what `order` sorts by, `properties`.

        Ladybug carries all columns through the sort, of every neuron that is found: numbers cost
        little there, and texts are faster to read by id.
        """
        parameters = Parameters()
        begin = None if after is None else order.behind(after, parameters)
        matched = self.matched(parameters, begin)
        least = parameters.add(limit)
        names = tuple(dict.fromkeys((*order.keys(), *properties)))
        columns = ", ".join(f"n.`{name}` AS `{name}`" for name in names)
        sorting = f"ORDER BY {order.clause(same_for_all(conjuncts(self.where), self.layers))}"
        text = f"{matched} RETURN {columns} {sorting} LIMIT {least}"
        if self.dialect is Dialect.NEO4J:  # which reads what it returns of all that it sorts
            text = f"{matched} WITH n {sorting} LIMIT {least} RETURN {columns} {sorting}"
        return Compiled(text, parameters.values, names)

    def count(self) -> Compiled:
        """How many neurons there are, as `total`."""
        parameters = Parameters()
        text = f"{self.matched(parameters)} RETURN count(n) AS total ORDER BY total"
        return Compiled(text, parameters.values, ("total",))

    def matched(self, parameters: Parameters, begin: str | None = None) -> str:
        """Clauses that bind `n` to each neuron that meets the condition, once.

        `begin` is an expression over `n` that has to be true as well.
        """
        parts = conjuncts(self.where)
        found = entries(self.where, self.counts)
        joined = self._joined(found)
        proven = {entry.proves for entry in joined}
        tested = [part for part in parts if part not in proven]
        plain = [part for part in tested if not self._staged(part)]
        tests = [holds(part, "n", parameters, {}) for part in plain]
        if begin is not None:
            tests.append(begin)
        clauses = [_entered(joined, parameters)]
        if tests:
            clauses.append(f"WHERE {_every(tests)}")
        later = c.AllOf(tuple(part for part in tested if self._staged(part)))
        if later.parts:
            stages = Stages(parameters, self.counts.deepest)
            known = stages.known(later, "n", ())
            met = holds(later, "n", parameters, known)
            columns = ", ".join(["n", *known.values()])
            clauses += ["WITH n", *stages.clauses, f"WITH {columns} WHERE {met}"]
        return " ".join(clauses)

    def _staged(self, part: c.Condition) -> bool:
        return self.dialect is Dialect.LADYBUG and staged(part)

    def _joined(self, found: Sequence[Entry]) -> Sequence[Entry]:
        """The entries that the statement begins with, the narrowest last.

        Ladybug tests by reading whatever could meet a test, and joins by reading what is there:
        so what leads to a neuron once is joined. It begins with the one that is named last.
        """
        if self.dialect is not Dialect.LADYBUG or not found or not _leads_once(found[0]):
            return found[:1]
        others = [entry for entry in found[1:] if _leads_once(entry)]
        return [*reversed(others), found[0]]


async def plan(graph: Graph, where: c.Condition, *, timeout: float | None = None) -> Plan:
    """How to look for `where` in a graph. Raises what `Graph.read` raises."""
    depth = graph.dialect is Dialect.LADYBUG and staged(where)
    counts = await count_in(graph, counted(where), depth=depth, timeout=timeout)
    return Plan(where, graph.dialect, counts, await layers_of(graph, timeout=timeout))


def _leads_once(entry: Entry) -> bool:
    """Whether it is the relationship to one token or word, whatever its properties are."""
    if entry.proves is None or len(entry.ways) > 1 or entry.ways[0].by:
        return False
    match entry.ways[0].leaf:
        case c.LinkedTo(_, TokenSet(texts), ()):
            return len(texts) == 1
        case _:
            return False


def _one_token(entry: Entry) -> tuple[Link, str] | None:
    """The relationship and the token that an entry is, if it is of one token by its text.

    Two of these are joined in one path, from either end of which Ladybug reads only what is
    there; two paths took it four times as long. (In one path no relationship stands twice, which
    makes no difference here: two entries differ in the token or in the type.)
    """
    match entry.ways[0].leaf:
        case c.LinkedTo(link, TokenSet((text,), False), ()):
            return link, text
        case _:
            return None


def _entered(joined: Sequence[Entry], parameters: Parameters) -> str:
    """Clauses that bind `n` once to each neuron that all entries lead to."""
    if not joined:
        return "MATCH (n:Neuron)"
    ends = [end for entry in joined if (end := _one_token(entry)) is not None]
    if len(joined) == len(ends) == 2:
        (link, token), (other, beside) = ends
        return (
            f"MATCH (:Token {{id: {parameters.add(token)}}})<-[:{link}]-(n:Neuron)"
            f"-[:{other}]->(:Token {{id: {parameters.add(beside)}}}) WITH DISTINCT n"
        )
    if len(joined[0].ways) == 1:
        each = [matching(entry.ways[0], "n", "", parameters, "MATCH") for entry in joined]
        return " ".join([*(clause for one in each for clause in one), "WITH DISTINCT n"])
    clauses: list[str] = []
    before = ""
    for way in joined[0].ways:
        one, ids, every = map(parameters.variable, ("n", "ids", "ids"))
        kept = before and f"{before}, "
        clauses += matching(way, one, kept, parameters, "OPTIONAL MATCH")
        clauses.append(f"WITH {kept}collect({one}.id) AS {ids}")
        if before:
            clauses.append(f"WITH {before} + {ids} AS {every}")
        before = every if before else ids
    # `{id: id}` would say the same, and Ladybug fails on what stands behind it.
    clauses.append(
        f"UNWIND {before} AS id WITH DISTINCT id MATCH (n:Neuron) WHERE n.id = id WITH n"
    )
    return " ".join(clauses)


def _every(tests: Sequence[str]) -> str:
    return " AND ".join(f"({test})" for test in tests)
