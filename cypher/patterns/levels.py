"""Patterns of token graphs for Ladybug: from the nodes that name a token to the ends behind them.

A pattern is known by its end, for a trie has one way to each node. So the rows of neurons become
rows of the nodes that name a token which is asked for; these become rows of the ends that they
lead to, a hop at a time, each with what stands on its way; and these, rows of neurons again.
Where nothing has to be there, the ends that have none of what must not are counted instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from cypher.patterns import paths
from cypher.patterns.parameters import Parameters
from cypher.patterns.tries import Context, TokenPattern
from cypher.patterns.values import TokenSet

_GRAPH = "-[:HAS_TOKEN_GRAPH]->(:TokenGraph)-[:CONTAINS]->"


def clauses(  # noqa: PLR0917  the row, and what is asked of it
    condition: TokenPattern,
    column: str,
    n: str,
    kept: Sequence[str],
    parameters: Parameters,
    deepest: int,
) -> list[str]:
    """Clauses that keep `kept` and `n`, and add whether `condition` is met as `column`."""
    trie = _Trie(condition, n, kept, parameters)
    needed = [*([Context(condition.fires_on, 0, 0)] if condition.fires_on else []), *condition.when]
    if not needed:
        trie.count_ends()
    if needed or condition.without:
        trie.lead_to_ends([*needed, *condition.without], deepest)
    return [*trie.clauses, f"WITH {trie.row}, {trie.met(len(needed))} AS {column}"]


class _Trie:
    def __init__(
        self, condition: TokenPattern, n: str, kept: Sequence[str], parameters: Parameters
    ) -> None:
        self._activation = condition.activation
        self._parameters = parameters
        self._n = n
        self.row = ", ".join([*kept, n])
        """What comes back as it was."""
        self._total = ""
        self._end = ""
        self._marks: list[str] = []
        self.clauses: list[str] = []

    def count_ends(self) -> None:
        """Count the patterns that fire."""
        end, self._total = map(self._parameters.variable, ("e", "total"))
        self.clauses += [
            f"OPTIONAL MATCH ({self._n}){_GRAPH}({end}:TokenGraphNode) WHERE {self._ends(end)}",
            f"WITH {self.row}, count({end}) AS {self._total}",
        ]

    def lead_to_ends(self, contexts: Sequence[Context], deepest: int) -> None:
        """Make rows of the patterns that fire and have any of these, with a mark for each."""
        node, token, word, self._end = map(self._parameters.variable, ("c", "t", "w", "e"))
        sets = [one for context in contexts for one in context.tokens]
        carried = ", ".join(part for part in (self.row, self._total) if part)
        named = (
            f"OPTIONAL MATCH ({self._n}){_GRAPH}({node}:TokenGraphNode)-[:MATCHES]->({token}:Token)"
        )
        by_word = f"({token})-[:FORM_OF]->({word}:Word)"
        if all(one.words for one in sets):
            named += by_word.removeprefix(f"({token})")
        # A token need not have a word, and is to be found by itself all the same.
        both = any(one.words for one in sets) and not all(one.words for one in sets)
        named += "" if both else f" WHERE {self._named(sets, token, word)}"
        self.clauses += [named, f"OPTIONAL MATCH {by_word}"] if both else [named]
        marks = {self._parameters.variable("k"): context for context in contexts}
        self.clauses.append(
            f"WITH {carried}, {node}, "
            + ", ".join(
                f"max(CASE WHEN {self._there(context, node, token, word)} THEN 1 ELSE 0 END) AS {mark}"
                for mark, context in marks.items()
            )
        )
        way = [node, *(self._parameters.variable("c") for _ in range(deepest))]
        for before, behind in pairwise(way):
            self.clauses.append(
                f"OPTIONAL MATCH ({before})-[:PRECEDED_BY]->({behind}:TokenGraphNode)"
            )
        ends = ", ".join(f"CASE WHEN {self._ends(one)} THEN {one}.id END" for one in way)
        largest = ", ".join(f"max({mark}) AS {mark}" for mark in marks)
        self.clauses += [
            f"WITH {carried}, {', '.join(marks)}, [{ends}] AS {self._end}s",
            f"UNWIND {self._end}s AS {self._end}",
            f"WITH {carried}, {self._end}, {largest}",
        ]
        self._marks = list(marks)

    def met(self, needed: int) -> str:
        """Whether one pattern has the first `needed` of what it was led to by, and nothing else."""
        if not self._marks:
            return f"{self._total} > 0"
        has = [f"{mark} = 1" for mark in self._marks[:needed]]
        lacks = [f"{mark} = 0" for mark in self._marks[needed:]]
        there = f"{self._end} IS NOT NULL"
        if needed:
            tests = " AND ".join([there, *has, *lacks])
            return f"count(CASE WHEN {tests} THEN 1 END) > 0"
        wrong = f"{there} AND NOT ({' AND '.join(lacks)})"
        return f"max({self._total}) > count(CASE WHEN {wrong} THEN 1 END)"

    def _ends(self, node: str) -> str:
        return paths.ends(node, self._activation, self._parameters)

    def _there(self, context: Context, node: str, token: str, word: str) -> str:
        nearest, farthest = map(self._parameters.add, (context.nearest, context.farthest))
        distance = f"0 - {node}.position"
        return (
            f"{distance} >= {nearest} AND {distance} <= {farthest} "
            f"AND ({self._named(context.tokens, token, word)})"
        )

    def _named(self, sets: Sequence[TokenSet], token: str, word: str) -> str:
        return " OR ".join(self._of(one, word if one.words else token) for one in sets)

    def _of(self, wanted: TokenSet, variable: str) -> str:
        if len(wanted.texts) == 1:
            return f"{variable}.id = {self._parameters.add(wanted.texts[0])}"
        return f"{variable}.id IN {self._parameters.add_list(wanted.texts)}"
