"""What the model itself would score, were it shown only the last tokens: a bound for any trie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from ingest.n2g.evidence import windows
from ingest.n2g.validate import f1_of
from ingest.subject import Subject, boot
from tests.benchmarks.n2g import EACH
from tests.benchmarks.protocol import drawn, stories
from tests.benchmarks.report import report
from tests.shared import model_path

SHOWN = (4, 8, 20)
_TEXTS, _LENGTH = 50, 128
_BATCH = 1024


def main() -> None:
    subject = boot(str(model_path()), "cpu")
    texts = [text[:_LENGTH] for text in stories(subject)]
    chosen = drawn(subject.layers, EACH)
    maxima = _maxima(subject, texts)
    every = len(texts) // _TEXTS
    sample = texts[::every][:_TEXTS]
    true = [
        np.concatenate([one[number] for one in _whole(subject, sample)])
        for number in range(len(subject.layers))
    ]
    for shown in SHOWN:
        contexts = np.concatenate([windows(text, shown - 1) for text in sample])
        found = _shown(subject, contexts)
        for number, neurons in enumerate(chosen):
            scores = [
                f1_of(
                    found[number][:, neuron] / maxima[number][neuron],
                    true[number][:, neuron] / maxima[number][neuron],
                )
                for neuron in neurons
            ]
            mean = float(np.mean([score for score in scores if score is not None]))
            report(f"the model, shown {shown} tokens, layer {number}", mean, "1")


def _maxima(subject: Subject, texts: Sequence[np.ndarray]) -> list[np.ndarray]:
    found = [np.zeros(layer.n_neurons) for layer in subject.layers]
    for values in _whole(subject, texts):
        found = [np.maximum(a, b.max(0)) for a, b in zip(found, values, strict=True)]
    return found


def _whole(subject: Subject, texts: Sequence[np.ndarray]) -> list[list[np.ndarray]]:
    """By text and layer: [position, neuron]."""
    return [[value[0, 1:] for value in _read(subject, text[None])] for text in texts]


def _shown(subject: Subject, contexts: np.ndarray) -> list[np.ndarray]:
    """By layer, [place, neuron]: what stands at the end of each context, read alone."""
    lengths = (contexts >= 0).sum(1)
    found = [np.zeros((len(contexts), layer.n_neurons)) for layer in subject.layers]
    for length in np.unique(lengths).tolist():
        rows = np.flatnonzero(lengths == length)
        for first in range(0, len(rows), _BATCH):
            mine = rows[first : first + _BATCH]
            tokens = contexts[mine, :length][:, ::-1]
            for own, values in zip(found, _read(subject, tokens), strict=True):
                own[mine] = values[:, -1]
    return found


def _read(subject: Subject, tokens: np.ndarray) -> list[np.ndarray]:
    begin = np.full((len(tokens), 1), subject.begin)
    rows = torch.from_numpy(np.concatenate([begin, tokens], 1).astype(np.int64))
    values = subject.activations(rows, subject.layers)
    return [values[layer.name].numpy() for layer in subject.layers]


if __name__ == "__main__":
    main()
