"""Reading shards of the corpus: the model runs, and what it says is taken in."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch

from ingest.layers import NeuronLayer
from ingest.mining import state
from ingest.mining.batches import batches_of, tokens_of
from ingest.mining.intake import Intake
from ingest.mining.state import MiningState, Sizes
from ingest.mining.tokens import TokenizedCorpus
from ingest.progress import Advance
from ingest.stop import Stop
from ingest.subject import Subject

SECONDS_BETWEEN_CHECKPOINTS = 20.0
"""At least; more where saving takes long."""
_LONGEST_SHARE = 30
"""Saving takes at most one part in so many of the time."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What a pass over a corpus reads, and how."""

    corpus: TokenizedCorpus
    layers: tuple[NeuronLayer, ...]
    sizes: Sizes
    batch_size: int
    """Chunks that the model reads at once."""


def read_shards(
    subject: Subject,
    given: Pass,
    shards: Iterable[int],
    checkpoint: Path,
    *,
    advance: Advance,
    stop: Stop,
) -> MiningState:
    """What is found in `shards`, and in those that the checkpoint has done.

    `advance` is told tokens. Raises InterruptedJobError if stopped: the checkpoint then has
    all shards that were finished.
    """
    if checkpoint.is_file():
        found = state.load(checkpoint, given.layers, given.sizes)
    else:
        found = state.fresh(given.layers, given.sizes)
    offset = 0 if subject.begin is None else 1
    saving, saved_at = 0.0, time.monotonic()
    with Intake(found, offset) as intake:
        for shard in shards:
            for number, batch in enumerate(batches_of(given.corpus, shard, given.batch_size)):
                tokens = torch.from_numpy(tokens_of(given.corpus, batch, subject.begin))
                for layer, values in subject.each(tokens, given.layers):
                    intake.take(layer, values, batch, begins=number == 0)
                advance(int(batch.lengths.sum()))
                if stop.requested:
                    found.forget(given.corpus, shard)
                    state.save(found, checkpoint)
                    stop.check("mining")
            found.close_shard(given.corpus, shard)
            now = time.monotonic()
            if now - saved_at > max(SECONDS_BETWEEN_CHECKPOINTS, _LONGEST_SHARE * saving):
                state.save(found, checkpoint)
                saved_at = time.monotonic()
                saving = saved_at - now
    return found
