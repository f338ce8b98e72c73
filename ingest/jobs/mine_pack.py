"""The pack that mining writes."""

from __future__ import annotations

import numpy as np

from cypher import ids
from cypher.pack import PackWriter
from ingest.jobs.records import NEVER_FIRES, Row, write_coverage
from ingest.jobs.settings import Stage
from ingest.jobs.task import Task
from ingest.layers import NeuronLayer
from ingest.mining import rows
from ingest.mining.chunks import Chunk, grouped
from ingest.mining.state import MiningState
from ingest.subject import Shape

_ROWS_AT_ONCE = 10_000


def write_mined(
    writer: PackWriter, task: Task, stage: Stage, found: MiningState
) -> dict[str, object]:
    """Add everything but the run; gives its counts."""
    writer.add("Model", [_model_row(task.model, task.subject.shape)])
    kept: dict[int, Chunk] = {}
    n_examples = n_silent = n_tokens = 0
    for layer in task.layers:
        _write_layer(writer, task.model, layer)
        statistics = found.layers[layer.name].statistics
        writer.add("Neuron", rows.neuron_rows(task.model, layer, statistics, stage.run_id))
        n_examples += _write_examples(
            writer, task.model, layer.name, found=found, kept=kept, stage=stage
        )
        silent = np.flatnonzero(statistics.maximum <= 0).tolist()
        n_silent += len(silent)
        n_tokens = statistics.count
        write_coverage(
            writer,
            stage,
            model=task.model,
            layer=layer,
            kind="examples",
            absent=dict.fromkeys(silent, NEVER_FIRES),
        )
    ordered = sorted(kept.values(), key=lambda chunk: chunk.index)
    for group in grouped(ordered, _ROWS_AT_ONCE):
        writer.add(
            "Sequence",
            [rows.sequence_row(chunk, task.subject.texts, task.corpus.name) for chunk in group],
        )
    return {
        "documents": task.corpus.n_documents,
        "tokens": n_tokens,
        "neurons": task.n_neurons,
        "never_fire": n_silent,
        "examples": n_examples,
        "sequences": len(kept),
    }


def _write_examples(
    writer: PackWriter,
    model: str,
    layer: str,
    *,
    found: MiningState,
    kept: dict[int, Chunk],
    stage: Stage,
) -> int:
    """Add a layer's examples, note the earliest chunk of each text in `kept`; gives their number."""
    run = {"run_id": stage.run_id}
    top = found.layers[layer].top
    examples: list[Row] = []
    edges: list[Row] = []
    within: list[Row] = []
    for index in range(len(top.peaks)):
        neuron = ids.neuron_id(model, layer, index)
        for example, chunk in rows.example_rows(model, layer, index, top, found.chunks):
            earliest = kept.setdefault(chunk.key, chunk)
            if chunk.index < earliest.index:
                kept[chunk.key] = chunk
            own, rank = example["id"], example["rank"]
            examples.append({**example, **run})
            edges.append({"source": neuron, "target": own, "rank": rank, **run})
            within.append({"source": own, "target": rows.sequence_of(chunk.key), **run})
    writer.add("Example", examples)
    writer.add("HAS_EXAMPLE", edges)
    writer.add("WITHIN", within)
    return len(examples)


def _model_row(model: str, shape: Shape) -> Row:
    return {
        "id": model,
        "family": shape.family,
        "n_layers": shape.n_layers,
        "d_model": shape.d_model,
        "d_mlp": shape.d_mlp,
        "vocab_size": shape.vocab_size,
        "activation_function": shape.activation_function,
    }


def _write_layer(writer: PackWriter, model: str, layer: NeuronLayer) -> None:
    layer_id = ids.layer_id(model, layer.name)
    row: Row = {
        "id": layer_id,
        "model_id": model,
        "name": layer.name,
        "layer_index": layer.index,
        "kind": layer.kind,
        "hook_point": layer.hook_point,
        "n_neurons": layer.n_neurons,
    }
    neurons = (ids.neuron_id(model, layer.name, index) for index in range(layer.n_neurons))
    writer.add("Layer", [row])
    writer.add("HAS_LAYER", [{"source": model, "target": layer_id}])
    writer.add("HAS_NEURON", [{"source": layer_id, "target": neuron} for neuron in neurons])
