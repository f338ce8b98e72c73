"""The first stage: one pass over the corpus, all chosen layers at once."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cypher.pack import PackWriter
from ingest.errors import CorpusError
from ingest.jobs.mine_pack import write_mined
from ingest.jobs.mine_pass import Pass, read_shards
from ingest.jobs.mine_workers import read_with_workers
from ingest.jobs.records import now, write_run
from ingest.jobs.settings import Settings, Stage
from ingest.jobs.task import Task
from ingest.layers import NeuronLayer
from ingest.mining import state
from ingest.mining.batches import n_shards, shard_chunks
from ingest.mining.keeping import write_kept
from ingest.mining.state import MiningState, Sizes
from ingest.mining.tokenizing import write_tokens
from ingest.mining.tokens import TokenizedCorpus, open_tokens

_LITTLE_EVIDENCE, _EVIDENCE_SHARE = 512, 16
"""Places kept of each neuron in the smallest corpus; and of what share of larger ones, at most."""


def mine(task: Task, stage: Stage) -> None:
    """Mine the corpus, or go on where checkpoints stand, and write the stage's pack.

    Raises CorpusError if no document has a token, InterruptedJobError if stopped.
    """
    started = now()
    corpus = _tokenized(task)
    found = _pass_over(task, corpus)
    statistics = found.moments()
    found.drop(np.flatnonzero(~statistics.known))
    write_kept(task.work.kept, found, statistics, corpus=corpus, layers=task.layers)
    with PackWriter(task.work.mined, replace=True) as writer:
        counts = write_mined(writer, task, stage, corpus=corpus, found=found, statistics=statistics)
        write_run(writer, stage, model=task.model, started_at=started, counts=counts)
    shutil.rmtree(task.work.parts, ignore_errors=True)


def sizes_for(settings: Settings, layers: Sequence[NeuronLayer], corpus: TokenizedCorpus) -> Sizes:
    """How much is kept of each neuron: of a small corpus not so much that it is most of it."""
    evidence = settings.evidence_of(layers)
    if settings.evidence is None:
        evidence = min(evidence, max(_LITTLE_EVIDENCE, corpus.n_tokens // _EVIDENCE_SHARE))
    return Sizes(settings.top_k, evidence, settings.context_length)


def _tokenized(task: Task) -> TokenizedCorpus:
    """The corpus by token id, written before or now."""
    settings, folder = task.settings, task.work.corpus
    if not folder.exists():
        with task.progress.stage("tokenise", task.corpus.n_documents, "documents") as advance:

            def read(count: int) -> None:
                advance(count)
                task.stop.check("tokenising the corpus")

            n_tokens = write_tokens(
                folder,
                task.corpus.documents(),
                encode=task.subject.encode,
                length=settings.context_length,
                sample_size=settings.sample_size,
                advance=read,
            )
        if n_tokens == 0:
            raise CorpusError(
                f"{settings.corpus} holds no tokens: every document is empty. "
                f"Name a corpus with at least one text."
            )
    return open_tokens(folder)


def _pass_over(task: Task, corpus: TokenizedCorpus) -> MiningState:
    """What was found in all shards."""
    settings = task.settings
    sizes = sizes_for(settings, task.layers, corpus)
    given = Pass(corpus, task.layers, sizes, settings.batch_size)
    parts = _parts(task.work.parts)
    done = {shard for part in parts for shard in state.done_in(part).tolist()}
    waiting = [shard for shard in range(n_shards(corpus)) if shard not in done]
    if parts:
        task.progress.note(f"mining goes on: {len(done)} of {n_shards(corpus)} shards are done")
    with task.progress.stage("mine", corpus.n_tokens, "tokens") as advance:
        advance(sum(_n_tokens(corpus, shard) for shard in done))
        if settings.workers > 1 and len(waiting) > 1:
            read_with_workers(task, sizes, waiting, advance)
            parts = _parts(task.work.parts)
            found = state.load(parts[0], task.layers, sizes)
        else:
            path = task.work.part(0)
            found = read_shards(task.subject, given, waiting, path, advance=advance, stop=task.stop)
    for part in parts:
        if part != task.work.part(0):
            found.absorb(state.load(part, task.layers, sizes))
    return found


def _parts(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.npz")) if folder.exists() else []


def _n_tokens(corpus: TokenizedCorpus, shard: int) -> int:
    chunks = shard_chunks(corpus, shard)
    return int(corpus.starts[chunks.stop] - corpus.starts[chunks.start])
