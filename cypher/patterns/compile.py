"""From conditions and an order to one parameterised statement.

The statement enters the graph through the narrowest of the conditions that all have to hold
and tests the rest, because an entry through a token reads its neurons, and a test reads all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cypher.graph import Value
from cypher.patterns.clauses import entry, holds, narrowest
from cypher.patterns.conditions import AllOf
from cypher.patterns.order import NeuronOrder, Position
from cypher.patterns.parameters import Parameters
from cypher.schema import NEURON

_COLUMNS = ", ".join(
    f"n.`{name}` AS `{name}`" for name in ("id", *(column.name for column in NEURON.properties))
)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement that is ready to run on either engine."""

    text: str
    parameters: Mapping[str, Value]


def page(
    where: AllOf, order: NeuronOrder, *, limit: int, after: Position | None = None
) -> Compiled:
    """Up to `limit` neurons that meet `where`, with their properties, in order, behind `after`."""
    parameters = Parameters()
    begin = None if after is None else order.behind(after, parameters)
    matched = _matched(where, begin, parameters)
    text = f"{matched} RETURN {_COLUMNS} ORDER BY {order.clause()} LIMIT {parameters.add(limit)}"
    return Compiled(text, parameters.values)


def count(where: AllOf) -> Compiled:
    """How many neurons meet `where`, as `total`."""
    parameters = Parameters()
    matched = _matched(where, None, parameters)
    return Compiled(f"{matched} RETURN count(n) AS total ORDER BY total", parameters.values)


def matched(where: AllOf) -> Callable[[Parameters], str]:
    """Clauses that bind `n` to each neuron that meets `where`, once, for a longer statement."""
    return lambda parameters: _matched(where, None, parameters)


def _matched(where: AllOf, begin: str | None, parameters: Parameters) -> str:
    """Clauses that bind `n` to each neuron that meets `where` and lies behind the beginning."""
    through = narrowest(where.parts)
    tests = [holds(part, parameters) for part in where.parts if part is not through]
    if begin is not None:
        tests.append(begin)
    clauses = entry(through, parameters)
    tested = " AND ".join(f"({one})" for one in tests)
    return f"{clauses} WHERE {tested}" if tested else clauses
