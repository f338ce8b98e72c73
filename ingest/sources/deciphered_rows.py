"""DeepDecipher's answers that wait to become rows, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cypher import ids
from ingest.sources.column_rows import run_table
from ingest.sources.deciphered_columns import Answers, UnusualError, answer_columns
from ingest.sources.documents import plain
from ingest.sources.drawn_rows import DrawnRows
from ingest.sources.fields import Record
from ingest.sources.graph_columns import GraphColumns, graph_tables
from ingest.sources.n2g_deciphered import read_deciphered
from ingest.sources.n2g_drawn import note_of
from ingest.sources.places import counted, owners, place_among_equals
from ingest.sources.unconnected import unconnected

Array = Any
MEASURE = "n2g"
"""Of what DeepDecipher calls similar."""
_OF_NODES = ("token", "importance", "required")
Similar = Sequence[tuple[str, float, bool]]
"""Ids of similar neurons, how similar they are, and whether they are of another layer."""


class DecipheredRows:
    """Graphs and similar neurons of answers whose records cannot be taken back.

    Whether a graph is one is looked at when they become tables.
    """

    def __init__(self, source: str, run_id: str) -> None:
        self._source, self._run_id = source, run_id
        self._again: list[Callable[[], Record]] = []
        self._answers = Answers([], [], [], [], [], [], [], [], [])
        self._known: list[Mapping[str, object]] = []
        self._n_similar: list[int] = []
        self._similar: list[tuple[str, float, bool]] = []

    def __len__(self) -> int:
        return len(self._again)

    @property
    def n_rows(self) -> int:
        """How many rows these will be, roughly."""
        answers = self._answers
        return 4 * len(answers.texts) + len(answers.required) + len(self._similar)

    def add(
        self,
        neuron: str,
        graph: Record,
        similar: Similar,
        *,
        again: Callable[[], Record],
        known: Mapping[str, object],
    ) -> set[str] | None:
        """Add an answer's graph, and the rest; `again` reads the answer once more.

        Gives its nodes' texts; None, with nothing added, if it cannot be one as they mostly are.
        """
        listed, found = graph.raw("subgraph_indices"), graph.columns("graph", *_OF_NODES)
        if type(listed) is not list or found is None:
            return None
        texts, shares, lists = found[0], found[1], list(map(plain, found[2]))
        if not set(map(type, lists)) <= {list}:
            return None
        required = list(chain.from_iterable(lists))
        n_required, n_listed = list(map(len, lists)), len(listed)
        try:
            different = set(texts)
        except TypeError:  # one is an object or a list
            return None
        self._again.append(again)
        own = self._answers
        own.graphs.append(ids.token_graph_id(neuron, self._source))
        own.neurons.append(neuron)
        own.n_begins.append(n_listed)
        own.begins.extend(listed)
        own.n_nodes.append(len(texts))
        own.texts.extend(texts)
        own.shares.extend(shares)
        own.n_required.extend(n_required)
        own.required.extend(required)
        self._known.append(known)
        self._n_similar.append(len(similar))
        self._similar += similar
        return different

    def tables(self) -> dict[str, pa.Table]:
        """All rows, by table. Raises SourceError if a graph is none."""
        try:
            columns = answer_columns(self._answers)
        except UnusualError:
            columns = self._one_by_one()
        return {
            **graph_tables(columns, self._run_id),
            "TokenGraph": self._graphs(columns),
            "HAS_TOKEN_GRAPH": run_table(
                "HAS_TOKEN_GRAPH",
                {"source": columns.neurons, "target": columns.graphs},
                self._run_id,
            ),
            "SIMILAR_TO": self._similarities(columns.neurons),
        }

    def _one_by_one(self) -> GraphColumns:
        rows = DrawnRows(self._run_id)
        answers = self._answers
        for again, graph, neuron in zip(self._again, answers.graphs, answers.neurons, strict=True):
            rows.add(graph, neuron, read_deciphered(again().record("graph")))
        return rows.columns()

    def _graphs(self, columns: GraphColumns) -> pa.Table:
        graph = owners(columns.n_nodes)
        n_gaps = counted(graph.filter(columns.is_gap), len(columns.graphs))
        n_named = counted(graph.take(pc.unique(columns.accepting)), len(columns.graphs))
        n_lost = pc.subtract(pc.subtract(columns.n_nodes, n_named), n_gaps)
        named = {name for known in self._known for name in known}
        known = {name: [known.get(name) for known in self._known] for name in sorted(named)}
        return run_table(
            "TokenGraph",
            {
                "id": columns.graphs,
                "neuron_id": columns.neurons,
                "source": pa.repeat(self._source, len(columns.graphs)),
                "note": list(map(note_of, n_lost.to_pylist(), n_gaps.to_pylist())),
                "n_nodes": columns.n_nodes,
                "n_unconnected": unconnected(columns),
                "repeat_activation": pa.nulls(len(columns.graphs), pa.float64()),
                **known,
            },
            self._run_id,
        )

    def _similarities(self, neurons: Array) -> pa.Table:
        """Similar neurons, the most similar first, equals in the order of their ids."""
        targets, shares, is_across = zip(*self._similar, strict=True) if self._similar else [()] * 3
        whose = owners(pa.array(self._n_similar, pa.int64()))
        target = pa.array(targets, pa.string())
        similarity = pc.add(pa.array(shares, pa.float64()), pa.scalar(0.0))  # 0, if it is -0
        order = pc.sort_indices(
            pa.table({"whose": whose, "similarity": similarity, "target": target}),
            [("whose", "ascending"), ("similarity", "descending"), ("target", "ascending")],
        )
        whose, across = whose.take(order), pa.array(is_across, pa.bool_()).take(order)
        places = pc.indices_nonzero(across).cast(pa.int64())
        rank_across = place_among_equals(whose.take(places))
        at = pc.subtract(pc.cumulative_sum(across.cast(pa.int64())), pa.scalar(1))
        return run_table(
            "SIMILAR_TO",
            {
                "source": neurons.take(whose),
                "target": target.take(order),
                "measure": pa.repeat(MEASURE, len(order)),
                "similarity": similarity.take(order),
                "rank": place_among_equals(whose),
                "cross_layer_rank": rank_across.take(pc.if_else(across, at, None)),
            },
            self._run_id,
        )
