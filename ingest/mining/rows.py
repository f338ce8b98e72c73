"""From the state of mining to rows of the graph."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from jaxtyping import Float, Float64

from cypher import ids
from ingest.layers import NeuronLayer
from ingest.mining.chunks import Chunk
from ingest.mining.moments import Moments
from ingest.mining.top import TopExamples

Row = dict[str, object]
BUCKET = "top"
SIGNIFICANT = 4
"""Decimal places kept of an activation, counted from the first digit of the neuron's maximum."""
_STATISTIC_DIGITS = 7
"""Significant digits kept of a statistic: as many as the activations have."""


def rounded(
    activations: Float[np.ndarray, " position"], maximum: float
) -> Float64[np.ndarray, " position"]:
    """Activations to four places relative to their neuron's maximum: 3.14159 of 8.2 is 3.142."""
    decimals = SIGNIFICANT - 1 - math.floor(math.log10(maximum))
    return np.round(activations.astype(np.float64), decimals) + 0.0


def neuron_rows(model: str, layer: NeuronLayer, statistics: Moments, run: str) -> Iterator[Row]:
    """`Neuron` rows of a layer."""
    columns = {
        "max_activation": statistics.maximum,
        "min_activation": statistics.minimum,
        "mean_activation": statistics.mean,
        "variance": statistics.variance,
        "skewness": statistics.skewness,
        "kurtosis": statistics.kurtosis,
        "density": statistics.positive / statistics.count,
    }
    for index in range(len(statistics.mean)):
        yield {
            "id": ids.neuron_id(model, layer.name, index),
            "model_id": model,
            "layer_id": ids.layer_id(model, layer.name),
            "layer_index": layer.index,
            "index": index,
            **{name: _statistic(values[index]) for name, values in columns.items()},
            "n_tokens": statistics.count,
            "run_id": run,
        }


def example_rows(
    model: str, layer: str, index: int, top: TopExamples, chunks: dict[int, Chunk]
) -> Iterator[tuple[Row, Chunk]]:
    """`Example` rows of one neuron, without their run, each with its chunk."""
    neuron = ids.neuron_id(model, layer, index)
    n_found = int((top.peaks[index] > 0).sum())
    for place in range(n_found):
        chunk = chunks[int(top.chunks[index, place])]
        exact = top.activations[index, place, : len(chunk.tokens)]
        values = rounded(exact, float(top.peaks[index, 0]))
        peak = int(exact.argmax())
        rank = place + 1
        yield (
            {
                "id": ids.example_id(neuron, BUCKET, rank),
                "bucket": BUCKET,
                "rank": rank,
                "peak": peak,
                "max_activation": float(values[peak]),
                "activations": values,
            },
            chunk,
        )


def sequence_of(key: int) -> str:
    """The id of a `Sequence` from its number."""
    return f"{key:016x}"


def sequence_row(chunk: Chunk, texts: Sequence[str], corpus: str) -> Row:
    """The `Sequence` row of a chunk."""
    tokens = [texts[token] for token in chunk.tokens]
    return {
        "id": sequence_of(chunk.key),
        "tokens": tokens,
        "text": "".join(tokens),
        "corpus": corpus,
        "document": chunk.document,
    }


def _statistic(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.{_STATISTIC_DIGITS}g}")
