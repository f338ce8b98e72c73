"""From token graphs to rows of the graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cypher import ids
from cypher.motifs import Motifs, motifs_of
from ingest.n2g.build import Judged, Scores
from ingest.n2g.trie import Placed, placed

Row = dict[str, object]
_PLACES = 4
"""Decimal places kept of a share."""


@dataclass(slots=True)
class GraphRows:
    """Rows of one layer's token graphs, by table."""

    model: str
    layer: str
    """Its name."""
    texts: Sequence[str]
    """Exact text of each token id."""
    run: str
    source: str
    """The method that made the graphs."""
    tables: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, judged: Judged) -> None:
        """Add a graph that has at least one node."""
        neuron = ids.neuron_id(self.model, self.layer, judged.index)
        graph = ids.token_graph_id(neuron, self.source)
        nodes = list(placed(judged.roots))
        named = [self._named(place) for place in nodes]
        motifs = _motifs(nodes, named)
        self._row(
            "TokenGraph",
            id=graph,
            neuron_id=neuron,
            source=self.source,
            max_activation=judged.maximum,
            n_nodes=len(nodes),
            n_unconnected=motifs.n_unconnected,
            repeat_activation=motifs.repeat_activation,
            **_scores("", judged.top),
            **_scores("random_", judged.random),
        )
        self._row("HAS_TOKEN_GRAPH", source=neuron, target=graph)
        for place, tokens in zip(nodes, named, strict=True):
            self._add_node(graph, place, tokens)

    def _named(self, place: Placed) -> list[str]:
        """The ids of the tokens that a node names: several ids of the model may be one text."""
        return [ids.token_id(text) for text in sorted({self.texts[t] for t in place.node.tokens})]

    def _add_node(self, graph: str, place: Placed, tokens: Sequence[str]) -> None:
        identity = ids.token_graph_node_id(graph, place.number)
        node = place.node
        self._row(
            "TokenGraphNode",
            id=identity,
            kind=_kind(place),
            position=place.position,
            activation=rounded(node.activation),
            importance=rounded(node.importance),
            is_end=node.is_end,
        )
        self._row("CONTAINS", source=graph, target=identity)
        if place.parent is None:
            self._row("STARTS_AT", source=graph, target=identity)
        else:
            parent = ids.token_graph_node_id(graph, place.parent)
            self._row("PRECEDED_BY", source=parent, target=identity)
        for token in tokens:
            self._row("MATCHES", source=identity, target=token)

    def _row(self, table: str, **values: object) -> None:
        self.tables.setdefault(table, []).append({**values, "run_id": self.run})


def token_rows(texts: Sequence[str]) -> dict[str, list[Row]]:
    """`Token`, `Word` and `FORM_OF` rows of these texts, by table."""
    pairs = [(ids.token_id(text), ids.word_id(text)) for text in texts]
    return {
        "Token": [{"id": token} for token, _ in pairs],
        "Word": [{"id": word} for word in sorted({word for _, word in pairs})],
        "FORM_OF": [{"source": token, "target": word} for token, word in pairs],
    }


def rounded(share: float | None) -> float | None:
    """A share as it is kept."""
    return None if share is None else round(share, _PLACES)


def _scores(prefix: str, scores: Scores) -> dict[str, object]:
    """The columns of a graph's scores on one kind of text."""
    graph = scores.graph
    return {
        f"{prefix}precision": rounded(graph.precision),
        f"{prefix}recall": rounded(graph.recall),
        f"{prefix}f1": rounded(graph.f1),
        f"{prefix}correlation": rounded(graph.correlation),
        f"{prefix}support": graph.support,
        f"{prefix}token_baseline_f1": rounded(scores.token_f1),
        f"{prefix}bigram_baseline_f1": rounded(scores.bigram_f1),
    }


def _motifs(nodes: Sequence[Placed], named: Sequence[Sequence[str]]) -> Motifs:
    """The motifs of what is stored: of rounded activations."""
    return motifs_of(
        named,
        positions=[place.position for place in nodes],
        activations=[rounded(place.node.activation) for place in nodes],
        is_end=[place.node.is_end for place in nodes],
        edges=[(place.parent, place.number) for place in nodes if place.parent is not None],
    )


def _kind(place: Placed) -> str:
    if place.parent is None:
        return "activating"
    return "context" if place.node.tokens else "ignore"
