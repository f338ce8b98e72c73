"""Token graphs by columns: rows of all their tables are made many graphs at a time, by Arrow.

Rows of most tables are put in the order of their keys by the numbers of graphs and nodes: to sort
ids, which begin alike, takes ten times as long.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cypher.id_columns import token_graph_node_ids
from ingest.sources.column_rows import run_table
from ingest.sources.places import begins, inverse, numbers, ordinals, owners, place_among_equals

Array = Any
_ORDER: Any = [
    ("whose", "ascending"),
    ("share_max", "descending"),
    ("distance_min", "ascending"),
    ("token", "ascending"),
]


@dataclass(frozen=True, slots=True)
class GraphColumns:
    """Token graphs, as Arrow's arrays."""

    graphs: Array
    """Ids, each once."""
    neurons: Array
    """Those that they describe, each once."""
    n_nodes: Array
    """Of each graph; nodes of one graph follow each other."""
    positions: Array
    """Of each node: 0 for the activating token, -1, -2 … going back."""
    is_gap: Array
    """Whether a node accepts any token."""
    activations: Array
    """Shares of the maximum, of activating nodes; null where unknown."""
    importances: Array
    """Of others, likewise."""
    is_end: Array
    """Whether a pattern ends at a node."""
    later: Array
    """The place among all nodes, for each edge from one, each pair of nodes once …"""
    earlier: Array
    """… and that of the one for the token before it, where the edge leads."""
    accepting: Array
    """The place among all nodes, for each token that a node accepts …"""
    accepted: Array
    """… and that token."""


def graph_tables(columns: GraphColumns, run_id: str) -> dict[str, pa.Table]:
    """All rows, by table; places among a token's neurons are found out once all are known."""
    if not len(columns.graphs):
        return {}
    owner = owners(columns.n_nodes)
    number = pc.subtract(numbers(len(owner)), begins(columns.n_nodes).take(owner))
    order = _node_order(columns.graphs, owner, number)
    place = inverse(order)
    own = token_graph_node_ids(columns.graphs.take(owner), number)
    graph = columns.graphs.take(owner.take(order))
    positions = columns.positions.take(order)
    is_first: Array = pc.equal(positions, pa.scalar(0))
    behind = pc.if_else(columns.is_gap.take(order), "ignore", "context")
    edges = pc.sort_indices(
        pc.add(
            pc.multiply(place.take(columns.later), pa.scalar(len(own))),
            place.take(columns.earlier),
        )
    )
    texts, tokens = ordinals(columns.accepted)
    matches = pc.sort_indices(
        pa.table({"node": place.take(columns.accepting), "token": tokens}),
        [("node", "ascending"), ("token", "ascending")],
    )
    found: dict[str, dict[str, Array]] = {
        "TokenGraphNode": {
            "id": own.take(order),
            "kind": pc.if_else(is_first, "activating", behind),
            "position": positions,
            "activation": columns.activations.take(order),
            "importance": columns.importances.take(order),
            "is_end": columns.is_end.take(order),
        },
        "CONTAINS": {"source": graph, "target": own.take(order)},
        "STARTS_AT": {
            "source": graph.filter(is_first), "target": own.take(order).filter(is_first)
        },
        "PRECEDED_BY": {
            "source": own.take(columns.later.take(edges)),
            "target": own.take(columns.earlier.take(edges)),
        },
        "MATCHES": {
            "source": own.take(columns.accepting.take(matches)),
            "target": columns.accepted.take(matches),
        },
    }  # fmt: skip
    whose = owner.take(columns.accepting)
    by_neuron = _Tokens(columns.neurons, whose, texts, tokens)
    distances: Array = pc.negate(columns.positions.take(columns.accepting))
    fires, context = pc.equal(distances, pa.scalar(0)), pc.not_equal(distances, pa.scalar(0))
    activations, importances = (
        shares.take(columns.accepting) for shares in (columns.activations, columns.importances)
    )
    found["ACTIVATES_ON"] = by_neuron.ranked(fires, "activation", activations)
    found["CONDITIONED_ON"] = by_neuron.ranked(context, "importance", importances, distances)
    return {name: run_table(name, columns, run_id) for name, columns in found.items()}


def _node_order(graphs: Array, owner: Array, number: Array) -> Array:
    """Places of nodes in the order of their ids: no graph's id is the begin of another's."""
    most = pc.max(number).as_py() + 1 if len(number) else 0
    _, as_text = ordinals(numbers(most).cast(pa.string()))
    _, graph = ordinals(graphs)
    key = pc.add(pc.multiply(graph.take(owner), pa.scalar(most)), as_text.take(number))
    return pc.sort_indices(key)


def _texts(places: Array, texts: Array) -> Array:
    """Texts by their places among `texts`, which each stand there once."""
    return pa.DictionaryArray.from_arrays(places.cast(pa.int32()), texts)


class _Tokens:
    """The tokens that nodes accept, by neuron."""

    def __init__(self, neurons: Array, whose: Array, texts: Array, tokens: Array) -> None:
        """Take tokens, places in `texts`, which are in order, each of the neuron at a place."""
        self._neurons, self._whose = neurons, whose
        self._texts, self._tokens = texts, tokens
        _, self._order = ordinals(neurons)

    def ranked(
        self, chosen: Array, name: str, shares: Array, distances: Array | None = None
    ) -> dict[str, Array]:
        """Each token once for a neuron, with its largest share and its least distance.

        They are ranked by these, and stand in the order of neurons and tokens.
        """
        columns = {
            "whose": self._whose,
            "token": self._tokens,
            "share": pc.max_element_wise(shares, 0.0),  # which no share at all is too
            "distance": self._whose if distances is None else distances,
        }
        table = pa.table(columns).filter(chosen)
        found = table.group_by(["whose", "token"], use_threads=False).aggregate(
            [("share", "max"), ("distance", "min")]
        )
        found = found.sort_by(_ORDER).combine_chunks()
        whose = found.column("whose").combine_chunks()
        found = found.append_column("rank", place_among_equals(whose))
        token = found.column("token").combine_chunks()
        key = pc.add(
            pc.multiply(self._order.take(whose), pa.scalar(len(self._texts))),
            token.cast(pa.int64()),
        )
        found = found.take(pc.sort_indices(key)).combine_chunks()
        ranked = {
            "source": _texts(found.column("whose").combine_chunks(), self._neurons),
            "target": _texts(found.column("token").combine_chunks(), self._texts),
            name: found.column("share_max"),
            "rank": found.column("rank"),
            "token_rank": pa.repeat(0, len(found)),
        }
        return ranked if distances is None else ranked | {"distance": found.column("distance_min")}
