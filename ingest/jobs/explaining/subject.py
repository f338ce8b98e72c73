"""The model whose neurons are explained, as it reads texts that somebody made up."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from cypher import ids
from ingest.errors import ModelError
from ingest.jobs.explaining.refining import Reads
from ingest.mining.chunks import padded
from ingest.subject import boot


class ModelReads(Reads):
    """Runs the model. Raises ModelError if it lacks a layer that is asked for."""

    def __init__(self, model: str, device: str) -> None:
        self._subject = boot(model, device)
        self._layers = {layer.name: layer for layer in self._subject.layers}

    def read(self, neuron: str, texts: Sequence[str]) -> list[tuple[list[str], list[float]]]:
        """Tokens and activations, of no more of a text than the model reads at once."""
        import numpy as np  # noqa: PLC0415

        key = ids.parse_neuron_id(neuron)
        layer = self._layers.get(key.layer)
        if layer is None:
            raise ModelError(
                f"the model has no layer {key.layer} to refine {neuron} with; it has "
                f"{', '.join(self._layers)}."
            )
        begin = self._subject.begin
        offset = 0 if begin is None else 1
        most = self._subject.shape.n_context - offset
        encoded = [np.array(text[:most], np.int32) for text in self._subject.encode(texts)]
        found: list[tuple[list[str], list[float]]] = []
        for tokens in encoded:
            if not len(tokens):
                found.append(([], []))
                continue
            rows = torch.from_numpy(padded([tokens], begin))
            neurons = torch.tensor([key.index])
            values = self._subject.columns(rows, layer, neurons)[0, offset:].tolist()
            found.append(([self._subject.texts[token] for token in tokens.tolist()], values))
        return found
