"""Reading chosen chunks of the corpus again: what some neurons do on the random sample."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float32, Int64

from ingest.layers import NeuronLayer
from ingest.mining.chunks import grouped, padded
from ingest.mining.tokens import TokenizedCorpus
from ingest.subject import Subject


def places_of(
    corpus: TokenizedCorpus, chunks: Int64[np.ndarray, " chunk"]
) -> Int64[np.ndarray, " place"]:
    """The places of all tokens of these chunks, chunk by chunk."""
    stretches = (np.arange(corpus.starts[c], corpus.starts[c + 1]) for c in chunks.tolist())
    return np.concatenate([np.zeros(0, np.int64), *stretches])


def activations_on(
    subject: Subject,
    corpus: TokenizedCorpus,
    chunks: Int64[np.ndarray, " chunk"],
    *,
    layer: NeuronLayer,
    neurons: slice,
    batch_size: int,
) -> Float32[np.ndarray, "neuron place"]:
    """What some of a layer's neurons do on every token of these chunks, in their order."""
    lengths = corpus.lengths(chunks)
    ends = np.cumsum(lengths)
    width = len(range(*neurons.indices(layer.n_neurons)))
    found = np.empty((width, int(lengths.sum())), np.float32)
    offset = 0 if subject.begin is None else 1
    for batch in grouped(np.argsort(-lengths, kind="stable").tolist(), batch_size):
        rows = padded([corpus.text(int(chunks[at])) for at in batch], subject.begin)
        values = subject.activations(torch.from_numpy(rows), [layer])[layer.name]
        kept = values[..., neurons].cpu().numpy()
        for row, at in enumerate(batch):
            length = int(lengths[at])
            own = kept[row, offset : offset + length]
            found[:, ends[at] - length : ends[at]] = own.T
    return found
