"""The model whose neurons are explained, as it reads texts that somebody made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from cypher import ids
from ingest.jobs.explaining.refining import Reads
from ingest.mining.chunks import padded
from ingest.subject import boot


class ModelReads(Reads):
    """Runs the model. Raises ModelError if it cannot be booted."""

    def __init__(self, model: str, device: str) -> None:
        self._subject = boot(model, device)
        self._layers = {layer.name: layer for layer in self._subject.layers}

    @property
    def neurons(self) -> Mapping[str, int]:
        """How many neurons each of its layers has, by the layer's name."""
        return {name: layer.n_neurons for name, layer in self._layers.items()}

    def read(self, neuron: str, texts: Sequence[str]) -> list[tuple[list[str], list[float]]]:
        """Tokens and activations, of no more of a text than the model reads at once.

        What begins every text is not one of its tokens.
        """
        key, subject = ids.parse_neuron_id(neuron), self._subject
        offset = 0 if subject.begin is None else 1
        most = subject.shape.n_context - offset
        encoded = [np.array(text[:most], np.int32) for text in subject.encode(texts)]
        if not any(map(len, encoded)):
            return [([], []) for _ in encoded]
        rows = torch.from_numpy(padded(encoded, subject.begin))
        columns = torch.full((len(encoded),), key.index)
        activations = subject.columns(rows, self._layers[key.layer], columns)
        return [
            (
                [subject.texts[token] for token in tokens.tolist()],
                row[offset : offset + len(tokens)].tolist(),
            )
            for tokens, row in zip(encoded, activations, strict=True)
        ]
