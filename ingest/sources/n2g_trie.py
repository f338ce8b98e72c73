"""From a drawn token graph to rows."""

from __future__ import annotations

from cypher import ids
from cypher.motifs import motifs_of
from ingest.sources.n2g_drawn import Drawn
from ingest.sources.sink import Sink


def add_graph(drawn: Drawn, neuron: str, sink: Sink, **known: object) -> None:
    """Add a neuron's graph; `known` are further columns of `TokenGraph`."""
    graph, count = ids.token_graph_id(neuron, sink.source), len(drawn)
    motifs = motifs_of(
        drawn.tokens,
        positions=drawn.positions,
        activations=drawn.activations,
        is_end=drawn.is_end,
        edges=drawn.edges,
    )
    sink.row("TokenGraph", id=graph, neuron_id=neuron, source=sink.source, note=drawn.note,
             n_nodes=count, n_unconnected=motifs.n_unconnected,
             repeat_activation=motifs.repeat_activation, **known)  # fmt: skip
    sink.row("HAS_TOKEN_GRAPH", source=neuron, target=graph)
    own = ids.token_graph_node_ids(graph, count)
    sink.columns(
        "TokenGraphNode",
        id=own,
        kind=list(map(_kind, drawn.positions, drawn.is_gap)),
        position=drawn.positions,
        activation=drawn.activations,
        importance=drawn.importances,
        is_end=drawn.is_end,
    )
    sink.columns("CONTAINS", source=[graph] * count, target=own)
    first = [own[at] for at, position in enumerate(drawn.positions) if position == 0]
    sink.columns("STARTS_AT", source=[graph] * len(first), target=first)
    later, earlier = ([own[ends[side]] for ends in drawn.edges] for side in (0, 1))
    sink.columns("PRECEDED_BY", source=later, target=earlier)
    accepting = [at for at, tokens in enumerate(drawn.tokens) for _ in tokens]
    accepted = sink.tokens([token for tokens in drawn.tokens for token in tokens])
    sink.columns("MATCHES", source=[own[at] for at in accepting], target=accepted)
    _add_tokens(drawn, accepting, accepted, neuron, sink)


def _kind(position: int, is_gap: bool) -> str:
    if position == 0:
        return "activating"
    return "ignore" if is_gap else "context"


def _add_tokens(
    drawn: Drawn, accepting: list[int], accepted: list[str], neuron: str, sink: Sink
) -> None:
    """What it fires on and what it is conditioned on, as far as colours tell.

    `accepting` are the places of nodes, one for each token that is `accepted`. The places among a
    token's neurons are found out once all neurons are known.
    """
    fires: dict[str, float] = {}
    context: dict[str, tuple[float, int]] = {}
    positions, activations, importances = drawn.positions, drawn.activations, drawn.importances
    for at, token in zip(accepting, accepted, strict=True):
        position = positions[at]
        if position == 0:
            share = min(-(activations[at] or 0.0), 0.0)  # the least is of the largest
            if share <= fires.get(token, 0.0):
                fires[token] = share
            continue
        share, known = min(-(importances[at] or 0.0), 0.0), context.get(token)
        if known is None:
            context[token] = (share, -position)
        elif share < known[0] or -position < known[1]:
            context[token] = (min(share, known[0]), min(-position, known[1]))
    ordered = sorted([(share, token) for token, share in fires.items()])
    sink.columns(
        "ACTIVATES_ON",
        source=[neuron] * len(ordered),
        target=[token for _, token in ordered],
        activation=[0.0 - share for share, _ in ordered],
        rank=range(1, len(ordered) + 1),
        token_rank=[0] * len(ordered),
    )
    behind = sorted([(*found, token) for token, found in context.items()])
    sink.columns(
        "CONDITIONED_ON",
        source=[neuron] * len(behind),
        target=[token for _, _, token in behind],
        importance=[0.0 - share for share, _, _ in behind],
        distance=[distance for _, distance, _ in behind],
        rank=range(1, len(behind) + 1),
        token_rank=[0] * len(behind),
    )
