"""A graph of any size with the shape of a real one, from a seed: columns for a pack's tables.

What decides how dear a question is was taken from mined graphs: how often tokens are fired on
(Zipf-Mandelbrot, so that a word may have thousands of neurons or one), how many tokens a neuron
has (log-normal), that neurons come in families that fire on the same tokens, that some texts
are shared by many neurons, and that activations tie.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from cypher import ids
from cypher.schema import OWN_SOURCE
from ingest.similarity import MEASURE, Firing, neighbours

Columns = Mapping[str, Any]

VERSION = 3
"""Raised whenever the same size and seed no longer make the same graph."""
BUCKETS = {"top": 10, "q4": 2, "q3": 2, "q2": 2, "q1": 2, "random": 1, "bottom": 1}
"""Examples of each neuron."""
_COMMON = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "play",
    "time",
    "people",
    "water",
    "school",
    "house",
    "small",
    "great",
    "day",
    "night",
    "year",
    "work",
    "life",
    "world",
    "hand",
    "part",
    "child",
    "eye",
    "woman",
    "place",
    "week",
    "case",
    "point",
    "company",
    "number",
    "group",
    "problem",
    "fact",
]
"""The most frequent words; the rest are made of syllables."""
_SYLLABLES = [first + vowel for first in "bcdfghjklmnprstvwz" for vowel in "aeiou"]
_FORMS = (" {}", "{}", " {}s", " {}ing")
_FLATTENED = 30
"""Mandelbrot's offset: the first tokens are less frequent than Zipf alone would have them."""
_OF_FAMILY = 0.6
"""Share of a neuron's tokens that come from its family's."""
_FAMILY_TOKENS = 150


@dataclass(frozen=True, slots=True)
class Size:
    """How large a graph is."""

    layers: int = 12
    neurons: int = 3072
    """Of each layer."""
    vocabulary: int = 50_257
    """Tokens."""
    token_edges: int = 30
    """ACTIVATES_ON of each neuron, on the average."""
    context_edges: int = 12
    """CONDITIONED_ON of each neuron, on the average."""
    sequences: int = 40_000
    family: int = 92
    """Neurons that fire on much the same tokens."""


GPT2_SMALL = Size()


class Generated:
    """The graph of a size and a seed: the same for the same."""

    def __init__(self, size: Size, *, seed: int = 0, model: str = "generated") -> None:
        self.size = size
        self.model = ids.model_id(model)
        self._seed = seed
        self._runs = {
            name: ids.run_id(job, source, {"seed": seed, "size": str(size)})
            for name, (job, source) in _RUNS.items()
        }

    def tables(self) -> Iterator[tuple[str, Columns]]:
        """Every table's name and columns, those with many rows in shards of one layer."""
        yield from self._structure()
        yield from self._texts()
        for layer in range(self.size.layers):
            yield from self._layer(layer)
        yield from self._edges("ACTIVATES_ON", self._firing, "activation", {})
        distance = {"distance": self._chance("distance").integers(1, 9, len(self._context.neurons))}
        yield from self._edges("CONDITIONED_ON", self._context, "importance", distance)
        yield "SIMILAR_TO", self._similar()

    @cached_property
    def tokens(self) -> list[str]:
        """Exact texts, the most frequent first."""
        chance = self._chance("vocabulary")
        words = list(_COMMON)
        syllables = np.array(_SYLLABLES)
        needed = self.size.vocabulary // len(_FORMS) + 1
        while len(words) < needed:
            drawn = syllables[chance.integers(0, len(syllables), (needed, 3))]
            longer = np.where(chance.random(needed) < 0.5, drawn[:, 2], "")
            made = np.char.add(np.char.add(drawn[:, 0], drawn[:, 1]), longer)
            words = list(dict.fromkeys([*words, *made.tolist()]))
        texts = [form.format(word) for word in words[:needed] for form in _FORMS]
        return list(dict.fromkeys(texts))[: self.size.vocabulary]

    @cached_property
    def neurons(self) -> list[str]:
        """Ids, by layer and index."""
        layers, each = range(self.size.layers), range(self.size.neurons)
        return [ids.neuron_id(self.model, layer, index) for layer in layers for index in each]

    @cached_property
    def _popularity(self) -> np.ndarray:
        weight = 1 / (np.arange(len(self.tokens)) + 1.0 + _FLATTENED)
        return np.asarray(np.cumsum(weight / weight.sum()))

    def _chance(self, purpose: str) -> np.random.Generator:
        """Random numbers for one purpose, whatever else was drawn before."""
        return np.random.default_rng([self._seed, *purpose.encode()])

    def _popular(self, chance: np.random.Generator, count: int | tuple[int, int]) -> np.ndarray:
        """Tokens by frequency."""
        found = np.searchsorted(self._popularity, chance.random(count), side="right")
        return np.minimum(found, len(self.tokens) - 1)

    def _structure(self) -> Iterator[tuple[str, Columns]]:
        size, each = self.size, self.size.neurons
        yield "Model", {
            "id": [self.model], "family": ["generated"], "n_layers": [size.layers],
            "d_model": [max(1, each // 4)], "d_mlp": [each], "vocab_size": [len(self.tokens)],
            "activation_function": ["gelu"],
        }  # fmt: skip
        layers = [ids.layer_id(self.model, layer) for layer in range(size.layers)]
        yield "Layer", {
            "id": layers, "model_id": [self.model] * len(layers),
            "name": [str(layer) for layer in range(size.layers)],
            "layer_index": list(range(size.layers)), "kind": ["mlp"] * len(layers),
            "hook_point": [f"blocks.{layer}.mlp.hook_post" for layer in range(size.layers)],
            "n_neurons": [each] * len(layers),
        }  # fmt: skip
        yield "HAS_LAYER", {"source": [self.model] * len(layers), "target": layers}
        yield "HAS_NEURON", {"source": np.repeat(layers, each), "target": self.neurons}
        runs = list(self._runs.items())
        nothing = pa.nulls(len(runs), pa.string())
        yield "IngestRun", {
            "id": [run for _, run in runs], "job": [_RUNS[name][0] for name, _ in runs],
            "source": [_RUNS[name][1] for name, _ in runs],
            "model_id": [self.model] * len(runs),
            **dict.fromkeys(("settings", "versions", "counts", "started_at", "finished_at"), nothing),
        }  # fmt: skip
        yield "COVERS", {
            "source": [run for _, run in runs for _ in layers],
            "target": [layer for _ in runs for layer in layers],
            "n_present": [each] * len(runs) * len(layers),
            "n_absent": [0] * len(runs) * len(layers),
        }  # fmt: skip

    def _texts(self) -> Iterator[tuple[str, Columns]]:
        words = [ids.word_id(token) for token in self.tokens]
        yield "Token", {"id": self.tokens}
        yield "Word", {"id": words}
        yield "FORM_OF", {"source": self.tokens, "target": words}
        texts = [[self.tokens[token] for token in text] for text in self._sequences]
        yield "Sequence", {
            "id": self._sequence_ids, "model_id": [self.model] * len(texts), "tokens": texts, "text": ["".join(text) for text in texts],
            "corpus": ["generated"] * len(texts), "document": list(range(len(texts))),
        }  # fmt: skip

    @cached_property
    def _sequences(self) -> list[np.ndarray]:
        """Tokens of each text: 32 to 96, in order of frequency as in the vocabulary."""
        chance = self._chance("sequences")
        lengths = chance.integers(32, 97, self.size.sequences)
        return np.split(self._popular(chance, int(lengths.sum())), np.cumsum(lengths)[:-1])

    @cached_property
    def _sequence_ids(self) -> list[str]:
        return [
            ids.sequence_id(self.model, [str(number), *map(str, text.tolist())])
            for number, text in enumerate(self._sequences)
        ]

    def _layer(self, layer: int) -> Iterator[tuple[str, Columns]]:
        each = self.size.neurons
        chance = self._chance(f"layer {layer}")
        own = self.neurons[layer * each : (layer + 1) * each]
        peaks = np.round(chance.lognormal(1.0, 0.5, each), 3)
        mean = chance.normal(-0.05, 0.02, each)
        constant = {
            "model_id": [self.model] * each,
            "layer_id": [ids.layer_id(self.model, layer)] * each,
        }
        measured = {
            "max_activation": peaks, "min_activation": -0.17 * chance.random(each),
            "mean_activation": mean, "variance": chance.gamma(2.0, 0.01, each),
            "skewness": chance.normal(2.0, 1.0, each), "kurtosis": chance.lognormal(3.0, 0.5, each),
            "density": chance.beta(1.5, 20.0, each), "n_tokens": np.full(each, 1_000_000),
            "run_id": self._of("mine", each),
        }  # fmt: skip
        yield "Neuron", {
            "id": own, **constant, "layer_index": np.full(each, layer), "index": np.arange(each),
            **measured,
        }  # fmt: skip
        measurements = [ids.measurement_id(neuron, OWN_SOURCE) for neuron in own]
        yield "Measurement", {"id": measurements, "source": [OWN_SOURCE] * each, **measured}
        yield "HAS_MEASUREMENT", {
            "source": own, "target": measurements, "run_id": self._of("mine", each),
        }  # fmt: skip
        yield from self._graphs(own, peaks, chance)
        yield from self._examples(own, peaks, chance)
        yield from self._explanations(layer, own, chance)

    def _graphs(
        self, own: list[str], peaks: np.ndarray, chance: np.random.Generator
    ) -> Iterator[tuple[str, Columns]]:
        run = self._of("token-graphs", len(own))
        graphs = [ids.token_graph_id(neuron, "n2g") for neuron in own]
        validation: dict[str, Any] = {}
        for prefix, level in (("", 9.0), ("random_", 5.0)):
            f1 = np.round(chance.beta(level, 2.0, len(own)), 4)
            validation |= {
                f"{prefix}precision": f1, f"{prefix}recall": f1, f"{prefix}f1": f1,
                f"{prefix}correlation": f1, f"{prefix}support": np.full(len(own), 40),
                f"{prefix}token_baseline_f1": np.round(0.6 * f1, 4),
                f"{prefix}bigram_baseline_f1": np.round(0.9 * chance.random(len(own)), 4),
            }  # fmt: skip
        motifs = self._chance(f"motifs from {own[0]}")
        repeats = np.round(motifs.beta(2.0, 1.5, len(own)), 4)
        yield "TokenGraph", {
            "id": graphs, "neuron_id": own, "source": ["n2g"] * len(own), "max_activation": peaks,
            "n_nodes": np.zeros(len(own), np.int64),
            "n_unconnected": motifs.geometric(0.65, len(own)) - 1,
            "repeat_activation": pa.array(repeats, mask=motifs.random(len(own)) < 0.6),
            **validation,
            "note": ["generated without its trie"] * len(own), "run_id": run,
        }  # fmt: skip
        yield "HAS_TOKEN_GRAPH", {"source": own, "target": graphs, "run_id": run}

    def _examples(
        self, own: list[str], peaks: np.ndarray, chance: np.random.Generator
    ) -> Iterator[tuple[str, Columns]]:
        each = sum(BUCKETS.values())
        slots = [
            (bucket, rank) for bucket, count in BUCKETS.items() for rank in range(1, count + 1)
        ]
        # One text of each stretch of the corpus, so that no neuron has one twice; the first of a
        # stretch are the texts that many neurons share.
        stretch = self.size.sequences // each
        within = (stretch * chance.random((len(own), each)) ** 2).astype(np.int64)
        texts = (within + stretch * np.arange(each)).ravel()
        lengths = np.array([len(text) for text in self._sequences])[texts]
        ends = np.cumsum(lengths)
        share = np.array([0.97**number for number in range(each)])
        highest = (peaks[:, None] * share).ravel()
        bottom = np.tile([bucket == "bottom" for bucket, _ in slots], len(own))
        highest = np.round(np.where(bottom, -0.1 * highest, highest), 3)
        peak = (chance.random(len(texts)) * lengths).astype(np.int64)
        values = np.where(chance.random(ends[-1]) < 0.8, -0.05, 0.3) * chance.random(ends[-1])
        values = np.round(values * np.abs(np.repeat(highest, lengths)), 3)
        values[ends - lengths + peak] = highest
        offsets = pa.array(np.concatenate([[0], ends]), pa.int32())
        found = [ids.example_id(neuron, OWN_SOURCE, *slot) for neuron in own for slot in slots]
        run = self._of("mine", len(found))
        ranks = np.tile([rank for _, rank in slots], len(own))
        yield "Example", {
            "id": found, "source": [OWN_SOURCE] * len(found),
            "bucket": [bucket for bucket, _ in slots] * len(own), "rank": ranks,
            "peak": peak, "max_activation": highest,
            "activations": pa.ListArray.from_arrays(offsets, pa.array(values, pa.float64())),
            "run_id": run,
        }  # fmt: skip
        yield "HAS_EXAMPLE", {
            "source": np.repeat(own, each), "target": found, "rank": ranks, "run_id": run,
        }  # fmt: skip
        sequences = [self._sequence_ids[text] for text in texts]
        yield "WITHIN", {"source": found, "target": sequences, "run_id": run}

    def _explanations(
        self, layer: int, own: list[str], chance: np.random.Generator
    ) -> Iterator[tuple[str, Columns]]:
        scored = chance.random(len(own)) < 0.5
        firing = self._firing
        for name, chosen in (("template", np.ones(len(own), bool)), ("openai", scored)):
            made: list[tuple[str, str, str, float | None]] = []
            for at in np.flatnonzero(chosen).tolist():
                first = firing.bounds[layer * self.size.neurons + at]
                best = firing.by_rank[first : first + 6]
                texts = [self.tokens[token] for token in firing.tokens[best]]
                text, score = _sentence(name, texts), None
                if name == "openai":
                    score = round(float(chance.beta(2.0, 3.0)), 4)
                made.append((own[at], ids.explanation_id(own[at], name, text), text, score))
            neurons, found, sentences, scores = zip(*made, strict=True)
            run = self._of(name, len(made))
            model = "gpt-4" if name == "openai" else None
            yield "Explanation", {
                "id": found, "text": sentences, "explainer": [name] * len(made),
                "explainer_model": pa.array([model] * len(made), pa.string()),
                "prompt_version": ["1"] * len(made), "score": pa.array(scores, pa.float64()),
                "run_id": run,
            }  # fmt: skip
            yield "HAS_EXPLANATION", {"source": neurons, "target": found, "run_id": run}
            if name == "openai":
                kind = "ev_correlation"
                measured = [ids.score_id(explanation, name, kind) for explanation in found]
                yield "Score", {
                    "id": measured, "kind": [kind] * len(made), "source": [name] * len(made),
                    "value": scores,
                    "scorer_model": ["gpt-4"] * len(made), "n_examples": [10] * len(made),
                    "run_id": run,
                }  # fmt: skip
                yield "HAS_SCORE", {"source": found, "target": measured, "run_id": run}

    @cached_property
    def _firing(self) -> _Edges:
        return self._drawn("firing", self.size.token_edges)

    @cached_property
    def _families(self) -> int:
        return max(1, len(self.neurons) // self.size.family)

    @cached_property
    def _family(self) -> np.ndarray:
        """The family of each neuron."""
        return self._chance("family").integers(0, self._families, len(self.neurons))

    @cached_property
    def _context(self) -> _Edges:
        return self._drawn("context", self.size.context_edges)

    def _drawn(self, purpose: str, mean: int) -> _Edges:
        """Which neuron goes with which token, and how strongly."""
        chance, n_tokens = self._chance(purpose), len(self.tokens)
        count = len(self.neurons)
        family_tokens = self._popular(chance, (self._families, _FAMILY_TOKENS))
        family = self._family
        wanted = np.maximum(1, np.round(mean * chance.lognormal(-0.125, 0.5, count))).astype(int)
        owners = np.repeat(np.arange(count), 2 * wanted + 2)  # some come twice, and count once
        place = (_FAMILY_TOKENS * chance.random(len(owners)) ** 2).astype(int)
        tokens = np.where(
            chance.random(len(owners)) < _OF_FAMILY,
            family_tokens[family[owners], place],
            self._popular(chance, len(owners)),
        )
        _, first = np.unique(owners * n_tokens + tokens, return_index=True)
        chance.shuffle(first)
        first = first[np.argsort(owners[first], kind="stable")]
        first = first[_places(owners[first]) <= wanted[owners[first]]]
        owners, tokens = owners[first], tokens[first]
        return _Edges(owners, tokens, np.round(chance.beta(2.0, 2.5, len(owners)), 4))

    def _edges(
        self, table: str, edges: _Edges, value: str, more: Columns
    ) -> Iterator[tuple[str, Columns]]:
        by_token = np.lexsort((edges.neurons, -edges.values, edges.tokens))
        token_rank = np.empty(len(by_token), np.int64)
        token_rank[by_token] = _places(edges.tokens[by_token])
        rank = np.empty(len(by_token), np.int64)
        rank[edges.by_rank] = _places(edges.neurons[edges.by_rank])
        yield table, {
            "source": np.array(self.neurons, object)[edges.neurons],
            "target": np.array(self.tokens, object)[edges.tokens],
            value: edges.values, **more, "rank": rank, "token_rank": token_rank,
            "run_id": self._of("token-graphs", len(rank)),
        }  # fmt: skip

    def _similar(self) -> Columns:
        """Likeness within families: nearly all of what it would be among all, in seconds."""
        edges = self._firing
        layers = np.arange(len(self.neurons)) // self.size.neurons
        columns: dict[str, list[Any]] = {
            name: []
            for name in (
                "source", "target", "similarity", "n_shared", "rank", "cross_layer_rank",
            )
        }  # fmt: skip
        for family in np.unique(self._family):
            members = np.flatnonzero(self._family == family)
            mine = np.flatnonzero(np.isin(edges.neurons, members))
            counts = np.diff(edges.bounds)[members]
            bounds = np.concatenate([[0], np.cumsum(counts)])
            _, tokens = np.unique(edges.tokens[mine], return_inverse=True)
            own = [self.neurons[member] for member in members.tolist()]
            for one in neighbours(Firing(bounds, tokens, edges.values[mine], layers[members])):
                columns["source"].append(own[one.neuron])
                columns["target"].append(own[one.other])
                columns["similarity"].append(one.similarity)
                columns["n_shared"].append(one.n_shared)
                columns["rank"].append(one.rank)
                columns["cross_layer_rank"].append(one.cross_layer_rank)
        count = len(columns["source"])
        ranks = {
            name: pa.array(columns.pop(name), pa.int64()) for name in ("rank", "cross_layer_rank")
        }
        return {
            **columns, **ranks, "measure": [MEASURE] * count,
            "run_id": self._of("similarity", count),
        }  # fmt: skip

    def _of(self, run: str, count: int) -> list[str]:
        return [self._runs[run]] * count


_RUNS = {
    "mine": ("mine", "model"),
    "token-graphs": ("token-graphs", "n2g"),
    "similarity": ("similarity", "shared-tokens"),
    "template": ("explain", "template"),
    "openai": ("explain", "openai"),
}
"""Job and source of each run."""


@dataclass(frozen=True)
class _Edges:
    """Neurons and tokens, by neuron."""

    neurons: np.ndarray
    tokens: np.ndarray
    values: np.ndarray

    @cached_property
    def bounds(self) -> np.ndarray:
        """Neuron `i` has the entries from `bounds[i]` up to `bounds[i + 1]`."""
        return np.concatenate([[0], np.cumsum(np.bincount(self.neurons))])

    @cached_property
    def by_rank(self) -> np.ndarray:
        """Entries by neuron, the strongest first."""
        return np.lexsort((self.tokens, -self.values, self.neurons))


def _sentence(explainer: str, texts: list[str]) -> str:
    if explainer == "template":
        return "Fires on " + ", ".join(f"“{text}”" for text in texts) + "."
    return (
        f"words about {texts[0].strip()} and {texts[-1].strip()}, as in a text that tells of both"
    )


def _places(groups: np.ndarray) -> np.ndarray:
    """Place of each row within its run of equal groups, from 1."""
    begins = np.ones(len(groups), bool)
    begins[1:] = groups[1:] != groups[:-1]
    at = np.arange(len(groups))
    return np.asarray(at - np.maximum.accumulate(np.where(begins, at, 0)) + 1)
