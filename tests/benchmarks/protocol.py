"""The protocol that Neuron2Graph is compared by: 20 top texts of a neuron, 10 to build, 10 held out.

Texts are whole stories, neurons are drawn as the reference draws them (`random.seed(0)`, then 60
of each layer in turn), and even ranks build while odd ranks judge.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch

from ingest.corpora import open_corpus
from ingest.layers import NeuronLayer
from ingest.mining.chunks import grouped, padded
from ingest.n2g.build import HeldOut, Known
from ingest.n2g.evidence import Text, gather
from ingest.n2g.fit import MAX_DEPTH
from ingest.n2g.validate import Passages
from ingest.n2g.weigh import Places, Sources
from ingest.subject import Subject
from tests.shared import stories_path

TEXTS = 20
_BATCH = 16


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer's chosen neurons: what their graphs are built from, and judged on."""

    layer: NeuronLayer
    known: list[Known]
    held_out: list[HeldOut]

    @property
    def tokens(self) -> np.ndarray:
        """All texts that are built from, one behind the other."""
        return np.concatenate([text.tokens for neuron in self.known for text in neuron.texts])


def drawn(layers: Sequence[NeuronLayer], each: int) -> list[list[int]]:
    """Neurons of each layer, as the reference draws them."""
    chance = random.Random(0)
    return [chance.sample(range(layer.n_neurons), each) for layer in layers]


def stories(subject: Subject, count: int | None = None) -> list[np.ndarray]:
    """Token ids of the shared stories, cut where they are longer than the model's context."""
    documents = list(islice(open_corpus(stories_path()).documents(), count))
    begin = 0 if subject.begin is None else 1
    most = subject.shape.n_context - begin
    return [
        np.array(tokens[:most], np.int32)
        for tokens in subject.encode([document.text for document in documents])
        if tokens
    ]


def layers_of(
    subject: Subject, texts: Sequence[np.ndarray], chosen: Sequence[Sequence[int]]
) -> list[Layer]:
    """Read all texts once for the peaks, and the top ones again for what happens in them."""
    peaks = _peaks(subject, texts)
    found = []
    for layer, neurons in zip(subject.layers, chosen, strict=True):
        tops = {neuron: _top(peaks[layer.name][:, neuron], texts) for neuron in neurons}
        wanted = sorted({text for top in tops.values() for text in top})
        values = dict(zip(wanted, _read(subject, [texts[at] for at in wanted], layer), strict=True))
        known, held_out = [], []
        for neuron, top in tops.items():
            maximum = float(values[top[0]][:, neuron].max())
            own = [
                Text(texts[at], values[at][:, neuron].astype(np.float64) / maximum) for at in top
            ]
            known.append(_known(neuron, maximum, own[0::2]))
            held_out.append(_held_out(own[1::2]))
        found.append(Layer(layer, known, held_out))
    return found


def _known(neuron: int, maximum: float, texts: Sequence[Text]) -> Known:
    evidence = gather(texts, MAX_DEPTH)
    places = Places(np.arange(len(evidence.shares)), evidence.contexts, evidence.shares)
    return Known(neuron, maximum, tuple(texts), Sources(places))


def _held_out(texts: Sequence[Text]) -> HeldOut:
    shares = np.concatenate([text.shares for text in texts])
    return HeldOut(Passages.of([text.tokens for text in texts]), shares)


def _top(peaks: np.ndarray, texts: Sequence[np.ndarray]) -> list[int]:
    """The texts of highest peak, each once."""
    found: dict[bytes, int] = {}
    for at in np.argsort(-peaks, kind="stable").tolist():
        found.setdefault(texts[at].tobytes(), at)
        if len(found) == TEXTS:
            break
    return list(found.values())


def _peaks(subject: Subject, texts: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    found = {
        layer.name: np.empty((len(texts), layer.n_neurons), np.float32) for layer in subject.layers
    }
    offset = 0 if subject.begin is None else 1
    order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
    for batch in grouped(order, _BATCH):
        rows = torch.from_numpy(padded([texts[at] for at in batch], subject.begin))
        for name, values in subject.activations(rows, subject.layers).items():
            for row, at in enumerate(batch):
                own = values[row, offset : offset + len(texts[at])]
                found[name][at] = own.amax(0).numpy()
    return found


def _read(subject: Subject, texts: Sequence[np.ndarray], layer: NeuronLayer) -> list[np.ndarray]:
    offset = 0 if subject.begin is None else 1
    found: list[np.ndarray] = []
    for batch in grouped(texts, _BATCH):
        rows = torch.from_numpy(padded(batch, subject.begin))
        values = subject.activations(rows, [layer])[layer.name].numpy()
        found.extend(
            whole[offset : offset + len(text)] for whole, text in zip(values, batch, strict=True)
        )
    return found
