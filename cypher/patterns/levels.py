"""Conditions on tries for Ladybug: a trie is walked level by level, a hop at a time.

The rows of neurons become rows of the ways through their tries, from an activating node to a
node with none behind it; c0 is the activating node of a way, c1 the one before it and so on,
null where the way is shorter. In the end they become rows of neurons again.
"""

from __future__ import annotations

from collections.abc import Sequence

from cypher.patterns import paths
from cypher.patterns.parameters import Parameters
from cypher.patterns.tries import Context, Repeats, TokenPattern, TrieCondition, Unconnected
from cypher.patterns.values import Between, TokenSet

_Marks = list[list[str]]
"""For each level, variables of which one is not null where its node names a token."""


def clauses(  # noqa: PLR0917  the row, and what is asked of it
    condition: TrieCondition,
    column: str,
    n: str,
    kept: Sequence[str],
    parameters: Parameters,
    deepest: int,
) -> list[str]:
    """Clauses that keep `kept` and `n`, and add whether `condition` is met as `column`."""
    trie = _Trie(n, parameters, deepest)
    match condition:
        case TokenPattern():
            met = trie.pattern(condition)
        case Repeats(activation):
            met = trie.repeats(activation)
        case Unconnected(nodes):
            return [*trie.unconnected(kept), *trie.counted(nodes, column, kept)]
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

    def repeats(self, activation: Between) -> str:
        """What is asked of a way, in the rows of which each token of its first node stands."""
        token = self._parameters.variable("t")
        self._walk(None)
        self.clauses.append(f"OPTIONAL MATCH ({self._levels[0]})-[:MATCHES]->({token}:Token)")
        marks: _Marks = [[]]
        for node in self._levels[1:]:
            again = self._parameters.variable("r")
            self.clauses.append(f"OPTIONAL MATCH ({node})-[{again}:MATCHES]->({token})")
            marks.append([again])
        ends = [
            f"({paths.ends(node, activation, self._parameters)} AND {_or(_until(marks, level))})"
            for level, node in enumerate(self._levels)
        ]
        return " OR ".join(ends)

    def unconnected(self, kept: Sequence[str]) -> list[str]:
        """Clauses that lead to rows of the activating nodes, with whether they are connected."""
        self._walk(None)
        carried, first = ", ".join([*kept, self._n, "g"]), self._levels[0]
        nodes = ", ".join(f"{node}.id" for node in self._levels)
        return [
            *self.clauses,
            f"WITH {carried}, {first}.id AS first, [{nodes}] AS nodes",
            "UNWIND nodes AS node",
            f"WITH DISTINCT {carried}, first, node",
            "OPTIONAL MATCH (g)-[:CONTAINS]->(c:TokenGraphNode)-[:MATCHES]->(t:Token) WHERE c.id = node",
            f"WITH {carried}, t.id AS token, collect(DISTINCT first) AS named_by",
            f"WITH {carried}, token IS NOT NULL AND size(named_by) > 1 AS joined, named_by",
            "UNWIND CASE WHEN size(named_by) = 0 THEN [''] ELSE named_by END AS first",
            f"WITH {carried}, first, max(CASE WHEN joined THEN 1 ELSE 0 END) AS joined",
        ]

    def counted(self, wanted: Between, column: str, kept: Sequence[str]) -> list[str]:
        """Clauses that count the activating nodes that are not connected."""
        carried = ", ".join([*kept, self._n])
        within = paths.between("alone", wanted, self._parameters)
        return [
            f"WITH {carried}, g, count(CASE WHEN first <> '' THEN 1 END) AS every, "
            f"count(CASE WHEN first <> '' AND joined = 0 THEN 1 END) AS alone",
            f"WITH {carried}, count(CASE WHEN every > 0 AND {within} THEN 1 END) > 0 AS {column}",
        ]

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
