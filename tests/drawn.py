"""Token graphs as text that can be read: the activating token first, below it what stood before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cypher.catalogue import run
from cypher.graph import Graph

_WIDTH = 34
"""Columns that the tokens take, before the activation."""
_TOKENS = 3
"""Tokens of a node that are written out."""


@dataclass(slots=True)
class _Node:
    activation: float | None
    """Share of the neuron's maximum."""
    tokens: list[str] = field(default_factory=list)
    before: list[_Node] = field(default_factory=list)

    @property
    def strongest(self) -> float:
        """The largest activation at or behind it."""
        return max(self.activation or 0.0, *(node.strongest for node in self.before), 0.0)


async def drawn(graph: Graph, neuron: str) -> str:
    """The first token graph of a neuron, under its F1 on random text; the strongest first."""
    found = (await run(graph, "token_graphs", ids=[neuron]))[0]
    nodes: dict[str, _Node] = {}
    for row in await run(graph, "token_graph_nodes", ids=[str(found["id"])]):
        share = row["activation"]
        node = nodes.setdefault(str(row["id"]), _Node(None if share is None else float(str(share))))
        if row["token"] is not None:
            node.tokens.append(str(row["token"]))
    roots = dict(nodes)
    for edge in await run(graph, "token_graph_edges", ids=[str(found["id"])]):
        nodes[str(edge["source"])].before.append(roots.pop(str(edge["target"])))
    scores = f"F1 {found['random_f1']:.2f}, bigrams {found['random_bigram_baseline_f1']:.2f}"
    lines = [line for root in _ordered(roots.values()) for line in _lines(root, "", "")]
    return "\n".join([f"{neuron} ({scores})", *lines]) + "\n"


def _ordered(nodes: Iterable[_Node]) -> list[_Node]:
    return sorted(nodes, key=lambda node: (-node.strongest, node.tokens))


def _lines(node: _Node, first: str, rest: str) -> Iterator[str]:
    """A node's line and those of what is behind it; `first` begins its own, `rest` the others."""
    share = "" if node.activation is None else f"{node.activation:>5.2f}"
    yield f"{first + _label(node.tokens):<{_WIDTH}}{share}".rstrip()
    before = _ordered(node.before)
    for place, child in enumerate(before, start=1):
        mine, below = ("└─ ", "   ") if place == len(before) else ("├─ ", "│  ")
        yield from _lines(child, rest + mine, rest + below)


def _label(tokens: Sequence[str]) -> str:
    most = _TOKENS if len(tokens) > _TOKENS + 1 else _TOKENS + 1  # never "and 1 more"
    shown = [json.dumps(token, ensure_ascii=False) for token in tokens[:most]]
    hidden = len(tokens) - len(shown)
    return " ".join([*shown, f"… and {hidden} more"] if hidden else shown) or "any token"
