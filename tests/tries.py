"""Tries in Python: made from a seed, written as the token graphs of a pack, and read from one.

tables = token_graphs({"toy/0/0@n2g": (Node(("a",), 0.5),)})
write_pack(path, tables)
trie_of("toy/0/0@n2g", tables)
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import count

from cypher import ids
from cypher.motifs import motifs_of
from tests.graphs import Tables


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a trie with what may stand before it."""

    tokens: tuple[str, ...] | None
    """What it accepts; None for any token."""
    activation: float | None = None
    """Share of the neuron's maximum if the text matches to here; None if unknown."""
    children: tuple[Node, ...] = ()
    is_end: bool = True
    """Whether a pattern is complete here, if it has an activation."""

    def accepts(self, token: str) -> bool:
        return self.tokens is None or token in self.tokens


Trie = tuple[Node, ...]
"""Its roots."""


def random_trie(source: random.Random, letters: Sequence[str], *, depth: int) -> Trie:
    """Up to three roots, and nodes down to `depth` of which any two may accept the same."""
    few = source.sample(letters, 3)
    return tuple(_random_node(source, few, 0, depth) for _ in range(source.randrange(1, 4)))


def _random_node(source: random.Random, letters: Sequence[str], depth: int, most: int) -> Node:
    accepted = tuple(sorted(source.sample(letters, source.choice((1, 1, 1, 2, 3)))))
    n_children = source.choice((0, 1, 1, 2, 3)) if depth < most else 0
    return Node(
        tokens=None if source.random() < (0.3 if depth else 0.1) else accepted,
        activation=source.choice((None, None, -0.25, 0.0, 0.5, 1.0, source.random())),
        children=tuple(_random_node(source, letters, depth + 1, most) for _ in range(n_children)),
        is_end=source.random() < 0.9,
    )


def predicted(trie: Trie, tokens: Sequence[str]) -> list[float]:
    """The activation at each position, from the definition."""
    patterns = [pattern for root in trie for pattern in _patterns(root)]
    return [_at(position, patterns, tokens) for position in range(len(tokens))]


def _patterns(node: Node) -> Iterator[tuple[Node, ...]]:
    """Every pattern that begins at `node`, as its nodes, the activating one first."""
    if node.is_end and node.activation is not None:
        yield (node,)
    for child in node.children:
        for rest in _patterns(child):
            yield (node, *rest)


def _at(position: int, patterns: list[tuple[Node, ...]], tokens: Sequence[str]) -> float:
    before = list(reversed(tokens[: position + 1]))
    matching = [
        (len(pattern), -sum(node.tokens is None for node in pattern), pattern[-1].activation)
        for pattern in patterns
        if len(pattern) <= len(before)
        and all(node.accepts(token) for node, token in zip(pattern, before, strict=False))
    ]
    return max(matching)[-1] or 0.0 if matching else 0.0


def tokens_of(trie: Trie) -> set[str]:
    """What any of its nodes accepts."""
    return {token for node in trie for token in (*(node.tokens or ()), *tokens_of(node.children))}


def token_graphs(tries: Mapping[str, Trie]) -> Tables:
    """The tables of a pack that has each trie as the token graph of that id."""
    tables: Tables = defaultdict(list)
    run = ids.run_id("token-graphs", "n2g", {"graphs": list(tries)})
    covered: dict[tuple[str, str], set[str]] = defaultdict(set)
    for graph, trie in tries.items():
        neuron, _, source = graph.rpartition("@")
        key = ids.parse_neuron_id(neuron)
        layer = ids.layer_id(key.model, key.layer)
        if neuron not in covered[key.model, key.layer]:
            covered[key.model, key.layer].add(neuron)
            tables["Neuron"].append(
                {"id": neuron, "model_id": key.model, "layer_id": layer}
                | {"layer_index": int(key.layer), "index": key.index, "run_id": run}
            )
            tables["HAS_NEURON"].append({"source": layer, "target": neuron})
        tables["TokenGraph"].append(
            {"id": graph, "neuron_id": neuron, "source": source, "run_id": run}
            | motif_columns(trie)
        )
        tables["HAS_TOKEN_GRAPH"].append({"source": neuron, "target": graph, "run_id": run})
        add_nodes(tables, graph, trie, run)
    tables["IngestRun"].append({"id": run, "job": "token-graphs", "source": "n2g"})
    tables["Model"] += [{"id": model} for model in sorted({model for model, _ in covered})]
    for (model, name), neurons in covered.items():
        layer = ids.layer_id(model, name)
        tables["Layer"].append(
            {"id": layer, "model_id": model, "name": name, "layer_index": int(name), "kind": "mlp"}
        )
        tables["HAS_LAYER"].append({"source": model, "target": layer})
        tables["COVERS"].append(
            {"source": run, "target": layer, "n_present": len(neurons), "n_absent": 0}
        )
    for token in sorted(set().union(*map(tokens_of, tries.values()))):
        tables["Token"].append({"id": token})
        tables["Word"].append({"id": ids.word_id(token)})
        tables["FORM_OF"].append({"source": token, "target": ids.word_id(token)})
    return tables


def motif_columns(trie: Trie) -> dict[str, object]:
    """The columns of `TokenGraph` that say of what motifs the trie is."""
    nodes: list[tuple[Node, int]] = []
    edges: list[tuple[int, int]] = []

    def add(node: Node, position: int) -> int:
        number = len(nodes)
        nodes.append((node, position))
        edges.extend((number, add(child, position - 1)) for child in node.children)
        return number

    for root in trie:
        add(root, 0)
    found = motifs_of(
        [node.tokens or () for node, _ in nodes],
        positions=[position for _, position in nodes],
        activations=[node.activation for node, _ in nodes],
        is_end=[node.is_end for node, _ in nodes],
        edges=edges,
    )
    return asdict(found)


def add_nodes(tables: Tables, graph: str, trie: Trie, run: str) -> None:
    """Add the rows of the nodes of one token graph."""
    writer = _Nodes(tables, graph, run)
    for root in trie:
        link = {"source": graph, "target": writer.add(root, 0), "run_id": run}
        tables["STARTS_AT"].append(link)


class _Nodes:
    """Writes the nodes of one token graph, numbered from 0, parents first."""

    def __init__(self, tables: Tables, graph: str, run: str) -> None:
        self._tables = tables
        self._graph = graph
        self._run = run
        self._numbers = count()

    def add(self, node: Node, position: int) -> str:
        """Write `node` and what may stand before it; its id."""
        made = ids.token_graph_node_id(self._graph, next(self._numbers))
        kind = "ignore" if node.tokens is None else "context" if position else "activating"
        self._tables["TokenGraphNode"].append(
            {"id": made, "kind": kind, "position": position, "activation": node.activation}
            | {"is_end": node.is_end, "run_id": self._run}
        )
        self._link("CONTAINS", self._graph, made)
        for token in node.tokens or ():
            self._link("MATCHES", made, token)
        for child in node.children:
            self._link("PRECEDED_BY", made, self.add(child, position - 1))
        return made

    def _link(self, type_: str, source: str, target: str) -> None:
        row = {"source": source, "target": target, "run_id": self._run}
        self._tables[type_].append(row)


def trie_of(graph: str, tables: Tables) -> Trie:
    """A token graph of a pack as a trie."""
    return tries_of(tables)[graph]


def tries_of(tables: Tables) -> dict[str, Trie]:
    """Every token graph of a pack as a trie, by its id."""
    accepted: dict[str, list[str]] = defaultdict(list)
    before: dict[str, list[str]] = defaultdict(list)
    starts: dict[str, list[str]] = defaultdict(list)
    for found, type_ in ((accepted, "MATCHES"), (before, "PRECEDED_BY"), (starts, "STARTS_AT")):
        for row in tables[type_]:
            found[row["source"]].append(row["target"])
    stored = {row["id"]: row for row in tables["TokenGraphNode"]}

    def node(id_: str) -> Node:
        return Node(
            tokens=None if stored[id_]["kind"] == "ignore" else tuple(accepted[id_]),
            activation=stored[id_]["activation"],
            children=tuple(node(child) for child in before[id_]),
            is_end=stored[id_]["is_end"],
        )

    return {row["id"]: tuple(map(node, starts[row["id"]])) for row in tables["TokenGraph"]}
