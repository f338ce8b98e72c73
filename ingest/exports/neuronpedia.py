"""A graph in the layout of Neuronpedia's exports: what one source said, batch by batch.

    v1/{model}/{layer}/features/batch-0.jsonl.gz    and explanations, activations
    circuits/{slug}.json

Memory holds one page of neurons. What the graph does not keep of an export (the authors' ids of
records, vectors, places on maps) is left out; tokens are exact texts.
"""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from cypher.graph import Graph
from ingest.exports.asked import (
    Asked,
    Page,
    Row,
    by_neuron,
    check_written,
    count_neurons,
    layers,
    pages,
    reason_for,
    runs_of,
)
from ingest.exports.circuits import write_circuits
from ingest.exports.folder import path_part, whole_folder
from ingest.exports.signs import by_sign
from ingest.progress import Progress
from ingest.sources.dashboards import COSINE, DECODER_COSINE, OUTPUT_TOKENS, PEARSON
from ingest.sources.empty_texts import count_of_empty
from ingest.sources.neuronpedia_explainer import method_of

_MEASURED = {
    "maxActApprox": "max_activation",
    "frac_nonzero": "density",
    "freq_hist_data_bar_values": "histogram_values",
    "freq_hist_data_bar_heights": "histogram_heights",
    "logits_hist_data_bar_values": "logit_histogram_values",
    "logits_hist_data_bar_heights": "logit_histogram_heights",
    "neuron_alignment_indices": "aligned_indices",
    "neuron_alignment_values": "aligned_weights",
    "neuron_alignment_l1": "aligned_shares",
    "correlated_neurons_indices": "correlated_indices",
    "correlated_neurons_pearson": "correlated_pearson",
    "correlated_neurons_l1": "correlated_cosine",
    "decoder_weights_dist": "head_shares",
}
"""Neuronpedia's fields and the columns of `Measurement`."""


async def write_neuronpedia(
    graph: Graph, path: Path, asked: Asked, *, progress: Progress
) -> dict[str, int]:
    """Write what `asked.source` said of the wanted layers; gives lines by kind.

    Raises ExportError, OutputError if something stands at `path`.
    """
    runs = await runs_of(graph, asked.source)
    found = await layers(graph, asked)
    listed = list(runs)
    counts: dict[str, int] = defaultdict(int)
    total = await count_neurons(graph, found)
    with (
        whole_folder(path) as folder,
        progress.stage("export neuronpedia", total, "neurons") as advance,
    ):
        for layer in found:
            where = folder / "v1" / path_part(layer["model_id"]) / path_part(layer["name"])
            number = 0
            async for page, looked_through in pages(graph, layer, asked):
                for kind, lines in (await _lines(graph, page, asked.source, listed)).items():
                    if lines:
                        _write(where / kind / f"batch-{number}.jsonl.gz", lines)
                        counts[kind] += len(lines)
                number += 1
                advance(looked_through)
        counts["circuits"] = await write_circuits(graph, folder, asked, listed)
        check_written(counts, asked, found)
    return dict(counts)


async def _lines(
    graph: Graph, page: Page, source: str, runs: list[str]
) -> dict[str, list[dict[str, Any]]]:
    layer = page.layer
    key = {
        neuron: {"modelId": layer["model_id"], "layer": layer["name"], "index": str(place)}
        for neuron, place in page.places.items()
    }
    written = await by_neuron(graph, "export_written", page, runs=runs)
    similar = await by_neuron(graph, "export_similar", page, runs=runs)
    measured = await by_neuron(graph, "export_measurements", page, source=source)
    explained = await by_neuron(graph, "export_explanations", page)
    lacking = await by_neuron(graph, "export_absences", page, runs=runs)
    examples = await by_neuron(graph, "export_examples", page, source=source)
    features = [
        {
            **key[neuron],
            **{
                field: row[column] for field, column in _MEASURED.items() if row[column] is not None
            },
            **_tokens(written.get(neuron, []), lacking.get(neuron, [])),
            **_similar([one for one in similar.get(neuron, []) if one["layer_id"] == layer["id"]]),
            "hookName": layer["hook_point"],
        }
        for neuron, (row,) in measured.items()
    ]
    explanations = [
        {**key[neuron], **_explanation(row)} for neuron, rows in explained.items() for row in rows
    ]
    activations = [
        {**key[neuron], **_activation(row)} for neuron, rows in examples.items() for row in rows
    ]
    return {"features": features, "explanations": explanations, "activations": activations}


def _tokens(written: Sequence[Row], lacking: Sequence[Row]) -> dict[str, list[Any]]:
    """Tokens by sign; those that the source could not show as text are empty ones, at the end."""
    raised, lowered = by_sign([(row["token"], row["weight"]) for row in written])
    raised += [("", 0.0)] * count_of_empty(reason_for(lacking, OUTPUT_TOKENS))
    return {
        "pos_str": [token for token, _ in raised],
        "pos_values": [weight for _, weight in raised],
        "neg_str": [token for token, _ in lowered],
        "neg_values": [weight for _, weight in lowered],
    }


def _similar(rows: Sequence[Row]) -> dict[str, list[Any]]:
    by_measure: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_measure[row["measure"]].append(row)
    first = by_measure[PEARSON]
    return {
        "topkCosSimIndices": [row["place"] for row in by_measure[DECODER_COSINE]],
        "topkCosSimValues": [row["similarity"] for row in by_measure[DECODER_COSINE]],
        "correlated_features_indices": [row["place"] for row in first],
        "correlated_features_pearson": [row["similarity"] for row in first],
        "correlated_features_l1": [row["similarity"] for row in by_measure[COSINE]],
    }


def _explanation(row: Row) -> dict[str, Any]:
    model = row["explainer_model"]
    method = method_of(row["explainer"], model)
    return {
        "id": row["id"],
        "description": row["text"],
        "typeName": method,
        "explanationModelName": model,
        "authorId": row["author"],
    }


def _activation(row: Row) -> dict[str, Any]:
    top = row["bin_min"] is None
    return {
        "id": row["id"],
        "dataSource": row["corpus"],
        "tokens": row["tokens"],
        "values": row["activations"],
        "maxValue": max(row["activations"]),
        "minValue": min(row["activations"]),
        "maxValueTokenIndex": row["peak"],
        "binMin": -1 if top else row["bin_min"],
        "binMax": row["bin_max"],
        "binContains": -1 if top else row["bin_share"],
        "qualifyingTokenIndex": row["qualifying"],
        "dfaValues": row["attributions"] or [],
        "dfaMaxValue": row["attribution_max"],
        "dfaTargetIndex": row["attribution_target"],
    }


def _write(path: Path, lines: Sequence[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        for line in lines:
            packed.write(orjson.dumps(line) + b"\n")
