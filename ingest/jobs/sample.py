"""The random sample of the corpus: what a layer's neurons do where nothing is special."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32

from ingest.layers import NeuronLayer
from ingest.mining.chunks import Tokens, grouped, padded
from ingest.mining.texts import KeptTexts
from ingest.n2g.evidence import Text
from ingest.subject import Subject


@dataclass(frozen=True, slots=True)
class Sample:
    """Texts, and the activations of all of a layer's neurons on them."""

    keys: tuple[int, ...]
    """Ids of their `Sequence`s as numbers."""
    tokens: tuple[Tokens, ...]
    activations: tuple[Float32[np.ndarray, "_ neuron"], ...]

    def texts_of(self, neuron: int, maximum: float, without: Collection[int]) -> list[Text]:
        """One neuron's texts, but for those with the keys `without`."""
        return [
            Text(tokens, values[:, neuron].astype(np.float64) / maximum)
            for key, tokens, values in zip(self.keys, self.tokens, self.activations, strict=True)
            if key not in without
        ]


def read_sample(subject: Subject, kept: KeptTexts, layer: NeuronLayer, batch_size: int) -> Sample:
    """Run the model on the random sample that mining kept."""
    tokens = tuple(kept.by_key[key] for key in kept.sample)
    offset = 0 if subject.begin is None else 1
    found: list[Float32[np.ndarray, "_ neuron"]] = []
    for batch in grouped(tokens, batch_size):
        rows = torch.from_numpy(padded(batch, subject.begin))
        values = subject.activations(rows, [layer])[layer.name].cpu().numpy()
        found.extend(
            whole[offset : offset + len(text)] for whole, text in zip(values, batch, strict=True)
        )
    return Sample(kept.sample, tokens, tuple(found))
