"""The fifth stage: what the weights alone say of every neuron, one layer after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cypher import ids
from cypher.pack import PackWriter, open_pack
from cypher.tables import table_from_columns
from ingest.errors import WeightsError
from ingest.jobs.graph_rows import token_rows
from ingest.jobs.records import now, write_coverage, write_run
from ingest.jobs.settings import Stage
from ingest.jobs.task import Task
from ingest.layers import NeuronLayer
from ingest.progress import Advance
from ingest.weights import KEPT
from ingest.weights.edges import Edges, joined, ranked
from ingest.weights.folded import LayerWeights, ModelWeights, TokenWeights
from ingest.weights.strongest import Candidates, Search, strongest
from ingest.weights.vocabulary import Vocabulary, strongest_texts, vocabulary

WRITES_NOTHING = "writes nothing: its output weights are zero"
TABLES = ("READS", "WRITES", "CONNECTS_TO")


@dataclass(frozen=True, slots=True)
class _Readable:
    """The weights of a model that can be read."""

    layers: Mapping[str, LayerWeights]
    """Of chosen layers, by name."""
    tokens: TokenWeights
    known: Vocabulary


def read_weights(task: Task, stage: Stage) -> None:
    """Write the pack of each layer that has none yet, and that of the run.

    Raises InterruptedJobError if stopped; layers that were finished are kept.
    """
    started = now()
    work, total = task.work, len(TABLES) * task.n_neurons
    waiting = [layer for layer in task.layers if not work.weights(layer.name).exists()]
    if len(waiting) < len(task.layers):
        done = ", ".join(layer.name for layer in task.layers if layer not in waiting)
        task.progress.note(f"weights of layers {done} are done")
    readable, reasons = _readable(task)
    for reason in dict.fromkeys(reasons.values()):
        unread = ", ".join(name for name, why in reasons.items() if why == reason)
        task.progress.note(f"weights of layers {unread} are not read: {reason}")
    with task.progress.stage("weights", total, "lists") as advance:
        advance(total - len(TABLES) * sum(layer.n_neurons for layer in waiting))
        for layer in waiting:
            with PackWriter(work.weights(layer.name), replace=True) as writer:
                if readable is not None and layer.name in readable.layers:
                    absent = _write_layer(
                        writer, task, stage, layer, readable=readable, advance=advance
                    )
                else:
                    absent = dict.fromkeys(range(layer.n_neurons), reasons[layer.name])
                    advance(len(TABLES) * layer.n_neurons)
                write_coverage(
                    writer, stage, model=task.model, layer=layer, kind="weights", absent=absent
                )
    packs = [open_pack(work.weights(layer.name)) for layer in task.layers]
    with PackWriter(work.weights_summary, replace=True) as writer:
        counts: dict[str, object] = {
            name.lower(): sum(pack.rows(name) for pack in packs) for name in (*TABLES, "LACKS")
        }
        write_run(writer, stage, model=task.model, started_at=started, counts=counts)


def _readable(task: Task) -> tuple[_Readable | None, dict[str, str]]:
    """The weights of the chosen layers, and why those of the others cannot be read."""
    layers: dict[str, LayerWeights] = {}
    reasons: dict[str, str] = {}
    try:
        model = ModelWeights(task.subject.bridge)
        tokens = model.tokens()
    except WeightsError as error:
        return None, dict.fromkeys((layer.name for layer in task.layers), str(error))
    for layer in task.layers:
        try:
            layers[layer.name] = model.layer(layer)
        except WeightsError as error:
            reasons[layer.name] = str(error)
    n_ids = min(len(tokens.embedding), len(tokens.unembedding))
    return _Readable(layers, tokens, vocabulary(task.subject.texts, n_ids)), reasons


def _write_layer(
    writer: PackWriter,
    task: Task,
    stage: Stage,
    layer: NeuronLayer,
    *,
    readable: _Readable,
    advance: Advance,
) -> dict[int, str]:
    """Add a layer's relationships and their tokens; gives its neurons that have none, and why.

    They lead between chosen layers only, for the neurons of others are not in the pack.
    """
    nothing = readable.layers[layer.name].writes.zero().cpu().numpy()
    sources = _array(_neuron_ids(task.model, [layer]))
    reached: set[str] = set()
    for table, targets, found in _found(task, layer, readable):
        parts: list[Edges] = []
        for candidates in found:
            parts.append(ranked(candidates, KEPT))
            advance(len(candidates.targets))
        edges = joined(parts)
        edges = edges.where(~nothing[edges.neurons])
        columns = {
            "source": sources[edges.neurons],
            "target": targets[edges.targets],
            "weight": edges.weights,
            "rank": edges.ranks,
            "run_id": np.full(len(edges.ranks), stage.run_id, object),
        }
        writer.add(table, table_from_columns(table, columns))
        if table != "CONNECTS_TO":
            reached.update(columns["target"])
    for name, rows in token_rows(sorted(reached)).items():
        writer.add(name, rows)
    return dict.fromkeys(np.flatnonzero(nothing).tolist(), WRITES_NOTHING)


def _found(
    task: Task, layer: NeuronLayer, readable: _Readable
) -> Iterator[tuple[str, np.ndarray, Iterator[Candidates]]]:
    """A layer's tables, the ids that the targets stand for, and candidates for the rows."""
    own, tokens, known = readable.layers[layer.name], readable.tokens, readable.known
    doing = f"reading the weights of layer {layer.name}"
    search = Search(KEPT, task.settings.block_bytes, lambda: task.stop.check(doing))
    texts = _array(ids.token_id(text) for text in known.texts)
    yield "READS", texts, strongest_texts(own.reads, tokens.embedding, known, search)
    yield "WRITES", texts, strongest_texts(own.writes, tokens.unembedding, known, search)
    later = [
        other
        for other in task.layers
        if other.index > layer.index and other.name in readable.layers
    ]
    inputs = [readable.layers[other.name].reads for other in later]
    yield (
        "CONNECTS_TO",
        _array(_neuron_ids(task.model, later)),
        strongest(own.writes, inputs, search),
    )


def _neuron_ids(model: str, layers: Sequence[NeuronLayer]) -> Iterator[str]:
    for layer in layers:
        for index in range(layer.n_neurons):
            yield ids.neuron_id(model, layer.name, index)


def _array(texts: Iterable[str]) -> np.ndarray:
    return np.array(list(texts), object)
