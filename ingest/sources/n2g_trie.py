"""From a drawn token graph to rows."""

from __future__ import annotations

from cypher import ids
from ingest.sources.n2g_drawn import Drawn, DrawnNode
from ingest.sources.sink import Sink


def add_graph(drawn: Drawn, neuron: str, sink: Sink, **known: object) -> None:
    """Add a neuron's graph; `known` are further columns of `TokenGraph`."""
    graph = ids.token_graph_id(neuron, sink.source)
    sink.row("TokenGraph", id=graph, neuron_id=neuron, source=sink.source, note=drawn.note,
             n_nodes=len(drawn.nodes), **known)  # fmt: skip
    sink.row("HAS_TOKEN_GRAPH", source=neuron, target=graph)
    for number, node in enumerate(drawn.nodes):
        own = ids.token_graph_node_id(graph, number)
        sink.row("TokenGraphNode", id=own, kind=_kind(node), position=node.position,
                 activation=node.activation, importance=node.importance,
                 is_end=node.is_end)  # fmt: skip
        sink.row("CONTAINS", source=graph, target=own)
        if node.position == 0:
            sink.row("STARTS_AT", source=graph, target=own)
        for earlier in node.before:
            before = ids.token_graph_node_id(graph, earlier)
            sink.row("PRECEDED_BY", source=own, target=before)
        for token in _tokens(node):
            sink.row("MATCHES", source=own, target=sink.token(token))
    _add_tokens(drawn, neuron, sink)


def _tokens(node: DrawnNode) -> tuple[str, ...]:
    return () if node.token is None else tuple(dict.fromkeys((node.token, *node.also)))


def _kind(node: DrawnNode) -> str:
    if node.position == 0:
        return "activating"
    return "ignore" if node.is_gap else "context"


def _add_tokens(drawn: Drawn, neuron: str, sink: Sink) -> None:
    """What it fires on and what it is conditioned on, as far as colours tell.

    The places among a token's neurons are found out once all neurons are known.
    """
    fires: dict[str, float] = {}
    context: dict[str, tuple[float, int]] = {}
    for node, token in ((one, token) for one in drawn.nodes for token in _tokens(one)):
        if node.position == 0:
            fires[token] = max(node.activation or 0.0, fires.get(token, 0.0))
        else:
            strongest, nearest = context.get(token, (0.0, -node.position))
            context[token] = (max(node.importance or 0.0, strongest), min(nearest, -node.position))
    ordered = sorted(fires.items(), key=lambda item: (-item[1], item[0]))
    for rank, (token, share) in enumerate(ordered, start=1):
        row = {"source": neuron, "target": token, "activation": share, "rank": rank}
        sink.row("ACTIVATES_ON", **row, token_rank=0)
    behind = sorted(context.items(), key=lambda item: (-item[1][0], item[1][1], item[0]))
    for rank, (token, (importance, distance)) in enumerate(behind, start=1):
        row = {"source": neuron, "target": token, "importance": importance, "rank": rank}
        sink.row("CONDITIONED_ON", **row, distance=distance, token_rank=0)
