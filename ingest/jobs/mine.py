"""The first stage: one pass over the corpus, all chosen layers at once."""

from __future__ import annotations

import time
from collections.abc import Sequence

import torch

from cypher.pack import PackWriter
from ingest.errors import CorpusError
from ingest.jobs.mine_pack import write_mined
from ingest.jobs.records import now, write_run
from ingest.jobs.settings import Stage
from ingest.jobs.task import Task
from ingest.layers import NeuronLayer
from ingest.mining import moments, state, texts
from ingest.mining.chunks import BLOCK_BATCHES, Chunk, batches_of, cut, grouped, padded
from ingest.mining.state import BatchActivations, MiningState
from ingest.subject import Subject

_SECONDS_BETWEEN_CHECKPOINTS = 20.0


def mine(task: Task, stage: Stage) -> None:
    """Mine the corpus, or go on where a checkpoint stands, and write the stage's pack.

    Raises CorpusError if no document has a token, InterruptedJobError if stopped.
    """
    started = now()
    found = _pass_over(task)
    if found.cursor.chunk == 0:
        raise CorpusError(
            f"{task.settings.corpus} holds no tokens: every document is empty. "
            f"Name a corpus with at least one text."
        )
    by_key = {chunk.key: chunk.tokens for chunk in reversed(found.chunks.values())}
    sample = tuple(found.chunks[index].key for index in found.sample)
    work = task.work
    work.texts.parent.mkdir(parents=True, exist_ok=True)
    texts.save(texts.KeptTexts(by_key, sample), work.texts)
    with PackWriter(work.mined, replace=True) as writer:
        counts = write_mined(writer, task, stage, found)
        write_run(writer, stage, model=task.model, started_at=started, counts=counts)
    work.checkpoint.unlink(missing_ok=True)


def _pass_over(task: Task) -> MiningState:
    """Take in the corpus block by block; a stop is looked for between blocks."""
    settings, total = task.settings, task.corpus.n_documents
    found = _state(task)
    chunks = cut(
        task.corpus.documents(),
        model=task.model,
        encode=task.subject.encode,
        texts=task.subject.texts,
        length=settings.context_length,
        start=found.cursor,
    )
    saved_at = time.monotonic()
    with task.progress.stage("mine", total, "documents") as advance:
        advance(found.cursor.document)
        for block in grouped(chunks, BLOCK_BATCHES * settings.batch_size):
            for batch in batches_of(block, settings.batch_size):
                for layer, activations in _read(task.subject, batch, task.layers).items():
                    found.update(layer, batch, activations)
            before = found.cursor.document
            found.close_block(block)
            advance(found.cursor.document - before)
            if task.stop.requested or time.monotonic() - saved_at > _SECONDS_BETWEEN_CHECKPOINTS:
                state.save(found, task.work.checkpoint)
                saved_at = time.monotonic()
            task.stop.check(f"mining, at document {found.cursor.document} of {total}")
        advance(total - found.cursor.document)
    return found


def _state(task: Task) -> MiningState:
    if task.work.checkpoint.is_file():
        found = state.load(task.work.checkpoint)
        task.progress.note(
            f"mining goes on at document {found.cursor.document} of {task.corpus.n_documents}"
        )
        return found
    settings = task.settings
    return state.fresh(
        task.layers,
        k=settings.top_k,
        length=settings.context_length,
        sample=settings.sample_size,
    )


def _read(
    subject: Subject, batch: Sequence[Chunk], layers: Sequence[NeuronLayer]
) -> dict[str, BatchActivations]:
    """The layers' activations on a batch, without the token that begins a text."""
    offset = 0 if subject.begin is None else 1
    tokens = padded([chunk.tokens for chunk in batch], subject.begin)
    lengths = torch.tensor([len(chunk.tokens) for chunk in batch])
    inside = torch.arange(tokens.shape[1] - offset) < lengths[:, None]
    found = {}
    for layer, whole in subject.activations(torch.from_numpy(tokens), layers).items():
        values = whole[:, offset:].cpu()
        peaks = values.masked_fill(~inside[..., None], -torch.inf).amax(1)
        kept = values.masked_fill(~inside[..., None], 0)
        statistics = moments.of_tokens(values[inside])
        found[layer] = BatchActivations(statistics, peaks.numpy(), kept.numpy())
    return found
