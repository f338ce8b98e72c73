"""Generated files of the published formats: their shape, their sizes, and texts that recur.

What stands in the files is drawn from a seed; how often a text recurs is the publisher's choice.
OpenAI's 307,200 neurons have 200 records each, of texts of one corpus: 46 of them reach the upper
boundary of the highest quantile in the file that we have, so a text stands in hundreds of records.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

GPT2_XL_LAYER = 6400
"""Neurons of one of its 48 layers."""
_VOCABULARY = 20_000
_LENGTH = 64
_NUMBERS = 200_000


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts and numbers as the files write them."""

    texts: list[str]
    """Tokens, as a JSON list."""
    lengths: list[int]
    """Tokens of each text."""
    numbers: list[str]
    """Activations with four decimals."""
    chance: random.Random

    def record(self) -> tuple[str, str]:
        """Tokens and activations of some text, as JSON lists."""
        at = self.chance.randrange(len(self.texts))
        return self.texts[at], self.values(self.lengths[at])

    def values(self, length: int) -> str:
        """Activations, as a JSON list."""
        return f"[{', '.join(self.chance.choices(self.numbers, k=length))}]"


def corpus(n_texts: int, *, seed: int = 0) -> Corpus:
    """Texts of 64 tokens, one in twenty shorter; tokens are as frequent as Zipf says."""
    chance = random.Random(seed)
    words = [_word(chance) for _ in range(_VOCABULARY)]
    weights = list(accumulate(1 / rank for rank in range(1, _VOCABULARY + 1)))
    lengths = [
        _LENGTH if chance.random() < 0.95 else chance.randrange(32, _LENGTH) for _ in range(n_texts)
    ]
    texts = [
        f"[{', '.join(chance.choices(words, cum_weights=weights, k=length))}]" for length in lengths
    ]
    numbers = [repr(round(chance.gauss(0, 0.3), 4)) for _ in range(_NUMBERS)]
    return Corpus(texts, lengths, numbers, chance)


def _word(chance: random.Random) -> str:
    """A token as Python's `json` writes it: with a space before most, other letters escaped."""
    letters = "etaoinshrdluÉß日\n" if chance.random() < 0.03 else "etaoinshrdlu"
    space = " " if chance.random() < 0.7 else ""
    return json.dumps(space + "".join(chance.choices(letters, k=chance.randrange(1, 8))))


def openai(folder: Path, neurons: int, texts: Corpus) -> None:
    """NeuronRecords: 50 texts that fire most, 50 at random, 20 of each of five quantiles."""

    def records(count: int) -> str:
        made = (texts.record() for _ in range(count))
        name = '{"dataclass_name": "ActivationRecord", '
        return ", ".join(
            f'{name}"tokens": {tokens}, "activations": {values}}}' for tokens, values in made
        )

    path = folder / "collated-activations" / "0"
    path.mkdir(parents=True)
    for neuron in range(neurons):
        quantiles = ", ".join(f"[{records(20)}]" for _ in range(5))
        (path / f"{neuron}.json").write_text(
            '{"dataclass_name": "NeuronRecord", "neuron_id": {"dataclass_name": "NeuronId", '
            f'"layer_index": 0, "neuron_index": {neuron}}}, "random_sample": [{records(50)}], '
            f'"random_sample_by_quantile": [{quantiles}], '
            '"quantile_boundaries": [null, -0.0032, 0.5005, 1.5146, 2.3789, null], '
            '"mean": -0.0499, "variance": 0.0053, "skewness": 9.1, "kurtosis": 120.5, '
            f'"most_positive_activation_records": [{records(50)}]}}'
        )


def neuroscope(folder: Path, neurons: int, texts: Corpus) -> None:
    """DeepDecipher's JSON of pages: 20 texts of 1,024 tokens."""
    path = folder / "gpt2-xl" / "neuroscope" / "0"
    path.mkdir(parents=True)
    for neuron in range(neurons):
        made = []
        for place in range(20):
            parts = [texts.record() for _ in range(16)]
            tokens, values = (
                f"[{', '.join(part[side][1:-1] for part in parts)}]" for side in (0, 1)
            )
            made.append(
                '{"min_range": -0.17, "max_range": 4.8212, "min_activation": -0.17, '
                f'"max_activation": 4.8212, "data_index": {place}, '
                f'"max_activating_token_index": 2, "tokens": {tokens}, "activations": {values}}}'
            )
        place_ = f'{{"layer": 0, "neuron": {neuron}}}'
        (path / f"{neuron}.json").write_text(
            f'{{"neuron_index": {place_}, "texts": [{", ".join(made)}]}}'
        )


def n2g(folder: Path, neurons: int, texts: Corpus) -> None:
    """DeepDecipher's answers: graphs of 55 nodes, with ten similar neurons of all layers."""
    n_layers = max(2, -(-neurons // GPT2_XL_LAYER))
    layers = folder / "gpt2-xl" / "neuron2graph"
    words = [token for text in texts.texts[:500] for token in json.loads(text)]
    for neuron in range(neurons):
        labels = [json.dumps(word) for word in texts.chance.choices(words, k=55)]
        nodes = [f'{at} [label={label},fillcolor="#ff8080"]' for at, label in enumerate(labels)]
        dot = (
            f"digraph {{subgraph cluster_2 {{{';'.join(nodes[10:])}}} "
            f"subgraph cluster_1 {{{';'.join(nodes[:10])}}} "
            + ";".join(f"{at} -> {at % 10}" for at in range(10, 55))
            + "}"
        )
        graph = [
            {
                "token": label,
                "required": [later for later in range(10, 55) if later % 10 == at],
                "importance": 0.5,
            }
            for at, label in enumerate(labels)
        ]
        similar = [
            {
                "layer": texts.chance.randrange(n_layers),
                "neuron": texts.chance.randrange(GPT2_XL_LAYER),
                "similarity": at / 10,
            }
            for at in range(10)
        ]
        unique = {(one["layer"], one["neuron"]): one for one in similar}
        answer = {
            "graph": {"subgraph_indices": [0, 0, 10, 55], "graph": graph},
            "graphviz": dot,
            "similar": list(unique.values()),
        }
        layer, own = divmod(neuron, GPT2_XL_LAYER)
        (layers / f"{layer}").mkdir(parents=True, exist_ok=True)
        (layers / f"{layer}" / f"{own}.json").write_text(json.dumps(answer))


def saedashboard(folder: Path, latents: int, texts: Corpus) -> None:
    """Batches: of each latent 45 texts of 128 tokens from the top and ten intervals."""
    folder.mkdir(parents=True)
    prompts = _prompts(texts)
    for number, batch in enumerate(_batches(latents)):
        features = ", ".join(_dashboard(latent, texts, prompts) for latent in batch)
        (folder / f"batch-{number}.json").write_text(
            '{"model_id": "gpt2-small", "layer": 0, "sae_set": "res-jb", "sae_id_suffix": null, '
            f'"features": [{features}]}}'
        )


def neuronpedia(folder: Path, latents: int, texts: Corpus) -> None:
    """An export, packed: a line for each latent, for its explanation, for each of 45 texts."""
    prompts = _prompts(texts)
    for number, batch in enumerate(_batches(latents)):
        _export(folder / "v1" / "gpt2-small" / "6-res-jb", number, batch, texts, prompts)


def _export(
    source: Path, number: int, latents: range, texts: Corpus, prompts: list[tuple[str, int]]
) -> None:
    key = '"modelId": "gpt2-small", "layer": "6-res-jb", "index": "{}"'
    lines: dict[str, list[str]] = {"features": [], "explanations": [], "activations": []}
    for latent in latents:
        about = key.format(latent)
        lines["features"].append(f'{{{about}, "maxActApprox": 9.5, {_statistics(texts)}}}')
        lines["explanations"].append(
            f'{{{about}, "description": "words about {latent}", "typeName": "oai_token-act-pair", '
            '"explanationModelName": "gpt-4o-mini", "authorId": "x"}'
        )
        for tokens, values, low in _activations(texts, prompts):
            lines["activations"].append(
                f'{{"id": "a", {about}, "dataSource": "pile", "tokens": {tokens}, '
                f'"values": {values}, "binMin": {low}, "binMax": {low + 1}, "binContains": '
                f'{-1 if low < 0 else 0.125}, "qualifyingTokenIndex": 3, "dfaValues": []}}'
            )
    for kind, made in lines.items():
        (source / kind).mkdir(parents=True, exist_ok=True)
        with gzip.open(source / kind / f"batch-{number}.jsonl.gz", "wt", compresslevel=6) as file:
            file.write("\n".join(made) + "\n")


def delphi(folder: Path, latents: int, texts: Corpus) -> None:
    """An explanation, and 60 judgements of texts of 32 tokens by each of two methods."""
    for kind in ("explanations", "scores/fuzz", "scores/detection"):
        (folder / kind).mkdir(parents=True)
    (folder / "run_config.json").write_text('{"model": "x/gpt2", "explainer_model": "y"}')
    for latent in range(latents):
        name = f"layers.5.mlp_latent{latent}.txt"
        (folder / "explanations" / name).write_text(json.dumps(f"Fires on number {latent}."))
        for kind in ("fuzz", "detection"):
            rows = []
            for place in range(60):
                tokens = json.loads(texts.record()[0])[:32]
                rows.append(
                    f'{{"str_tokens": {json.dumps(tokens)}, '
                    f'"activations": {texts.values(len(tokens))}, "distance": '
                    f'{place % 10 if place < 30 else -1.0}, "activating": '
                    f'{json.dumps(place < 30)}, "prediction": true, "probability": null, '
                    f'"correct": {json.dumps(place < 30)}}}'
                )
            (folder / "scores" / kind / name).write_text(f"[{', '.join(rows)}]")


def _batches(latents: int) -> Iterator[range]:
    """Latents of each file, of which there are 128 or less."""
    for first in range(0, latents, 128):
        yield range(first, min(first + 128, latents))


def _prompts(texts: Corpus) -> list[tuple[str, int]]:
    """The 24,576 texts that dashboards are made from, each two of the corpus's, and their tokens."""
    made = []
    for _ in range(24_576):
        first, second = (texts.chance.randrange(len(texts.texts)) for _ in range(2))
        joined = f"{texts.texts[first][:-1]}, {texts.texts[second][1:]}"
        made.append((joined, texts.lengths[first] + texts.lengths[second]))
    return made


def _dashboard(latent: int, texts: Corpus, prompts: list[tuple[str, int]]) -> str:
    activations = ", ".join(
        f'{{"tokens": {tokens}, "values": {values}, "bin_min": {low}, "bin_max": {low + 1}, '
        f'"bin_contains": {-1 if low < 0 else 0.125}, "qualifying_token_index": 3}}'
        for tokens, values, low in _activations(texts, prompts)
    )
    return (
        f'{{"feature_index": {latent}, {_statistics(texts)}, "n_prompts_total": 24576, '
        f'"n_tokens_in_prompt": 128, "dataset": "pile", "activations": [{activations}]}}'
    )


def _activations(texts: Corpus, prompts: list[tuple[str, int]]) -> Iterator[tuple[str, str, int]]:
    """45 prompts: their tokens, activations, lower end of their interval."""
    for number, (tokens, length) in enumerate(texts.chance.sample(prompts, 45)):
        yield tokens, texts.values(length), -1 if number < 20 else (number - 20) // 3


def _statistics(texts: Corpus) -> str:
    """What dashboards say of a latent beside its examples."""
    words = json.dumps(["the"] * 10)
    fields = {
        "pos_str": words, "pos_values": texts.values(10),
        "neg_str": words, "neg_values": texts.values(10),
        "frac_nonzero": "0.0125",
        "freq_hist_data_bar_heights": texts.values(50), "freq_hist_data_bar_values": texts.values(50),
        "logits_hist_data_bar_heights": texts.values(50), "logits_hist_data_bar_values": texts.values(50),
        "neuron_alignment_indices": "[1, 2, 3]", "neuron_alignment_values": texts.values(3),
        "neuron_alignment_l1": texts.values(3),
    }  # fmt: skip
    return ", ".join(f'"{name}": {value}' for name, value in fields.items())


Write = Callable[[Path, int, Corpus], None]
WRITERS: dict[str, tuple[Write, tuple[int, ...]]] = {
    "openai": (openai, (400, 1600)),
    "neuroscope": (neuroscope, (800,)),
    "n2g": (n2g, (16_000, 64_000)),
    "saedashboard": (saedashboard, (1280,)),
    "neuronpedia": (neuronpedia, (1280,)),
    "delphi": (delphi, (3000,)),
}
"""By format what writes its files, and for how many neurons or latents, ascending."""
