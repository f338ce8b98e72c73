"""From what mining found to rows and columns of the graph."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cypher import ids
from cypher.schema import OWN_SOURCE, STATISTICS
from ingest.layers import NeuronLayer
from ingest.mining.examples import Examples
from ingest.mining.moments import Moments
from ingest.mining.tokens import TokenizedCorpus

Row = dict[str, object]
Columns = Mapping[str, Sequence[object] | np.ndarray]
_STATISTIC_DIGITS = 7
"""Significant digits kept of a statistic: as many as the activations have."""


def neuron_rows(model: str, layer: NeuronLayer, statistics: Moments, run: str) -> Iterator[Row]:
    """`Neuron` rows of a layer; the statistics of a neuron that is not finite are null."""
    columns = {
        "max_activation": statistics.maximum,
        "min_activation": statistics.minimum,
        "mean_activation": statistics.mean,
        "variance": statistics.variance,
        "skewness": statistics.skewness,
        "kurtosis": statistics.kurtosis,
        "density": statistics.positive / statistics.count,
    }
    known = statistics.known
    for index in range(layer.n_neurons):
        yield {
            "id": ids.neuron_id(model, layer.name, index),
            "model_id": model,
            "layer_id": ids.layer_id(model, layer.name),
            "layer_index": layer.index,
            "index": index,
            **{
                name: _statistic(values[index]) if known[index] else None
                for name, values in columns.items()
            },
            "n_tokens": statistics.count,
            "run_id": run,
        }


def measurement_rows(neurons: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """`Measurement` and `HAS_MEASUREMENT` rows of neurons that a run on the model measured."""
    rows: list[Row] = []
    edges: list[Row] = []
    for neuron in neurons:
        own = ids.measurement_id(str(neuron["id"]), OWN_SOURCE)
        statistics = {p.name: neuron[p.name] for p in STATISTICS}
        run = {"run_id": neuron["run_id"]}
        rows.append({"id": own, "source": OWN_SOURCE, **statistics, **run})
        edges.append({"source": neuron["id"], "target": own, **run})
    return rows, edges


@dataclass(slots=True)
class Sequences:
    """The texts that examples stand in: each is stored once."""

    model: str
    corpus: TokenizedCorpus
    texts: Sequence[str]
    """Exact text of each token id."""
    _ids: dict[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(set(self._ids.values()))

    def id_of(self, chunk: int) -> str:
        """The id of a chunk's `Sequence`, which will then be stored."""
        found = self._ids.get(chunk)
        if found is None:
            found = ids.sequence_id(self.model, self._tokens(chunk))
            self._ids[chunk] = found
        return found

    @property
    def chunks(self) -> Mapping[int, str]:
        """The chunks whose texts will be stored, with their `Sequence`s' ids."""
        return self._ids

    def rows(self, name: str) -> Iterator[Row]:
        """Their rows, in the order of the corpus called `name`, each text where it first stands."""
        seen: set[str] = set()
        for chunk in sorted(self._ids):
            if self._ids[chunk] not in seen:
                seen.add(self._ids[chunk])
                tokens = self._tokens(chunk)
                yield {
                    "id": self._ids[chunk],
                    "model_id": self.model,
                    "tokens": tokens,
                    "text": "".join(tokens),
                    "corpus": name,
                    "document": int(self.corpus.documents[chunk]),
                }

    def _tokens(self, chunk: int) -> list[str]:
        return [self.texts[token] for token in self.corpus.text(chunk).tolist()]


def example_columns(
    examples: Examples, neurons: Sequence[str], sequences: Sequences, run: str
) -> dict[str, Columns]:
    """`Example`, `HAS_EXAMPLE` and `WITHIN` by column; `neurons` are the neurons' ids."""
    sources = [neurons[neuron] for neuron in examples.neurons.tolist()]
    own = [
        ids.example_id(source, OWN_SOURCE, bucket, rank)
        for source, bucket, rank in zip(
            sources, examples.buckets, examples.ranks.tolist(), strict=True
        )
    ]
    peaks = zip(examples.activations, examples.peaks.tolist(), strict=True)
    runs = [run] * len(own)
    return {
        "Example": {
            "id": own,
            "source": [OWN_SOURCE] * len(own),
            "bucket": examples.buckets,
            "rank": examples.ranks,
            "peak": examples.peaks,
            "max_activation": np.array([values[peak] for values, peak in peaks], np.float64),
            "activations": examples.activations,
            "held_out": sequences.corpus.held_out[examples.chunks],
            "run_id": runs,
        },
        "HAS_EXAMPLE": {"source": sources, "target": own, "rank": examples.ranks, "run_id": runs},
        "WITHIN": {
            "source": own,
            "target": [sequences.id_of(chunk) for chunk in examples.chunks.tolist()],
            "run_id": runs,
        },
    }


def _statistic(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.{_STATISTIC_DIGITS}g}") + 0.0  # no -0.0
