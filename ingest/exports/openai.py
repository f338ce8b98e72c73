"""What one source says of MLP neurons in the layout of OpenAI's neuron-explainer.

    data/{kind}/{layer}/{neuron}.json[l]        gpt2_small_data/… for gpt2-small

A file for each neuron and kind that something is known of: activation records, explanations with
their scored simulations, related neurons, related tokens. Memory holds a page of neurons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
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
    mlp_layers,
    only_model,
    pages,
    runs_of,
)
from ingest.exports.folder import whole_folder
from ingest.exports.openai_explained import explained
from ingest.exports.openai_related import related_neurons, responses, weighed_tokens
from ingest.progress import Progress

_NEURONS_PER_PAGE = 32
"""Each has some 200 texts."""
_SMALL = "gpt2-small"
_QUANTILE = "q"


async def write_openai(
    graph: Graph, path: Path, asked: Asked, *, progress: Progress
) -> dict[str, int]:
    """Write what `asked.source` says of a model's MLP neurons; gives files by kind.

    Raises ExportError, OutputError if something stands at `path`.
    """
    runs = list(await runs_of(graph, asked.source))
    saying = [run for source in asked.explaining for run in await runs_of(graph, source)]
    model = await only_model(graph, asked)
    found = await mlp_layers(graph, asked, model)
    root = "gpt2_small_data" if model["id"] == _SMALL else "data"
    counts: dict[str, int] = defaultdict(int)
    total = await count_neurons(graph, found)
    with whole_folder(path) as folder, progress.stage("export openai", total, "neurons") as advance:
        for layer in found:
            async for page, looked_through in pages(graph, layer, asked, _NEURONS_PER_PAGE):
                said = await explained(graph, page, asked.explaining, saying)
                found_by_kind = await _files(graph, page, asked.source, runs)
                for kind, by_id in {**found_by_kind, "explanations": said}.items():
                    ending = "jsonl" if kind == "explanations" else "json"
                    for neuron, content in by_id.items():
                        place = page.places[neuron]
                        file = folder / root / kind / layer["name"] / f"{place}.{ending}"
                        file.parent.mkdir(parents=True, exist_ok=True)
                        named = {"layer_index": int(layer["name"]), "neuron_index": place}
                        file.write_bytes(orjson.dumps({"neuron_id": named, **content}) + b"\n")
                    counts[kind] += len(by_id)
                advance(looked_through)
        check_written(counts, asked, found)
    return dict(counts)


async def _files(
    graph: Graph, page: Page, source: str, runs: list[str]
) -> dict[str, dict[str, dict[str, Any]]]:
    """The content of each kind of file, by neuron."""
    statistics = await by_neuron(graph, "export_statistics", page, source=source)
    examples = await by_neuron(graph, "export_examples", page, source=source)
    upstream = await by_neuron(graph, "export_upstream", page, runs=runs)
    downstream = await by_neuron(graph, "export_downstream", page, runs=runs)
    lacking = await by_neuron(graph, "export_absences", page, runs=runs)
    responding = await by_neuron(graph, "export_responses", page, runs=runs)
    read = await by_neuron(graph, "export_read", page, runs=runs)
    written = await by_neuron(graph, "export_written", page, runs=runs)
    return {
        "collated-activations": {
            neuron: _record(statistics.get(neuron), examples.get(neuron, []))
            for neuron in page.places
            if neuron in statistics or neuron in examples
        },
        "related-neurons/weight-based": {
            neuron: content
            for neuron in page.places
            if (content := related_neurons(upstream.get(neuron, []), downstream.get(neuron, [])))
        },
        "related-tokens/activation-based": {
            neuron: content
            for neuron in page.places
            if (content := responses(responding.get(neuron, []), lacking.get(neuron, [])))
        },
        "related-tokens/weight-based": {
            neuron: content
            for neuron in page.places
            if (
                content := weighed_tokens(
                    {"input": read.get(neuron, []), "output": written.get(neuron, [])},
                    lacking.get(neuron, []),
                )
            )
        },
    }


def _record(statistics: Sequence[Row] | None, examples: Sequence[Row]) -> dict[str, Any]:
    """A NeuronRecord."""
    buckets: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in examples:  # by bucket and rank
        record = {"tokens": row["tokens"], "activations": row["activations"]}
        buckets[row["bucket"]].append(record)
    known = statistics[0] if statistics else {}
    boundaries = known.get("quantile_boundaries")
    return {
        "most_positive_activation_records": buckets["top"],
        "random_sample": buckets["random"],
        "random_sample_by_quantile": list(_quantiles(buckets)) or None,
        "quantile_boundaries": None if boundaries is None else [None, *boundaries, None],
        "mean": known.get("mean_activation"),
        "variance": known.get("variance"),
        "skewness": known.get("skewness"),
        "kurtosis": known.get("kurtosis"),
    }


def _quantiles(buckets: Mapping[str, list[dict[str, Any]]]) -> Iterator[list[dict[str, Any]]]:
    """The records of each quantile, from the least; none where one is without any."""
    numbers = [int(name[1:]) for name in buckets if name[:1] == _QUANTILE and name[1:].isdecimal()]
    for number in range(1, max(numbers, default=0) + 1):
        yield buckets.get(f"{_QUANTILE}{number}", [])
