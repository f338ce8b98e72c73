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
        other = self.parameters.variable("m")
        path, tests = paths.related(f"({n})", other, leaf, self.parameters)
        carried = [*kept, n]
        self.clauses += [
            f"OPTIONAL MATCH {paths.filtered(path, tests)}",
            f"WITH DISTINCT {', '.join([*carried, other])}",
        ]
        known = self.known(leaf.to, other, carried)
        meets = holds(leaf.to, other, self.parameters, known)
        counted = f"count(CASE WHEN {other}.id IS NOT NULL AND ({meets}) THEN 1 END) > 0"
        self.clauses.append(f"WITH {', '.join(carried)}, {counted} AS {column}")


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
