"""What a token graph costs: stories260K's 860 neurons, and a GPT-2-small with random weights."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

from ingest.layers import NeuronLayer
from ingest.n2g.build import Known, Setting, experiment, made
from ingest.n2g.evidence import Text, gather
from ingest.n2g.fit import MAX_DEPTH
from ingest.n2g.protocol import Activations
from ingest.n2g.substitute import Predecessors
from ingest.n2g.weigh import Places, Sources
from ingest.subject import Subject, boot, use_threads
from tests.benchmarks.protocol import Layer, layers_of, stories
from tests.benchmarks.report import report
from tests.shared import model_path

_NEURONS = 8
"""Of each layer of GPT-2-small."""
_TEXTS, _LENGTH = 40, 128
_VOCABULARY = 50257


def main() -> None:
    use_threads(1)
    subject = boot(str(model_path()), "cpu")
    every = [range(layer.n_neurons) for layer in subject.layers]
    layers = layers_of(subject, stories(subject), every)
    _cost(subject, layers[2:3])  # compiles, and checks the single neurons of a layer
    seconds, forwards = _cost(subject, layers)
    count = sum(len(layer.known) for layer in layers)
    report("stories260K, per neuron, one thread", seconds / count, "s", at_most=0.04)
    report("stories260K, share of the model's forwards", forwards / seconds, "1")
    _gpt2()


def _gpt2() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _random_gpt2(Path(folder))
        subject = boot(folder, "cuda" if torch.cuda.is_available() else "cpu")
    layers = _random_texts(subject)
    device = subject.bridge.cfg.device
    seconds = forwards = 0.0
    for layer in layers:
        mine, own = _cost(subject, [layer])
        seconds += mine / _NEURONS * layer.layer.n_neurons
        forwards += own / _NEURONS * layer.layer.n_neurons
    count = sum(layer.layer.n_neurons for layer in layers)
    report(f"GPT-2-small, per neuron, {device}", seconds / count, "s")
    report("GPT-2-small, share of the model's forwards", forwards / seconds, "1")
    report(f"GPT-2-small, all {count:,} neurons, extrapolated", seconds / 3600, "h")


def _cost(subject: Subject, layers: Sequence[Layer]) -> tuple[float, float]:
    """Seconds for the graphs of these layers, and how many of them the model runs."""
    forwards = 0.0

    def timed(model: Activations) -> Activations:
        def columns(tokens: Any, layer: NeuronLayer, neurons: Any) -> Any:
            nonlocal forwards
            begun = time.perf_counter()
            found = model(tokens, layer, neurons).cpu()
            forwards += time.perf_counter() - begun
            return found

        return columns

    begun = time.perf_counter()
    for layer in layers:
        predecessors = Predecessors.of(layer.tokens, len(subject.texts))
        setting = Setting(timed(subject.columns), layer.layer, subject.begin, predecessors)
        tested = experiment(layer.known, setting)
        for neuron in layer.known:
            made(neuron, tested.get(neuron.index, ()), setting.fit)
    return time.perf_counter() - begun, forwards


def _random_texts(subject: Subject) -> list[Layer]:
    """Ten texts of random tokens for a few neurons of each layer: those where they fire most."""
    chance = np.random.default_rng(0)
    common = chance.zipf(1.3, (_TEXTS, _LENGTH)) % _VOCABULARY
    tokens = torch.from_numpy(common.astype(np.int64))
    found = []
    for layer in subject.layers:
        values = subject.activations(tokens, [layer])[layer.name].cpu().numpy()
        known = []
        for neuron in chance.choice(layer.n_neurons, _NEURONS, replace=False).tolist():
            own = values[:, :, neuron]
            top = np.argsort(-own.max(1))[:10]
            maximum = float(own.max())
            texts = [
                Text(common[at].astype(np.int32), own[at].astype(np.float64) / maximum)
                for at in top
            ]
            evidence = gather(texts, MAX_DEPTH)
            places = Places(np.arange(len(evidence.shares)), evidence.contexts, evidence.shares)
            known.append(Known(neuron, maximum, tuple(texts), Sources(places)))
        found.append(Layer(layer, known, []))
    return found


def _random_gpt2(folder: Path) -> None:
    """GPT-2-small as it is before training, with a tokenizer of whole words."""
    from tokenizers import Tokenizer, models

    words = {f"w{place}": place for place in range(_VOCABULARY)}
    make: Callable[..., Any] = PreTrainedTokenizerFast
    make(tokenizer_object=Tokenizer(models.WordLevel(words, "w0"))).save_pretrained(folder)
    torch.manual_seed(0)
    network: Any = GPT2LMHeadModel(GPT2Config(bos_token_id=None, eos_token_id=None))
    network.save_pretrained(folder)


if __name__ == "__main__":
    main()
