"""From a drawn token graph to rows."""

from __future__ import annotations

from cypher import ids
from cypher.motifs import Motifs, motifs_of
from ingest.sources.n2g_drawn import Drawn
from ingest.sources.sink import Sink


def add_graph(drawn: Drawn, neuron: str, sink: Sink, **known: object) -> None:
    """Add a neuron's graph; `known` are further columns of `TokenGraph`.

    The neuron fires on tokens, and is conditioned on others, as far as colours tell.
    """
    graph = ids.token_graph_id(neuron, sink.source)
    motifs = drawn_motifs(drawn)
    sink.row("TokenGraph", id=graph, neuron_id=neuron, source=sink.source, note=drawn.note,
             n_nodes=len(drawn), n_unconnected=motifs.n_unconnected,
             repeat_activation=motifs.repeat_activation, **known)  # fmt: skip
    sink.row("HAS_TOKEN_GRAPH", source=neuron, target=graph)
    sink.graph(graph, neuron, drawn)


def drawn_motifs(drawn: Drawn) -> Motifs:
    """The motifs of a drawn graph."""
    return motifs_of(
        drawn.tokens,
        positions=drawn.positions,
        activations=drawn.activations,
        is_end=drawn.is_end,
        edges=zip(drawn.later, drawn.earlier, strict=True),
    )
