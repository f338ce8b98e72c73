"""Everything that mining knows after some chunks, and its checkpoint on disk."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from ingest.layers import NeuronLayer
from ingest.mining import moments
from ingest.mining.chunks import Chunk, Cursor
from ingest.mining.moments import Moments
from ingest.mining.top import TopExamples


@dataclass(slots=True)
class LayerState:
    """What was found in one layer."""

    statistics: Moments
    top: TopExamples


@dataclass(slots=True)
class MiningState:
    """What was found so far: it grows by one block of chunks at a time.

    Its size does not depend on the corpus: for each neuron `k` rows of activations, and the
    tokens of the chunks that any neuron, or the random sample, holds on to.
    """

    layers: dict[str, LayerState]
    """By name."""
    sample_size: int
    """Chunks in the random sample."""
    cursor: Cursor = field(default_factory=Cursor)
    chunks: dict[int, Chunk] = field(default_factory=dict)
    """By place in the corpus: those that are still referred to."""
    sample: list[int] = field(default_factory=list)
    """Places of the chunks with the smallest keys: hashes, so a uniform sample of the texts."""

    def update(self, layer: str, batch: Sequence[Chunk], found: BatchActivations) -> None:
        """Take in one layer's activations on a batch."""
        state = self.layers[layer]
        state.statistics = moments.merged(state.statistics, found.statistics)
        state.top.update(
            found.peaks,
            np.array([chunk.index for chunk in batch], np.int64),
            np.array([chunk.key for chunk in batch], np.uint64),
            found.activations,
        )

    def close_block(self, block: Sequence[Chunk]) -> None:
        """Move on behind `block`, whose batches were all taken in, and forget what is not needed."""
        self.chunks.update((chunk.index, chunk) for chunk in block)
        best: dict[int, int] = {}
        for index in sorted({*self.sample, *(chunk.index for chunk in block)}):
            best.setdefault(self.chunks[index].key, index)
        self.sample = [best[key] for key in sorted(best)[: self.sample_size]]
        needed = set(self.sample)
        for state in self.layers.values():
            needed.update(state.top.chunks[state.top.peaks > 0].tolist())
        self.chunks = {index: self.chunks[index] for index in sorted(needed)}
        last = block[-1]
        self.cursor = Cursor(last.index + 1, last.document, last.part + 1)


@dataclass(frozen=True, slots=True)
class BatchActivations:
    """One layer's activations on a batch of chunks."""

    statistics: Moments
    peaks: Float32[np.ndarray, "chunk neuron"]
    """Largest activation of each chunk."""
    activations: Float32[np.ndarray, "chunk position neuron"]
    """Rubbish behind the end of a chunk is zero."""


def fresh(layers: Sequence[NeuronLayer], *, k: int, length: int, sample: int) -> MiningState:
    """The state before the first chunk."""
    states = {
        layer.name: LayerState(
            moments.nothing(layer.n_neurons), TopExamples(layer.n_neurons, k, length)
        )
        for layer in layers
    }
    return MiningState(states, sample)


def save(state: MiningState, path: Path) -> None:
    """Write a checkpoint: the old one stands until the new one is whole."""
    chunks = list(state.chunks.values())
    arrays: dict[str, np.ndarray] = {
        "cursor": np.array([state.cursor.chunk, state.cursor.document, state.cursor.part]),
        "sample": np.array(state.sample, np.int64),
        "sample_size": np.array(state.sample_size),
        "chunk.place": np.array([[c.index, c.document, c.part, len(c.tokens)] for c in chunks]),
        "chunk.key": np.array([c.key for c in chunks], np.uint64),
        "chunk.tokens": np.concatenate([np.zeros(0, np.int32), *(c.tokens for c in chunks)]),
        "layers": np.array(list(state.layers)),
    }
    for layer, found in state.layers.items():
        for name, value in moments.to_arrays(found.statistics).items():
            arrays[f"{layer}.statistics.{name}"] = value
        for name in ("peaks", "chunks", "keys", "activations"):
            arrays[f"{layer}.top.{name}"] = getattr(found.top, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type,unused-ignore]
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def load(path: Path) -> MiningState:
    """The state that `save` wrote."""
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    ends = np.cumsum(arrays["chunk.place"][:, 3])
    pieces = np.split(arrays["chunk.tokens"], ends[:-1]) if len(ends) else []
    chunks = {
        int(place[0]): Chunk(int(place[0]), int(place[1]), int(place[2]), tokens, int(key))
        for place, key, tokens in zip(
            arrays["chunk.place"], arrays["chunk.key"], pieces, strict=True
        )
    }
    layers = {}
    for layer in arrays["layers"].tolist():
        prefix = f"{layer}.statistics."
        statistics = moments.from_arrays(
            {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}
        )
        top = TopExamples(*arrays[f"{layer}.top.activations"].shape)
        for name in ("peaks", "chunks", "keys", "activations"):
            setattr(top, name, arrays[f"{layer}.top.{name}"])
        layers[layer] = LayerState(statistics, top)
    return MiningState(
        layers,
        int(arrays["sample_size"]),
        Cursor(*arrays["cursor"].tolist()),
        chunks,
        arrays["sample"].tolist(),
    )
