"""Shards and batches: the same texts are read together, whoever reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Int32, Int64, UInt64

from ingest.mining.chunks import padded
from ingest.mining.evidence import weights_of
from ingest.mining.ranked import BUILT, HELD_OUT, REPEATED, SAMPLED
from ingest.mining.tokens import TokenizedCorpus

SHARD = 512
"""Consecutive chunks that are batched among themselves: enough to sort by length, and few
enough that what is lost by a stop is little."""


class Batch(NamedTuple):
    """Chunks that the model reads at once, the longest first."""

    chunks: Int64[np.ndarray, " chunk"]
    """Their numbers in the corpus, from 0."""
    starts: Int64[np.ndarray, " chunk"]
    """Place of the first token in the corpus."""
    lengths: Int64[np.ndarray, " chunk"]
    keys: UInt64[np.ndarray, " chunk"]
    kinds: Int64[np.ndarray, " chunk"]
    """What `ranked` tells them apart by."""
    weights: Float32[np.ndarray, "chunk position"]
    """What makes an activation a score of `evidence`: zero where no evidence comes from."""


def n_shards(corpus: TokenizedCorpus) -> int:
    """How many shards the corpus has."""
    return -(-corpus.n_chunks // SHARD)


def shard_chunks(corpus: TokenizedCorpus, shard: int) -> range:
    """The numbers of a shard's chunks."""
    return range(shard * SHARD, min((shard + 1) * SHARD, corpus.n_chunks))


def batches_of(corpus: TokenizedCorpus, shard: int, batch_size: int) -> Iterator[Batch]:
    """The shard's chunks in batches of like length, the longest first."""
    chunks = np.array(shard_chunks(corpus, shard), np.int64)
    lengths = corpus.lengths(chunks)
    ordered = chunks[np.lexsort((chunks, -lengths))]
    for first in range(0, len(ordered), batch_size):
        yield batch_of(corpus, ordered[first : first + batch_size])


def batch_of(corpus: TokenizedCorpus, chunks: Int64[np.ndarray, " chunk"]) -> Batch:
    """What is to be known of some chunks."""
    lengths = corpus.lengths(chunks)
    keys = corpus.keys[chunks]
    first = corpus.firsts[chunks] == chunks
    held = corpus.held_out[chunks]
    sampled = np.isin(chunks, corpus.sample) | np.isin(chunks, corpus.held_out_sample)
    kinds = np.where(held, HELD_OUT, BUILT) | np.where(sampled, SAMPLED, 0)
    weights = weights_of(keys, lengths)
    weights[~first | held] = 0
    return Batch(
        chunks,
        corpus.starts[chunks],
        lengths,
        keys,
        np.where(first, kinds, REPEATED).astype(np.int64),
        weights,
    )


def tokens_of(
    corpus: TokenizedCorpus, batch: Batch, begin: int | None
) -> Int32[np.ndarray, "chunk position"]:
    """The batch's token ids as rows, each after the token `begin` if there is one."""
    return padded([corpus.text(int(chunk)) for chunk in batch.chunks], begin)
