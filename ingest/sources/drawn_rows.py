"""Token graphs by columns: rows of all their tables are made many graphs at a time, by Arrow."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cypher import ids
from cypher.tables import table_from_columns
from ingest.sources.n2g_drawn import Drawn
from ingest.sources.places import place_among_equals

Array = Any
_ORDER: Any = [
    ("whose", "ascending"),
    ("share_max", "descending"),
    ("distance_min", "ascending"),
    ("token", "ascending"),
]


class DrawnRows:
    """Rows of what hangs on `TokenGraph`, and of tokens by neuron, that are not written yet."""

    def __init__(self) -> None:
        self._graphs: list[str] = []
        self._neurons: list[str] = []
        self._n_nodes: list[int] = []
        self._n_edges: list[int] = []
        self._n_accepted: list[int] = []
        # of nodes
        self._ids: list[str] = []
        self._positions: list[int] = []
        self._is_gap: list[bool] = []
        self._activations: list[float | None] = []
        self._importances: list[float | None] = []
        self._is_end: list[bool] = []
        # of edges, and of tokens that nodes accept: places of nodes are those in their own graph
        self._later: list[int] = []
        self._earlier: list[int] = []
        self._accepting: list[int] = []
        self._accepted: list[str] = []

    def __len__(self) -> int:
        return len(self._graphs)

    @property
    def n_rows(self) -> int:
        """How many rows these will be, roughly."""
        return 2 * len(self._ids) + len(self._later) + 2 * len(self._accepted)

    def add(self, graph: str, neuron: str, drawn: Drawn) -> None:
        """Add the graph with the id `graph`."""
        self._graphs.append(graph)
        self._neurons.append(neuron)
        self._n_nodes.append(len(drawn))
        self._n_edges.append(len(drawn.later))
        self._n_accepted.append(len(drawn.accepted))
        self._ids += ids.token_graph_node_ids(graph, len(drawn))
        self._positions += drawn.positions
        self._is_gap += drawn.is_gap
        self._activations += drawn.activations
        self._importances += drawn.importances
        self._is_end += drawn.is_end
        self._later += drawn.later
        self._earlier += drawn.earlier
        self._accepting += drawn.accepting
        self._accepted += drawn.accepted

    def truncate(self, length: int) -> None:
        """Take back all graphs but the first `length`."""
        parts: list[tuple[list[int], list[list[Any]]]] = [
            (self._n_nodes, [self._ids, self._positions, self._is_gap, self._activations,
                             self._importances, self._is_end]),
            (self._n_edges, [self._later, self._earlier]),
            (self._n_accepted, [self._accepting, self._accepted]),
        ]  # fmt: skip
        for counts, columns in parts:
            gone = sum(counts[length:])
            for column in columns:
                del column[len(column) - gone :]
        of_graphs: list[list[Any]] = [self._graphs, self._neurons, *(counts for counts, _ in parts)]
        for column in of_graphs:
            del column[length:]

    def tables(self, run_id: str) -> dict[str, pa.Table]:
        """All rows, by table; places among a token's neurons are found out once all are known."""
        if not self._graphs:
            return {}
        graphs, own = pa.array(self._graphs), pa.array(self._ids, pa.string())
        positions = pa.array(self._positions, pa.int64())
        graph = _owners(self._n_nodes)
        begins = pa.array([0, *accumulate(self._n_nodes[:-1])], pa.int64())
        is_first: Array = pc.equal(positions, pa.scalar(0))
        behind = pc.if_else(pa.array(self._is_gap, pa.bool_()), "ignore", "context")
        later, earlier = (
            own.take(pc.add(pa.array(ends, pa.int64()), begins.take(_owners(self._n_edges))))
            for ends in (self._later, self._earlier)
        )
        whose = _owners(self._n_accepted)
        accepting = pc.add(pa.array(self._accepting, pa.int64()), begins.take(whose))
        accepted = pa.array(self._accepted, pa.string())
        shares = [pa.array(c, pa.float64()) for c in (self._activations, self._importances)]
        found: dict[str, dict[str, Array]] = {
            "TokenGraphNode": {
                "id": own,
                "kind": pc.if_else(is_first, "activating", behind),
                "position": positions,
                "activation": shares[0],
                "importance": shares[1],
                "is_end": pa.array(self._is_end, pa.bool_()),
            },
            "CONTAINS": {"source": graphs.take(graph), "target": own},
            "STARTS_AT": {
                "source": graphs.take(graph.filter(is_first)), "target": own.filter(is_first)
            },
            "PRECEDED_BY": {"source": later, "target": earlier},
            "MATCHES": {"source": own.take(accepting), "target": accepted},
        }  # fmt: skip
        tokens = _Tokens(pa.array(self._neurons), whose, accepted)
        distances: Array = pc.negate(positions.take(accepting))
        fires, context = pc.equal(distances, pa.scalar(0)), pc.not_equal(distances, pa.scalar(0))
        found["ACTIVATES_ON"] = tokens.ranked(fires, "activation", shares[0].take(accepting))
        found["CONDITIONED_ON"] = tokens.ranked(
            context, "importance", shares[1].take(accepting), distances
        )
        return {name: _table(name, columns, run_id) for name, columns in found.items()}


def _table(name: str, columns: Mapping[str, Array], run_id: str) -> pa.Table:
    length = len(next(iter(columns.values())))
    return table_from_columns(name, {**columns, "run_id": pa.repeat(run_id, length)})


class _Tokens:
    """The tokens that nodes accept, by neuron."""

    def __init__(self, neurons: Array, whose: Array, accepted: Array) -> None:
        """Take tokens, each of the neuron at a place of `neurons`."""
        self._neurons, self._whose = neurons, whose
        encoded = accepted.dictionary_encode()
        order = pc.sort_indices(encoded.dictionary)
        self._texts = encoded.dictionary.take(order)
        self._tokens = pc.sort_indices(order).take(encoded.indices)  # places in that order

    def ranked(
        self, chosen: Array, name: str, shares: Array, distances: Array | None = None
    ) -> dict[str, Array]:
        """Each token once for a neuron, with its largest share and its least distance, by these."""
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
        ranked = {
            "source": self._neurons.take(whose),
            "target": self._texts.take(found.column("token").combine_chunks()),
            name: found.column("share_max"),
            "rank": place_among_equals(whose),
            "token_rank": pa.repeat(0, len(whose)),
        }
        return ranked if distances is None else ranked | {"distance": found.column("distance_min")}


def _owners(counts: list[int]) -> Array:
    """Of items of which the first so many are the first's, the next the second's …, whose each is."""
    ends = pa.array([0, *accumulate(counts)], pa.int32())
    items = pa.nulls(sum(counts), pa.bool_())
    return pc.list_parent_indices(pa.ListArray.from_arrays(ends, items)).cast(pa.int64())
