"""Running token graphs on a text, all of a model at once, along the tries in the graph.

The rule is that of `predicted_activations.cypher`: of all patterns that match at a position the
one with the longest context says what the neuron does; of equally long ones that with the
fewest ignored tokens, and then the strongest.

A walk begins at the nodes for the text's own tokens and goes back one token at a time, with one
statement for each step: what does not match is left behind at once, so that a step reads the
few patterns that still can match, and not the tries.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cypher import ids
from graphapi.groups import Row
from graphapi.reader import Reader

_NODES_AT_ONCE = 20_000
"""How many nodes one statement is asked about."""


@dataclass(frozen=True, slots=True)
class Begin:
    """Whose token graphs run."""

    model: str
    layers: frozenset[str] | None = None
    """Ids of the layers that their neurons may be of; None for any."""

    def has(self, graph: str) -> bool:
        """Whether a token graph of the model is one of them."""
        if self.layers is None:
            return True
        key = ids.parse_neuron_id(ids.neuron_of(graph))
        return ids.layer_id(key.model, key.layer) in self.layers


_Reached = dict[str, list[tuple[str, int, int]]]
"""For each node: the token graph, the position in the text, and how many tokens were ignored."""
_Precedence = tuple[int, int, float]
"""Tokens of the pattern, minus the ignored ones, and its activation: the largest is right."""


class _Walk:
    """Where the patterns of all token graphs have got to."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.found: dict[tuple[str, int], _Precedence] = {}
        """The best pattern of each token graph at each position."""
        self._tokens = tokens
        self._positions: dict[str, list[int]] = defaultdict(list)
        for position, token in enumerate(tokens):
            self._positions[token].append(position)
        self._back = 0
        """How many tokens before the activating one the next step looks."""
        self._at: _Reached = {}

    def begin(self, rows: Iterable[Row]) -> None:
        """Take in the nodes for the activating tokens; one without a token accepts any."""
        for row in rows:
            token, graph = row.get("token"), ids.token_graph_of(row["node_id"])
            everywhere = range(len(self._tokens))
            positions = everywhere if token is None else self._positions[token]
            reached = [(graph, position, int(token is None)) for position in positions]
            self._reach(row["node_id"], row, reached, self._at)
        self._back = 1

    def step(self, rows: Iterable[Row]) -> None:
        """Take in the nodes before those that were reached."""
        reached: _Reached = {}
        for row in rows:
            token = row["token"]
            ways = [
                (graph, position, ignored + (token is None))
                for graph, position, ignored in self._at[row["node_id"]]
                if position >= self._back
                and (token is None or self._tokens[position - self._back] == token)
            ]
            if ways:
                self._reach(row["before_id"], row, ways, reached)
        self._at = reached
        self._back += 1

    def _reach(
        self,
        node: str,
        row: Row,
        ways: list[tuple[str, int, int]],
        reached: _Reached,
    ) -> None:
        reached.setdefault(node, []).extend(ways)
        if not row["is_end"] or row["activation"] is None:
            return
        for graph, position, ignored in ways:
            precedence = (self._back + 1, -ignored, row["activation"])
            known = self.found.get((graph, position))
            if known is None or precedence > known:
                self.found[graph, position] = precedence

    def waiting(self) -> tuple[list[str], list[str]]:
        """The nodes before which the text goes on, and the tokens that stand there."""
        nodes, tokens = list[str](), set[str]()
        for node, ways in self._at.items():
            before = {self._tokens[p - self._back] for _, p, _ in ways if p >= self._back}
            if before:
                nodes.append(node)
                tokens |= before
        return nodes, sorted(tokens)


async def run_token_graphs(
    reader: Reader, begin: Begin, tokens: Sequence[str]
) -> dict[str, dict[int, float]]:
    """For each token graph with a pattern that matches: the activations by position, from 0.

    They are shares of the neuron's maximum; a position where no pattern matches is not there.
    """
    if not tokens:
        return {}
    below = f"{begin.model}/"
    own, of_any = await asyncio.gather(
        reader.statement("patterns_ending_with", ids=sorted(set(tokens)), below=below),
        reader.statement("patterns_ending_with_any", below=below, limit=_NODES_AT_ONCE),
    )
    walk = _Walk(tokens)
    rooted = (row for row in (*own, *of_any) if begin.has(row["node_id"]))
    await asyncio.to_thread(walk.begin, rooted)
    while True:
        nodes, before = await asyncio.to_thread(walk.waiting)
        if not nodes:
            break
        rows: list[Row] = []
        for first in range(0, len(nodes), _NODES_AT_ONCE):
            asked = nodes[first : first + _NODES_AT_ONCE]
            rows += await reader.statement("nodes_before", ids=asked, tokens=before)
        await asyncio.to_thread(walk.step, rows)
    graphs: dict[str, dict[int, float]] = defaultdict(dict)
    for (graph, position), (_, _, activation) in walk.found.items():
        graphs[graph][position] = activation
    return dict(graphs)
