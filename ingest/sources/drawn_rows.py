"""Drawn token graphs that wait to become rows, many at a time."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingest.sources.graph_columns import GraphColumns, graph_tables
from ingest.sources.n2g_drawn import Drawn
from ingest.sources.places import begins, owners


class DrawnRows:
    """Rows of what hangs on `TokenGraph`, and of tokens by neuron, that are not written yet."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._graphs: list[str] = []
        self._neurons: list[str] = []
        self._n_nodes: list[int] = []
        self._n_edges: list[int] = []
        self._n_accepted: list[int] = []
        # of nodes
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
        return 2 * len(self._positions) + len(self._later) + 2 * len(self._accepted)

    def add(self, graph: str, neuron: str, drawn: Drawn) -> None:
        """Add the graph with the id `graph`."""
        self._graphs.append(graph)
        self._neurons.append(neuron)
        self._n_nodes.append(len(drawn))
        self._n_edges.append(len(drawn.later))
        self._n_accepted.append(len(drawn.accepted))
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
            (self._n_nodes, [self._positions, self._is_gap, self._activations,
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

    def tables(self) -> dict[str, pa.Table]:
        """All rows, by table."""
        return graph_tables(self.columns(), self._run_id)

    def columns(self) -> GraphColumns:
        """All of them."""
        n_nodes, n_edges, n_accepted = (
            pa.array(counts, pa.int64())
            for counts in (self._n_nodes, self._n_edges, self._n_accepted)
        )
        first = begins(n_nodes)
        later, earlier, accepting = (
            pc.add(pa.array(places, pa.int64()), first.take(owners(counts)))
            for places, counts in (
                (self._later, n_edges),
                (self._earlier, n_edges),
                (self._accepting, n_accepted),
            )
        )
        return GraphColumns(
            graphs=pa.array(self._graphs, pa.string()),
            neurons=pa.array(self._neurons, pa.string()),
            n_nodes=n_nodes,
            positions=pa.array(self._positions, pa.int64()),
            is_gap=pa.array(self._is_gap, pa.bool_()),
            activations=pa.array(self._activations, pa.float64()),
            importances=pa.array(self._importances, pa.float64()),
            is_end=pa.array(self._is_end, pa.bool_()),
            later=later,
            earlier=earlier,
            accepting=accepting,
            accepted=pa.array(self._accepted, pa.string()),
        )
