"""A small graph with everything in it, made from a seed: ties, nulls, gaps and hostile tokens.

    rows = small_graph(seed=1)
    write_pack(path, rows)

The rows are plain mappings by table, so that a test can also work out in Python what a
statement should answer.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cypher import ids
from cypher.motifs import motifs_of
from cypher.pack import Pack, PackWriter, open_pack
from cypher.schema import OWN_SOURCE
from tests.graphs_published import Tables, circuit, evidence, listed

__all__ = ["LAYERS", "TOKENS", "Layer", "Tables", "small_graph", "write_pack"]

TOKENS = (
    " play", "play", " Play", " played", " the", "the", ".", " ", "\n", '"', "\\", "\\n", "<b>",
    "&amp;", "<0xE2>", "日本", " é", "É", "𝄞", "｡", "{}", " -->", "'; DROP", "$limit", "`", "//", "x",
)  # fmt: skip
"""More than one form of a word, quotes, escapes, and texts that look like Cypher or DOT."""

_BUCKETS = ("top", "q1", "q4", "random", "bottom")


@dataclass(frozen=True, slots=True)
class Layer:
    """What a layer of the small graph is."""

    model: str
    name: str
    layer_index: int
    kind: str
    neurons: int

    @property
    def id(self) -> str:
        return ids.layer_id(self.model, self.name)


LAYERS = (
    Layer("toy", "0", 0, "mlp", 40),
    Layer("toy", "1", 1, "mlp", 40),
    Layer("toy", "1-res", 1, "sae", 12),
    Layer("toy", "2", 2, "mlp", 40),
    Layer("other", "0", 0, "mlp", 8),
)


def small_graph(seed: int = 0, layers: tuple[Layer, ...] = LAYERS) -> Tables:
    """The rows of every table, by the table's name."""
    return _Maker(random.Random(seed), layers).tables()


def write_pack(path: Path, tables: Tables) -> Pack:
    """A pack of these rows at `path`."""
    with PackWriter(path) as writer:
        for name, rows in tables.items():
            writer.add(name, rows)
    return open_pack(path)


class _Maker:
    def __init__(self, source: random.Random, layers: tuple[Layer, ...]) -> None:
        self._random = source
        self._layers = layers
        self._tables: Tables = defaultdict(list)
        self._runs: dict[tuple[str, str], str] = {}

    def tables(self) -> Tables:
        for token in TOKENS:
            word = ids.word_id(token)
            self._add("Token", id=token)
            self._add("Word", id=word)
            self._add("FORM_OF", source=token, target=word)
        for model in sorted({layer.model for layer in self._layers}):
            self._add("Model", id=model, family="llama", n_layers=3, d_model=64, d_mlp=40,
                      vocab_size=len(TOKENS), activation_function="silu")  # fmt: skip
            if model == "toy":
                tokenizer = ids.tokenizer_id(model)
                self._add("Tokenizer", id=tokenizer, definition=None, vocabulary=list(TOKENS))
                self._add("HAS_TOKENIZER", source=model, target=tokenizer)
            for job in ("mine", "token-graphs", "similarity", "explain", "weights"):
                self._run(model, job)
        for layer in self._layers:
            self._layer(layer)
        self._similar()
        for table, value in (("ACTIVATES_ON", "activation"), ("CONDITIONED_ON", "importance")):
            self._token_ranks(table, value)
        self._weights(random.Random(len(self._layers)))
        for model in sorted({one.model for one in self._layers}):
            self._run(model, "import")
            listed(self._add, self._tables, model, self._runs[model, "import"])
        evidence(self._add, self._tables)
        for slug in ("greeting", "sum") if ("toy", "import") in self._runs else ():
            circuit(self._add, self._tables, slug)
        return dict(self._tables)

    def _add(self, table: str, **row: Any) -> None:
        self._tables[table].append(row)

    def _run(self, model: str, job: str) -> None:
        run = ids.run_id(job, "n2g", {"model": model})
        self._runs[model, job] = run
        started = None if job == "explain" else f"2024-01-0{len(self._runs) % 3 + 1}T00:00:00Z"
        self._add("IngestRun", id=run, job=job, source="n2g", model_id=model,
                  settings='{"seed": 1}', versions='{"torch": "2"}', counts='{"neurons": 3}',
                  started_at=started, finished_at=None)  # fmt: skip
        for layer in self._layers:
            if layer.model == model:
                self._add("COVERS", source=run, target=layer.id, n_present=layer.neurons - 1,
                          n_absent=1)  # fmt: skip

    def _layer(self, layer: Layer) -> None:
        self._add("Layer", id=layer.id, model_id=layer.model, name=layer.name,
                  layer_index=layer.layer_index, kind=layer.kind,
                  hook_point=f"blocks.{layer.layer_index}.mlp.hook_post",
                  n_neurons=layer.neurons + 2)  # fmt: skip
        self._add("HAS_LAYER", source=layer.model, target=layer.id)
        for index in range(layer.neurons):
            neuron = ids.neuron_id(layer.model, layer.name, index)
            self._neuron(layer, index, neuron)
            if self._random.random() < 0.1:
                for kind in self._random.sample(("token_graph", "examples", "explanation"), 2):
                    self._lacks(neuron, layer.model, kind)
                continue
            tokens = self._random.sample(TOKENS, self._random.randrange(1, 9))
            self._token_graph(neuron, layer.model, tokens)
            self._examples(neuron, layer.model)
            self._explanations(neuron, layer.model)

    def _neuron(self, layer: Layer, index: int, neuron: str) -> None:
        value = self._statistic
        run = self._runs[layer.model, "mine"]
        measured = {
            "max_activation": value(),
            "min_activation": value(-1),
            "mean_activation": value(),
            "variance": value(),
            "skewness": value(-1),
            "kurtosis": value(),
            "density": value(),
            "n_tokens": self._random.choice((None, 1000)),
            "run_id": run,
        }
        self._add("Neuron", id=neuron, model_id=layer.model, layer_id=layer.id,
                  layer_index=layer.layer_index, index=index, **measured)  # fmt: skip
        own = ids.measurement_id(neuron, OWN_SOURCE)
        boundaries = [0.5, 1.5] if index % 2 else None
        self._add("Measurement", id=own, source=OWN_SOURCE, quantile_boundaries=boundaries,
                  histogram_values=boundaries, histogram_heights=boundaries, **measured)  # fmt: skip
        self._add("HAS_MEASUREMENT", source=neuron, target=own, run_id=run)
        self._add("HAS_NEURON", source=layer.id, target=neuron)

    def _statistic(self, sign: int = 1) -> float | None:
        """One of few values, for ties; -0.0 and null among them."""
        return self._random.choice((None, 0.0, sign * 0.0, sign * 0.25, 0.5, 1e-9, 123.456789))

    def _lacks(self, neuron: str, model: str, kind: str) -> None:
        run = self._runs[model, "token-graphs"]
        self._add("LACKS", source=neuron, target=run, kind=kind, reason="never fires", run_id=run)

    def _token_graph(self, neuron: str, model: str, tokens: list[str]) -> None:
        run = self._runs[model, "token-graphs"]
        graph = ids.token_graph_id(neuron, "n2g")
        named: list[list[str]] = []
        positions: list[int] = []
        activations: list[float | None] = []
        ends: list[bool] = []

        def node(kind: str, position: int, matched: list[str], *, is_end: bool) -> str:
            made = ids.token_graph_node_id(graph, len(named))
            activation = self._random.choice((0.5, 1.0)) if is_end else None
            named.append(matched)
            positions.append(position)
            activations.append(activation)
            ends.append(is_end)
            self._add("TokenGraphNode", id=made, kind=kind, position=position,
                      activation=activation, importance=None if kind == "ignore" else 0.75, is_end=is_end,
                      run_id=run)  # fmt: skip
            self._add("CONTAINS", source=graph, target=made, run_id=run)
            for token in matched:
                self._add("MATCHES", source=made, target=token, run_id=run)
            return made

        context: dict[str, int] = {}
        for rank, token in enumerate(tokens, start=1):
            deep = self._random.random() < 0.5
            start = node("activating", 0, [token], is_end=not deep)
            self._add("STARTS_AT", source=graph, target=start, run_id=run)
            if deep:
                gap = node("ignore", -1, [], is_end=False)
                before = self._random.sample(TOKENS, 2)
                last = node("context", -2, before, is_end=True)
                self._add("PRECEDED_BY", source=start, target=gap, run_id=run)
                self._add("PRECEDED_BY", source=gap, target=last, run_id=run)
                context |= dict.fromkeys(before, 2)
            self._add("ACTIVATES_ON", source=neuron, target=token, rank=rank,
                      activation=1.0 if rank == 1 else 1 / (1 + rank // 2), run_id=run)  # fmt: skip
        for rank, (token, distance) in enumerate(context.items(), start=1):
            self._add("CONDITIONED_ON", source=neuron, target=token, importance=0.75,
                      distance=distance, rank=rank, run_id=run)  # fmt: skip
        edges = [(at - 1, at) for at, position in enumerate(positions) if position < 0]
        motifs = motifs_of(
            named, positions=positions, activations=activations, is_end=ends, edges=edges
        )
        self._add("TokenGraph", id=graph, neuron_id=neuron, source="n2g", max_activation=2.5,
                  n_nodes=len(named), n_unconnected=motifs.n_unconnected,
                  repeat_activation=motifs.repeat_activation, precision=0.5, recall=1.0,
                  f1=self._random.choice((None, 0.25, 0.5, 1.0)), correlation=0.5, support=7,
                  token_baseline_f1=0.25, bigram_baseline_f1=self._random.choice((None, 0.25, 0.75)),
                  random_precision=0.25, random_recall=0.75,
                  random_f1=self._random.choice((None, 0.125, 0.625)), random_correlation=None,
                  random_support=3, random_token_baseline_f1=0.125,
                  random_bigram_baseline_f1=self._random.choice((None, 0.125, 0.5)), note=None,
                  run_id=run)  # fmt: skip
        self._add("HAS_TOKEN_GRAPH", source=neuron, target=graph, run_id=run)

    def _examples(self, neuron: str, model: str) -> None:
        run = self._runs[model, "mine"]
        for bucket in _BUCKETS:
            for rank in range(1, self._random.randrange(2, 6)):
                # few texts, so that many neurons share one
                texts = random.Random(self._random.randrange(30))
                tokens = texts.choices(TOKENS, k=texts.randrange(2, 9))
                sequence = ids.sequence_id(model, tokens)
                self._add("Sequence", id=sequence, model_id=model, tokens=tokens, text="".join(tokens),
                          corpus="stories", document=len(tokens))  # fmt: skip
                activations = [self._random.choice((-0.25, 0.0, 0.5, 1.5)) for _ in tokens]
                example = ids.example_id(neuron, OWN_SOURCE, bucket, rank)
                extreme = min if bucket == "bottom" else max
                peak = activations.index(extreme(activations))
                self._add("Example", id=example, source=OWN_SOURCE, bucket=bucket, rank=rank, peak=peak,
                          max_activation=activations[peak], activations=activations,
                          run_id=run)  # fmt: skip
                self._add("HAS_EXAMPLE", source=neuron, target=example, rank=rank, run_id=run)
                self._add("WITHIN", source=example, target=sequence, run_id=run)

    def _explanations(self, neuron: str, model: str) -> None:
        run = self._runs[model, "explain"]
        for number in range(self._random.randrange(3)):
            text = f"fires on {number} " + self._random.choice(TOKENS)
            explanation = ids.explanation_id(neuron, "template", text)
            score = self._random.choice((None, 0.25, 0.5))
            self._add("Explanation", id=explanation, text=text, explainer="template",
                      explainer_model=None, prompt_version="1", score=score, run_id=run)  # fmt: skip
            self._add("HAS_EXPLANATION", source=neuron, target=explanation, run_id=run)
            for kind in ("detection", "ev_correlation") if score is not None else ():
                made = ids.score_id(explanation, "template", kind)
                self._add("Score", id=made, kind=kind, source="template", value=score,
                          null_value=0.125, scorer_model=None, examples="top", calibrated=None,
                          n_examples=10, run_id=run)  # fmt: skip
                self._add("HAS_SCORE", source=explanation, target=made, run_id=run)

    def _similar(self) -> None:
        fires: dict[str, set[str]] = defaultdict(set)
        for row in self._tables["ACTIVATES_ON"]:
            fires[row["source"]].add(row["target"])
        for one, tokens in fires.items():
            key = ids.parse_neuron_id(one)
            run = self._runs[key.model, "similarity"]
            near = [
                (-len(tokens & theirs) / len(tokens | theirs), other)
                for other, theirs in fires.items()
                if other != one and tokens & theirs
                and ids.parse_neuron_id(other).model == key.model
            ]  # fmt: skip
            cross_layer = 0
            for rank, (similarity, other) in enumerate(sorted(near), start=1):
                across = ids.parse_neuron_id(other).layer != key.layer
                cross_layer += across
                if rank <= 10 or (across and cross_layer <= 10):
                    self._add("SIMILAR_TO", source=one, target=other, measure="shared-tokens",
                              similarity=-similarity, n_shared=len(tokens & fires[other]),
                              rank=rank if rank <= 10 else None,
                              cross_layer_rank=cross_layer if across and cross_layer <= 10
                              else None, run_id=run)  # fmt: skip

    def _token_ranks(self, table: str, value: str) -> None:
        seen: dict[tuple[str, str], int] = defaultdict(int)
        for row in sorted(self._tables[table], key=lambda row: (-row[value], row["source"])):
            place = (ids.parse_neuron_id(row["source"]).model, row["target"])
            seen[place] += 1
            row["token_rank"] = seen[place]

    def _weights(self, source: random.Random) -> None:
        sizes = (0.25, 0.5, 1e-9, 12.34567)
        for row in self._tables["Neuron"]:
            key = ids.parse_neuron_id(row["id"])
            later = [
                other["id"]
                for other in self._tables["Neuron"]
                if other["layer_index"] > row["layer_index"]
                and ids.parse_neuron_id(other["id"]).model == key.model
            ]
            for table, targets in (("READS", TOKENS), ("WRITES", TOKENS), ("CONNECTS_TO", later)):
                chosen = source.sample(targets, min(source.randrange(8), len(targets)))
                weights = [(source.choice(sizes), source.choice((1, -1))) for _ in chosen]
                ordered = sorted(zip(weights, chosen, strict=True), key=lambda it: -it[0][0])
                for rank, ((size, sign), target) in enumerate(ordered, start=1):
                    self._add(table, source=row["id"], target=target, weight=sign * size,
                              rank=rank, run_id=self._runs[key.model, "weights"])  # fmt: skip
