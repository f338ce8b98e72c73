"""Reading back what mining wrote: each neuron's examples, layer by layer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cypher import ids
from cypher.pack import Pack
from ingest.mining.texts import KeptTexts
from ingest.n2g.evidence import Text


@dataclass(frozen=True, slots=True)
class NeuronExamples:
    """What mining knows of one neuron."""

    index: int
    """Place within its layer, from 0."""
    maximum: float
    """Largest activation: what a share of 1 stands for."""
    texts: tuple[Text, ...]
    """The strongest first."""
    keys: tuple[int, ...]
    """Ids of their `Sequence`s as numbers."""


def examples_by_layer(pack: Pack, texts: KeptTexts) -> Iterator[tuple[str, list[NeuronExamples]]]:
    """The neurons that fire, in the order of their places, for each layer that has any.

    A layer is one shard of `Example`, and rows of `WITHIN` stand in the same order.
    """
    for shard, within in zip(pack.shards("Example"), pack.shards("WITHIN"), strict=True):
        found: dict[int, list[tuple[int, Text, int]]] = {}
        layer = ""
        columns = (shard.column(name) for name in ("id", "bucket", "rank", "activations"))
        rows = zip(*columns, within.column("target"), strict=True)
        for identity, bucket, rank, activations, target in rows:
            if bucket.as_py() != "top":
                continue
            key = int(target.as_py(), 16)
            neuron = ids.parse_neuron_id(identity.as_py().partition("@")[0])
            layer = neuron.layer
            values = activations.values.to_numpy()
            entry = (rank.as_py(), Text(texts.by_key[key], values), key)
            found.setdefault(neuron.index, []).append(entry)
        yield layer, [_ranked(index, found[index]) for index in sorted(found)]


def _ranked(index: int, entries: list[tuple[int, Text, int]]) -> NeuronExamples:
    entries.sort(key=lambda entry: entry[0])
    maximum = float(entries[0][1].shares.max())
    return NeuronExamples(
        index,
        maximum,
        tuple(Text(text.tokens, text.shares / maximum) for _, text, _ in entries),
        tuple(key for _, _, key in entries),
    )
