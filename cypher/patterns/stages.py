"""Conditions that Ladybug cannot say in an expression, worked out clause by clause.

Its EXISTS holds one MATCH, and a path of variable length in it would be followed from every
node of the graph. So these conditions are joined to the rows of neurons, one OPTIONAL MATCH
after the other and one hop at a time, and come back as a column that is true or false.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cypher.patterns import conditions as c
from cypher.patterns import levels, paths
from cypher.patterns.parameters import Parameters
from cypher.patterns.tests import holds
from cypher.patterns.tries import TokenPattern


def staged(condition: c.Condition) -> bool:
    """Whether it, or a part of it, needs a stage."""
    match condition:
        case c.AllOf(parts) | c.AnyOf(parts):
            return any(map(staged, parts))
        case c.Not(part):
            return staged(part)
        case c.Related():
            return staged(condition.to)
        case _:
            return isinstance(condition, TokenPattern)


@dataclass(slots=True)
class Stages:
    """Clauses behind those that bind the neurons."""

    parameters: Parameters
    deepest: int
    """How far back the nodes of the graph's tries stand, at most."""
    clauses: list[str] = field(default_factory=list)

    def known(self, condition: c.Condition, n: str, kept: Sequence[str]) -> dict[c.Condition, str]:
        """Work out every leaf of `condition`, about the neuron in `n`, that needs it.

        Each row comes back as it was, `kept` and `n`, with a column for each leaf.
        """
        found: dict[c.Condition, str] = {}
        for leaf in _leaves(condition):
            if leaf not in found:
                column = self.parameters.variable("known")
                self._work_out(leaf, column, n, [*kept, *found.values()])
                found[leaf] = column
        return found

    def _work_out(
        self, leaf: c.Related | TokenPattern, column: str, n: str, kept: Sequence[str]
    ) -> None:
        if isinstance(leaf, c.Related):
            self._related(leaf, column, n, kept)
        else:
            self.clauses += levels.clauses(leaf, column, n, kept, self.parameters, self.deepest)

    def _related(self, leaf: c.Related, column: str, n: str, kept: Sequence[str]) -> None:
        """Find it out once of each neuron that is related, whichever and however many ask.

        The rows that lead to one wait in a list beside it meanwhile, each as its neuron's id and
        what is known of it.
        """
        other, back, row = map(self.parameters.variable, ("m", "back", "row"))
        path, tests = paths.related(f"({n})", other, leaf, self.parameters)
        columns = ", ".join([f"id: {n}.id", *(f"{name}: {name}" for name in kept)])
        self.clauses += [
            f"OPTIONAL MATCH {paths.filtered(path, tests)}",
            f"WITH {other}, collect(DISTINCT {{{columns}}}) AS {back}",
        ]
        known = self.known(leaf.to, other, [back])
        meets = holds(leaf.to, other, self.parameters, known)
        again = ", ".join([f"{row}.id AS id", *(f"{row}.{name} AS {name}" for name in kept)])
        self.clauses += [
            f"WITH {back}, {other}.id IS NOT NULL AND ({meets}) AS met",
            f"UNWIND {back} AS {row}",
            f"WITH {row}, count(CASE WHEN met THEN 1 END) > 0 AS {column}",
            f"WITH {again}, {column}",
            # optional, for the row of what is related with none has no neuron to be found again
            f"OPTIONAL MATCH ({n}:Neuron) WHERE {n}.id = id",
            f"WITH {', '.join([*kept, n, column])}",
        ]


def _leaves(condition: c.Condition) -> Iterator[c.Related | TokenPattern]:
    match condition:
        case c.AllOf(parts) | c.AnyOf(parts):
            for part in parts:
                yield from _leaves(part)
        case c.Not(part):
            yield from _leaves(part)
        case c.Related() if staged(condition):
            yield condition
        case TokenPattern():
            yield condition
        case _:
            return
