"""The first stage: one pass over the corpus, all chosen layers at once."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import torch

from cypher import ids
from cypher.pack import PackWriter
from ingest.corpora import Corpus
from ingest.errors import CorpusError
from ingest.jobs.records import Row, now, write_coverage, write_run
from ingest.jobs.settings import Settings, Stage
from ingest.jobs.work import WorkFolder
from ingest.mining import moments, rows, state, texts
from ingest.mining.chunks import BLOCK_BATCHES, Chunk, batches_of, cut, grouped, padded
from ingest.mining.state import BatchActivations, MiningState
from ingest.progress import Progress
from ingest.stop import Stop
from ingest.subject import Subject, hook_point

_SECONDS_BETWEEN_CHECKPOINTS = 20.0
_ROWS_AT_ONCE = 10_000
NEVER_FIRES = "never fires"


def mine(
    subject: Subject,
    corpus: Corpus,
    settings: Settings,
    layers: Sequence[int],
    *,
    stage: Stage,
    work: WorkFolder,
    progress: Progress,
    stop: Stop,
) -> None:
    """Mine the corpus, or go on where a checkpoint stands, and write the stage's pack.

    Raises CorpusError if no document has a token, InterruptedJobError if stopped.
    """
    started = now()
    found = _pass_over(subject, corpus, settings, layers, work, progress, stop)
    if found.cursor.chunk == 0:
        raise CorpusError(f"the corpus {corpus.name} holds no tokens: every document is empty.")
    by_key = {chunk.key: chunk.tokens for chunk in reversed(found.chunks.values())}
    sample = tuple(found.chunks[index].key for index in found.sample)
    texts.save(texts.KeptTexts(by_key, sample), work.texts)
    with PackWriter(work.mined, replace=True) as writer:
        counts = _write(writer, found, subject, corpus, settings.graph_model_id, stage)
        model = settings.graph_model_id
        write_run(writer, stage, model=model, started_at=started, counts=counts)
    work.checkpoint.unlink(missing_ok=True)


def _pass_over(
    subject: Subject,
    corpus: Corpus,
    settings: Settings,
    layers: Sequence[int],
    work: WorkFolder,
    progress: Progress,
    stop: Stop,
) -> MiningState:
    if work.checkpoint.is_file():
        found = state.load(work.checkpoint)
        progress.note(f"mining goes on at document {found.cursor.document} of {corpus.n_documents}")
    else:
        shape = (subject.shape.d_mlp, settings.top_k, settings.context_length)
        found = state.fresh(layers, *shape, settings.sample_size)
    chunks = cut(
        corpus.documents(),
        model=settings.graph_model_id,
        encode=subject.encode,
        texts=subject.texts,
        length=settings.context_length,
        start=found.cursor,
    )
    saved_at = time.monotonic()
    with progress.stage("mine", corpus.n_documents, "documents") as advance:
        advance(found.cursor.document)
        for block in grouped(chunks, BLOCK_BATCHES * settings.batch_size):
            for batch in batches_of(block, settings.batch_size):
                for layer, activations in _read(subject, batch, layers).items():
                    found.update(layer, batch, activations)
            before = found.cursor.document
            found.close_block(block)
            advance(found.cursor.document - before)
            if stop.requested or time.monotonic() - saved_at > _SECONDS_BETWEEN_CHECKPOINTS:
                state.save(found, work.checkpoint)
                saved_at = time.monotonic()
            stop.check(f"mining, at document {found.cursor.document} of {corpus.n_documents}")
        advance(corpus.n_documents - found.cursor.document)
    return found


def _read(
    subject: Subject, batch: Sequence[Chunk], layers: Sequence[int]
) -> dict[int, BatchActivations]:
    """The layers' activations on a batch, without the token that begins a text."""
    offset = 0 if subject.begin is None else 1
    tokens = padded([chunk.tokens for chunk in batch], subject.begin)
    lengths = torch.tensor([len(chunk.tokens) for chunk in batch])
    inside = torch.arange(tokens.shape[1] - offset) < lengths[:, None]
    found = {}
    for layer, whole in subject.activations(torch.from_numpy(tokens), layers).items():
        values = whole[:, offset:]
        peaks = values.masked_fill(~inside[..., None], -torch.inf).amax(1)
        kept = values.masked_fill(~inside[..., None], 0)
        statistics = moments.of_tokens(values[inside])
        found[layer] = BatchActivations(statistics, peaks.numpy(), kept.numpy())
    return found


def _write(
    writer: PackWriter,
    found: MiningState,
    subject: Subject,
    corpus: Corpus,
    model: str,
    stage: Stage,
) -> dict[str, object]:
    shape = subject.shape
    run = stage.run_id
    writer.add(
        "Model",
        [
            {
                "id": model,
                "family": shape.family,
                "n_layers": shape.n_layers,
                "d_model": shape.d_model,
                "d_mlp": shape.d_mlp,
                "vocab_size": shape.vocab_size,
                "activation_function": shape.activation_function,
            }
        ],
    )
    n_examples = n_silent = 0
    kept: dict[int, Chunk] = {}
    for layer, layer_state in found.layers.items():
        n_neurons = len(layer_state.statistics.mean)
        _write_layer(writer, model, layer, n_neurons)
        writer.add("Neuron", rows.neuron_rows(model, layer, layer_state.statistics, run))
        examples: list[Row] = []
        edges: list[Row] = []
        within: list[Row] = []
        for index in range(n_neurons):
            neuron = ids.neuron_id(model, layer, index)
            for example, chunk in rows.example_rows(
                model, layer, index, layer_state.top, found.chunks
            ):
                earliest = kept.setdefault(chunk.key, chunk)
                if chunk.index < earliest.index:
                    kept[chunk.key] = chunk
                examples.append({**example, "run_id": run})
                edges.append(
                    {
                        "source": neuron,
                        "target": example["id"],
                        "rank": example["rank"],
                        "run_id": run,
                    }
                )
                within.append(
                    {"source": example["id"], "target": f"{chunk.key:016x}", "run_id": run}
                )
        writer.add("Example", examples)
        writer.add("HAS_EXAMPLE", edges)
        writer.add("WITHIN", within)
        silent = np.flatnonzero(layer_state.statistics.maximum <= 0).tolist()
        write_coverage(
            writer,
            stage,
            model=model,
            layer=layer,
            n_neurons=n_neurons,
            kind="examples",
            absent=dict.fromkeys(silent, NEVER_FIRES),
        )
        n_examples += len(examples)
        n_silent += len(silent)
    ordered = sorted(kept.values(), key=lambda chunk: chunk.index)
    for group in grouped(ordered, _ROWS_AT_ONCE):
        writer.add(
            "Sequence", [rows.sequence_row(model, chunk, subject.texts, corpus.name) for chunk in group]
        )
    statistics = next(iter(found.layers.values())).statistics
    return {
        "documents": corpus.n_documents,
        "tokens": statistics.count,
        "neurons": len(found.layers) * shape.d_mlp,
        "never_fire": n_silent,
        "examples": n_examples,
        "sequences": len(kept),
    }


def _write_layer(writer: PackWriter, model: str, layer: int, n_neurons: int) -> None:
    layer_id = ids.layer_id(model, layer)
    writer.add(
        "Layer",
        [
            {
                "id": layer_id,
                "model_id": model,
                "name": str(layer),
                "layer_index": layer,
                "kind": "mlp",
                "hook_point": hook_point(layer),
                "n_neurons": n_neurons,
            }
        ],
    )
    writer.add("HAS_LAYER", [{"source": model, "target": layer_id}])
    writer.add(
        "HAS_NEURON",
        [
            {"source": layer_id, "target": ids.neuron_id(model, layer, index)}
            for index in range(n_neurons)
        ],
    )
