"""DeepDecipher's answers that the compiled reader has read, and that wait to become rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cypher import ids
from cypher.native import native
from ingest.sources.column_rows import repeated, run_table
from ingest.sources.compiled_columns import (
    coded,
    floats,
    integers,
    placed,
    shares,
    sparse_integers,
    texts,
)
from ingest.sources.n2g_answers import MEASURE
from ingest.sources.n2g_drawn import LEAST_ACTIVATION, LEAST_IMPORTANCE, note_of

Array = Any
_LIGHTER = 6
"""As so many rows one waits: more at a time are sooner written, but take more memory then."""
_KINDS = ["activating", "context", "ignore"]
"""Of nodes, by the reader's codes."""


class CompiledRows:
    """Token graphs, and similar neurons."""

    def __init__(self, reader: native.GraphReader, model: str, source: str, run_id: str) -> None:
        self._reader = reader
        self._model, self._source, self._run_id = model, source, run_id
        self._answers: list[tuple[native.Answers, int]] = []
        self._neurons: list[str] = []
        self._layers: list[int] = []
        self._known: list[Mapping[str, object]] = []
        self._n_rows = 0

    def __len__(self) -> int:
        return len(self._answers)

    @property
    def n_rows(self) -> int:
        """As how many rows these are to count: answers take a tenth of what their rows will."""
        return self._n_rows // _LIGHTER

    def add(
        self,
        answers: native.Answers,
        sizes: Mapping[int, int],
        neurons: Sequence[str],
        layers: Sequence[int],
        known: Sequence[Mapping[str, object]],
    ) -> None:
        """Add some of the answers, by their places: how many rows each makes, roughly.

        Each is of a neuron, of whose graph more is `known`.
        """
        self._answers.extend((answers, place) for place in sizes)
        self._neurons.extend(neurons)
        self._layers.extend(layers)
        self._known.extend(known)
        self._n_rows += sum(sizes.values())

    def tables(self) -> dict[str, pa.Table]:
        """All rows, by table."""
        graphs = [ids.token_graph_id(neuron, self._source) for neuron in self._neurons]
        least = (LEAST_ACTIVATION, LEAST_IMPORTANCE)
        found = self._reader.rows(self._answers, graphs, self._neurons, least)
        nodes, positions = texts(found["nodes"]), integers(found["positions"])
        neurons, tokens = pa.array(self._neurons, pa.string()), texts(found["tokens"])
        accepted: Array = placed(found["accepted"], tokens).dictionary_decode()
        tables: dict[str, dict[str, Any]] = {
            "TokenGraphNode": {
                "id": nodes,
                "kind": coded(found["kinds"], _KINDS),
                "position": positions,
                "activation": shares(found["activations"]),
                "importance": shares(found["importances"]),
                "is_end": pa.repeat(False, len(nodes)),
            },
            "CONTAINS": {"source": texts(found["graphs"]), "target": nodes},
            "STARTS_AT": {
                "source": texts(found["first_graphs"]), "target": texts(found["first_nodes"])
            },
            "PRECEDED_BY": {"source": texts(found["later"]), "target": texts(found["earlier"])},
            "MATCHES": {"source": texts(found["accepting"]), "target": accepted},
            "ACTIVATES_ON": _unranked(found, "fires", "activation", neurons, tokens),
            "CONDITIONED_ON": _unranked(found, "context", "importance", neurons, tokens) | {
                "distance": integers(found["context_distances"])
            },
            "TokenGraph": self._graphs(graphs, found),
            "HAS_TOKEN_GRAPH": {"source": self._neurons, "target": graphs},
            "SIMILAR_TO": self._similar(),
        }  # fmt: skip
        return {name: run_table(name, columns, self._run_id) for name, columns in tables.items()}

    def _graphs(self, graphs: list[str], found: Mapping[str, Any]) -> dict[str, Any]:
        n_nodes, n_gaps, n_unconnected = (
            integers(found[name]) for name in ("n_nodes", "n_gaps", "n_unconnected")
        )
        n_lost = pc.subtract(pc.subtract(n_nodes, integers(found["n_named"])), n_gaps)
        named = {name for known in self._known for name in known}
        is_any: Array = pc.greater_equal(n_unconnected, pa.scalar(0))
        return {
            "id": graphs,
            "neuron_id": self._neurons,
            "source": repeated(self._source, len(graphs)),
            "note": list(map(note_of, n_lost.to_pylist(), n_gaps.to_pylist())),
            "n_nodes": n_nodes,
            "n_unconnected": pc.if_else(is_any, n_unconnected, pa.scalar(None, pa.int64())),
            "repeat_activation": pa.nulls(len(graphs), pa.float64()),
            **{name: [known.get(name) for known in self._known] for name in sorted(named)},
        }

    def _similar(self) -> dict[str, Any]:
        """The most similar first, equals in the order of their ids."""
        found = self._reader.similar(self._answers, self._neurons, self._layers, self._model)
        neurons = texts(found["neurons"])
        return {
            "source": neurons,
            "target": texts(found["others"]),
            "measure": repeated(MEASURE, len(neurons)),
            "similarity": floats(found["similarities"]),
            "rank": integers(found["ranks"]),
            "cross_layer_rank": sparse_integers(found["cross_layer_ranks"]),
        }


def _unranked(
    found: Mapping[str, Any], name: str, share: str, neurons: Any, tokens: Any
) -> dict[str, Any]:
    """Tokens by neuron; places among a token's neurons are found out once all are known."""
    ranks = integers(found[f"{name}_ranks"])
    return {
        "source": placed(found[f"{name}_neurons"], neurons),
        "target": placed(found[f"{name}_tokens"], tokens),
        share: shares(found[f"{name}_shares"]),
        "rank": ranks,
        "token_rank": pa.repeat(0, len(ranks)),
    }
