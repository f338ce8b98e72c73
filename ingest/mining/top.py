"""The texts on which each neuron of a layer fires most, kept up to date batch by batch."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float32, Int64, UInt64

_NONE = np.iinfo(np.int64).max


class TopExamples:
    """The `k` chunks of highest peak for each neuron.

    Higher peaks come first, then chunks that stand earlier in the corpus. Chunks of one
    key are one text: the highest stands for all of them. Only peaks above zero count.
    The result does not depend on the order in which the chunks come.
    """

    def __init__(self, n_neurons: int, k: int, length: int) -> None:
        self.peaks: Float32[np.ndarray, "neuron rank"] = np.zeros((n_neurons, k), np.float32)
        """0 where there is no such example."""
        self.chunks: Int64[np.ndarray, "neuron rank"] = np.full((n_neurons, k), _NONE)
        """Place of the chunk in the corpus."""
        self.keys: UInt64[np.ndarray, "neuron rank"] = np.zeros((n_neurons, k), np.uint64)
        self.activations: Float32[np.ndarray, "neuron rank position"] = np.zeros(
            (n_neurons, k, length), np.float32
        )

    def update(
        self,
        peaks: Float32[np.ndarray, "chunk neuron"],
        chunks: Int64[np.ndarray, " chunk"],
        keys: UInt64[np.ndarray, " chunk"],
        activations: Float32[np.ndarray, "chunk position neuron"],
    ) -> None:
        """Take in a batch: each chunk's largest activation, its places, and all activations."""
        rows = np.flatnonzero(((peaks >= self.peaks[:, -1]) & (peaks > 0)).any(0))
        if rows.size == 0:
            return
        k = self.peaks.shape[1]
        shape = (rows.size, len(chunks))
        all_peaks = np.concatenate([self.peaks[rows], peaks[:, rows].T], axis=1)
        all_chunks = np.concatenate([self.chunks[rows], np.broadcast_to(chunks, shape)], axis=1)
        all_keys = np.concatenate([self.keys[rows], np.broadcast_to(keys, shape)], axis=1)
        _drop_repeated(all_peaks, all_chunks, all_keys)
        best = np.lexsort((all_chunks, -all_peaks), axis=-1)[:, :k]
        self.peaks[rows] = np.take_along_axis(all_peaks, best, 1)
        self.chunks[rows] = np.take_along_axis(all_chunks, best, 1)
        self.keys[rows] = np.take_along_axis(all_keys, best, 1)
        kept = np.take_along_axis(self.activations[rows], np.minimum(best, k - 1)[..., None], 1)
        row, rank = np.nonzero(best >= k)
        kept[row, rank] = 0
        kept[row, rank, : activations.shape[1]] = activations[best[row, rank] - k, :, rows[row]]
        self.activations[rows] = kept


def _drop_repeated(
    peaks: Float32[np.ndarray, "neuron entry"],
    chunks: Int64[np.ndarray, "neuron entry"],
    keys: UInt64[np.ndarray, "neuron entry"],
) -> None:
    """Empty, in place, every entry whose key another entry of the row has with more right."""
    order = np.lexsort((chunks, -peaks, keys), axis=-1)
    sorted_keys = np.take_along_axis(keys, order, 1)
    repeated = np.zeros_like(order, dtype=bool)
    repeated[:, 1:] = sorted_keys[:, 1:] == sorted_keys[:, :-1]
    dropped = np.zeros_like(repeated)
    np.put_along_axis(dropped, order, repeated, 1)
    dropped |= peaks <= 0
    peaks[dropped] = 0
    chunks[dropped] = _NONE
