"""Patterns of token graphs for Ladybug: a trie is walked level by level, a hop at a time.

The rows of neurons become rows of the ways through their tries, from an activating node to a
node with none behind it; c0 is the activating node of a way, c1 the one before it and so on,
null where the way is shorter. In the end they become rows of neurons again.
"""

from __future__ import annotations

from collections.abc import Sequence

from cypher.patterns import paths
from cypher.patterns.parameters import Parameters
from cypher.patterns.tries import Context, TokenPattern
from cypher.patterns.values import TokenSet

_Marks = list[list[str]]
"""For each level, variables of which one is not null where its node names a token."""


def clauses(  # noqa: PLR0917  the row, and what is asked of it
    condition: TokenPattern,
    column: str,
    n: str,
    kept: Sequence[str],
    parameters: Parameters,
    deepest: int,
) -> list[str]:
    """Clauses that keep `kept` and `n`, and add whether `condition` is met as `column`."""
    trie = _Trie(n, parameters, deepest)
    met = trie.pattern(condition)
    counted = f"count(CASE WHEN {met} THEN 1 END) > 0"
    return [*trie.clauses, f"WITH {', '.join([*kept, n])}, {counted} AS {column}"]


class _Trie:
    def __init__(self, n: str, parameters: Parameters, deepest: int) -> None:
        self._n = n
        self._parameters = parameters
        self._levels = [parameters.variable("c") for _ in range(deepest + 1)]
        self.clauses: list[str] = []

    def pattern(self, condition: TokenPattern) -> str:
        """What is asked of a way."""
        if len(condition.fires_on) == 1:
            self._walk(condition.fires_on[0])
            first = "true"
        else:
            self._walk(None)
            first = _or(self._names(0, condition.fires_on)) if condition.fires_on else "true"
        when = [self._there(context) for context in condition.when]
        without = [self._there(context) for context in condition.without]
        ends = []
        for level, node in enumerate(self._levels):
            tests = [paths.ends(node, condition.activation, self._parameters)]
            tests += [_or(_until(marks, level)) for marks in when]
            tests += [f"NOT ({_or(_until(marks, level))})" for marks in without]
            ends.append(f"({' AND '.join(tests)})")
        return f"({first}) AND ({' OR '.join(ends)})"

    def _walk(self, first: TokenSet | None) -> None:
        graph = f"({self._n})-[:HAS_TOKEN_GRAPH]->(g:TokenGraph)"
        path = f"{graph}-[:STARTS_AT]->({self._levels[0]}:TokenGraphNode)"
        if first is not None:
            path = paths.tokens(path, ":MATCHES", first, self._parameters)
        self.clauses.append(f"OPTIONAL MATCH {path}")
        for node, before in zip(self._levels, self._levels[1:], strict=False):
            self.clauses.append(
                f"OPTIONAL MATCH ({node})-[:PRECEDED_BY]->({before}:TokenGraphNode)"
            )

    def _there(self, context: Context) -> _Marks:
        return [
            self._names(level, context.tokens) if context.holds_at(level) else []
            for level in range(len(self._levels))
        ]

    def _names(self, level: int, wanted: tuple[TokenSet, ...]) -> list[str]:
        """Join the tokens of each set that the node of a level names."""
        found = []
        for one in wanted:
            mark = self._parameters.variable("r")
            path = paths.tokens(
                f"({self._levels[level]})", f"{mark}:MATCHES", one, self._parameters
            )
            self.clauses.append(f"OPTIONAL MATCH {path}")
            found.append(mark)
        return found


def _until(marks: _Marks, level: int) -> list[str]:
    return [mark for at in marks[: level + 1] for mark in at]


def _or(marks: Sequence[str]) -> str:
    """That one of these was found."""
    return f"({' OR '.join(f'{mark} IS NOT NULL' for mark in marks)})" if marks else "false"
