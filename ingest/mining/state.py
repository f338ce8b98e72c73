"""Everything that mining knows after some shards, and its checkpoint on disk."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Int64

from ingest.layers import NeuronLayer
from ingest.mining import evidence, ranked, tree
from ingest.mining.batches import shard_chunks
from ingest.mining.evidence import Reservoirs
from ingest.mining.hashing import salts
from ingest.mining.moments import Moments
from ingest.mining.ranked import Ranked
from ingest.mining.sums import Sums, moments_of, sums
from ingest.mining.tokens import TokenizedCorpus

_SAVED = ("scores", "chunks", "slots", "rows", "ranges", "lengths")
"""Of the lists; the rest follows from the settings."""
_FEWEST_JUDGED = 10
"""Texts held out that are kept of each neuron, though fewer examples are asked for."""
_BOTTOM, _FIRING, _RANDOM = 4, 8, 4
"""Texts kept of each neuron on which it is most negative, at random where it fires, at random."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is kept of each neuron."""

    top: int
    """Texts of highest peak."""
    evidence: int
    """Places where it fires."""
    length: int
    """Tokens of a text, at most."""

    @property
    def lists(self) -> dict[str, int]:
        """Texts in each list of `ranked`."""
        return {
            "top": self.top,
            "held_out": max(self.top, _FEWEST_JUDGED),
            "bottom": _BOTTOM,
            "firing": _FIRING,
            "random": _RANDOM,
        }


@dataclass(slots=True)
class MiningState:
    """What was found so far. Its size does not depend on the corpus.

    The neurons of all layers stand one behind the other.
    """

    firsts: Mapping[str, int]
    """Where each layer's neurons begin, by its name."""
    sizes: Sizes
    found: Reservoirs
    lists: Ranked
    shard: Sums
    """Of the shard that is being read."""
    done: list[int] = field(default_factory=list)
    """The shards that were read."""
    statistics: tree.Nodes = field(default_factory=dict)
    """Of the shards that were read."""

    def close_shard(self, corpus: TokenizedCorpus, shard: int) -> None:
        """Count the shard, all of whose batches were taken in, as done."""
        chunks = shard_chunks(corpus, shard)
        count = int(corpus.starts[chunks.stop] - corpus.starts[chunks.start])
        tree.put(self.statistics, 0, shard, moments_of(self.shard, count))
        self.shard = sums(len(self.lists.salts))
        self.done.append(shard)

    def forget(self, corpus: TokenizedCorpus, shard: int) -> None:
        """Take back what was taken in of a shard that will be read again from its beginning."""
        chunks = shard_chunks(corpus, shard)
        first, end = int(corpus.starts[chunks.start]), int(corpus.starts[chunks.stop])
        ranked.forget(self.lists, chunks.start, chunks.stop)
        evidence.forget(self.found, self.sizes.evidence, first, end)
        self.shard = sums(len(self.lists.salts))

    def neurons(self, layer: NeuronLayer) -> slice:
        """Where a layer's neurons stand."""
        first = self.firsts[layer.name]
        return slice(first, first + layer.n_neurons)

    def moments(self) -> Moments:
        """The statistics of all neurons, once all shards are done."""
        return tree.total(self.statistics)

    def drop(self, neurons: Int64[np.ndarray, " n"]) -> None:
        """Keep nothing of these neurons."""
        self.found.counts[neurons] = 0
        self.lists.scores[neurons] = 0

    def absorb(self, other: MiningState) -> None:
        """Take in what was found in other shards."""
        ranked.absorb(self.lists, other.lists)
        evidence.absorb(self.found, self.sizes.evidence, other.found)
        for (level, number), found in other.statistics.items():
            tree.put(self.statistics, level, number, found)
        self.done.extend(other.done)


def fresh(layers: Sequence[NeuronLayer], sizes: Sizes) -> MiningState:
    """The state before the first shard."""
    ends = np.cumsum([0, *(layer.n_neurons for layer in layers)]).tolist()
    keys = np.concatenate([salts(layer.name, layer.n_neurons) for layer in layers])
    return MiningState(
        {layer.name: end for layer, end in zip(layers, ends, strict=False)},
        sizes,
        evidence.reservoirs(ends[-1], sizes.evidence),
        ranked.ranked(sizes.lists, sizes.length, keys),
        sums(ends[-1]),
    )


def save(state: MiningState, path: Path) -> None:
    """Write a checkpoint, between two shards: the old one stands until the new one is whole."""
    arrays: dict[str, np.ndarray] = {
        "done": np.array(state.done, np.int64),
        **state.found._asdict(),
    }
    for name in _SAVED:
        arrays[name] = getattr(state.lists, name)
    for name, array in tree.to_arrays(state.statistics).items():
        arrays[f"statistics.{name}"] = array
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type,unused-ignore]
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def load(path: Path, layers: Sequence[NeuronLayer], sizes: Sizes) -> MiningState:
    """The state that `save` wrote."""
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files}
    empty = fresh(layers, sizes)
    prefix = "statistics."
    return MiningState(
        empty.firsts,
        sizes,
        Reservoirs(arrays["entries"], arrays["counts"], arrays["bounds"]),
        empty.lists._replace(**{name: arrays[name] for name in _SAVED}),
        empty.shard,
        arrays["done"].tolist(),
        tree.from_arrays(
            {name.removeprefix(prefix): a for name, a in arrays.items() if name.startswith(prefix)}
        ),
    )


def done_in(path: Path) -> Int64[np.ndarray, " shard"]:
    """The shards that a checkpoint has done."""
    with np.load(path) as archive:
        found: np.ndarray = archive["done"]
        return found
