"""Token graphs read back from a pack, made ready to run on texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cypher.pack import Pack
from ingest.n2g.predict import Runner
from ingest.n2g.trie import Node

PREFERRED = "n2g"
"""Of several token graphs of a neuron, the one of this source."""


class Vocabulary:
    """A number for each text of a token."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __call__(self, tokens: Sequence[str]) -> list[int]:
        """The tokens' numbers; new ones get the next."""
        return [self._numbers.setdefault(token, len(self._numbers)) for token in tokens]


@dataclass(frozen=True, slots=True)
class Trie:
    """A neuron's token graph."""

    roots: tuple[frozenset[str], ...]
    """The tokens of each root, in the order of the graph's nodes."""
    maximum: float
    """The activation that a share of 1 stands for."""
    runner: Runner
    vocabulary: Vocabulary

    def predict(self, tokens: Sequence[str]) -> list[float]:
        """The predicted activation on each token of a text."""
        numbers = np.array(self.vocabulary(tokens), np.int32)
        return [float(self.maximum * share) for share in self.runner(numbers)]


def tries_of(pack: Pack, layer: str) -> dict[str, Trie]:
    """The token graph of each neuron of a layer, by the neuron's id; those that have one."""
    below = f"{layer}/"
    graphs: dict[str, dict[str, object]] = {}
    columns = ["id", "neuron_id", "source", "max_activation"]
    for row in sorted(pack.below("TokenGraph", below, columns), key=_preference):
        graphs.setdefault(row["neuron_id"], row)
    nodes = {
        row["id"]: row
        for row in pack.below("TokenGraphNode", below, ["kind", "activation", "importance"])
    }
    tokens, before, starts = (
        _lists(pack, table, below) for table in ("MATCHES", "PRECEDED_BY", "STARTS_AT")
    )
    vocabulary = Vocabulary()

    def made(node: str) -> Node:
        row = nodes[node]
        own = () if row["kind"] == "ignore" else tuple(sorted(vocabulary(tokens.get(node, []))))
        children = tuple(made(child) for child in before.get(node, []))
        return Node(own, row["activation"], row["importance"] or 0.0, children)

    found = {}
    for neuron, graph in graphs.items():
        first = starts.get(str(graph["id"]), [])
        maximum = graph["max_activation"]
        if first and isinstance(maximum, float) and maximum > 0:
            roots = tuple(frozenset(tokens.get(node, [])) for node in first)
            runner = Runner(tuple(made(node) for node in first))
            found[neuron] = Trie(roots, maximum, runner, vocabulary)
    return found


def _preference(row: Mapping[str, object]) -> tuple[str, bool, str]:
    return str(row["neuron_id"]), row["source"] != PREFERRED, str(row["source"])


def _lists(pack: Pack, table: str, below: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in pack.below(table, below, ["source", "target"]):
        found[row["source"]].append(row["target"])
    return {source: sorted(targets, key=_numbered) for source, targets in found.items()}


def _numbered(node: str) -> tuple[int, str]:
    """Nodes by their number, tokens by their text."""
    number = node.rpartition("#")[2]
    return (len(number), node) if number.isdigit() else (0, node)
