"""The pack that mining writes."""

from __future__ import annotations

import numpy as np

from cypher import ids
from cypher.compression import compressed
from cypher.pack import PackWriter
from cypher.tables import table_from_columns
from ingest.jobs.records import NEVER_FIRES, Row, write_coverage
from ingest.jobs.settings import Stage
from ingest.jobs.task import Task
from ingest.layers import NeuronLayer
from ingest.mining import rows
from ingest.mining.chunks import grouped
from ingest.mining.examples import examples_of
from ingest.mining.moments import Moments
from ingest.mining.rows import Sequences
from ingest.mining.state import MiningState
from ingest.mining.tokens import TokenizedCorpus
from ingest.subject import Shape

NOT_FINITE = "{} of its activations are not finite"
_ROWS_AT_ONCE = 10_000
_NEURONS_AT_ONCE = 4096
"""Neurons whose examples are put together in memory."""


def write_mined(
    writer: PackWriter,
    task: Task,
    stage: Stage,
    *,
    corpus: TokenizedCorpus,
    found: MiningState,
    statistics: Moments,
) -> dict[str, object]:
    """Add everything but the run; gives its counts."""
    writer.add("Model", [_model_row(task.model, task.subject.shape)])
    _write_tokenizer(writer, task)
    sequences = Sequences(task.model, corpus, task.subject.texts)
    n_examples, reasons = 0, list[str]()
    for layer in task.layers:
        moments = statistics.of(found.neurons(layer))
        absent = _absent(moments)
        reasons.extend(absent.values())
        _write_layer(writer, task.model, layer)
        neurons = list(rows.neuron_rows(task.model, layer, moments, stage.run_id))
        measured, edges = rows.measurement_rows(neurons)
        writer.add("Neuron", neurons)
        writer.add("Measurement", measured)
        writer.add("HAS_MEASUREMENT", edges)
        present = np.setdiff1d(np.arange(layer.n_neurons), list(absent))
        n_examples += _write_examples(
            writer, stage, layer, found=found, present=present, maxima=moments.maximum,
            sequences=sequences,
        )  # fmt: skip
        write_coverage(writer, stage, model=task.model, layer=layer, kind="examples", absent=absent)
    for group in grouped(sequences.rows(task.corpus.name), _ROWS_AT_ONCE):
        writer.add("Sequence", group)
    n_silent = reasons.count(NEVER_FIRES)
    return {
        "documents": task.corpus.n_documents,
        "tokens": corpus.n_tokens,
        "neurons": task.n_neurons,
        "never_fire": n_silent,
        "not_finite": len(reasons) - n_silent,
        "examples": n_examples,
        "sequences": len(sequences),
    }


def _absent(statistics: Moments) -> dict[int, str]:
    """The neurons without examples, by place within their layer, and why."""
    silent = np.flatnonzero(statistics.known & (statistics.maximum <= 0)).tolist()
    counts = statistics.non_finite
    unknown = {at: NOT_FINITE.format(counts[at]) for at in np.flatnonzero(counts).tolist()}
    return dict(sorted({**dict.fromkeys(silent, NEVER_FIRES), **unknown}.items()))


def _write_examples(
    writer: PackWriter,
    stage: Stage,
    layer: NeuronLayer,
    *,
    found: MiningState,
    present: np.ndarray,
    maxima: np.ndarray,
    sequences: Sequences,
) -> int:
    """Add the examples of a layer's neurons that have some; gives their number."""
    first, count = found.neurons(layer).start, 0
    by_id = sorted(present.tolist(), key=str)  # so that shards are in the order of ids
    for group in grouped(by_id, _NEURONS_AT_ONCE):
        neurons = np.array(group, np.int64)
        examples = examples_of(found, sequences.corpus, first + neurons, maxima[neurons])
        named = [ids.neuron_id(sequences.model, layer.name, index) for index in group]
        tables = rows.example_columns(examples, named, sequences, stage.run_id)
        for table, columns in tables.items():
            writer.add(table, table_from_columns(table, columns))
        count += len(examples.ranks)
    return count


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


def _write_tokenizer(writer: PackWriter, task: Task) -> None:
    definition = task.subject.tokenizer_definition()
    if definition is None:
        task.progress.note(
            f"{task.model}'s tokenizer has no form of the library `tokenizers`: the pack will hold "
            f"its vocabulary alone, and who asks about a text must give its tokens"
        )
    tokenizer = ids.tokenizer_id(task.model)
    row: Row = {
        "id": tokenizer,
        "definition": None if definition is None else compressed(definition),
        "vocabulary": list(task.subject.texts),
    }
    writer.add("Tokenizer", [row])
    writer.add("HAS_TOKENIZER", [{"source": task.model, "target": tokenizer}])


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
