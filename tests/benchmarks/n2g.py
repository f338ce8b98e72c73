"""How well token graphs predict, beside N2G as published, bigrams and tokens."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from cypher import ids
from cypher.pack import Pack, open_pack
from ingest.jobs.inputs import open_inputs
from ingest.jobs.methods import published_predict
from ingest.jobs.pipeline import ingest_model
from ingest.jobs.settings import Settings
from ingest.n2g.build import Judged, Setting, experiment, judged, made
from ingest.n2g.evidence import gather
from ingest.n2g.fit import MAX_DEPTH
from ingest.n2g.substitute import Predecessors
from ingest.n2g.trie import size
from ingest.n2g2023.build import TopTexts, published_graphs
from ingest.n2g2023.vocabulary import Vocabulary
from ingest.stop import Stop
from ingest.subject import Subject, boot, use_threads
from neurocypher.progress import progress_for_this_terminal
from tests.benchmarks.protocol import Layer, drawn, layers_of, stories
from tests.benchmarks.report import report
from tests.shared import model_path, stories_path

EACH = 60
_REFERENCE = 0.683
"""Mean F1 of the reference implementation of N2G on these neurons."""


def main() -> None:
    use_threads(1)
    subject = boot(str(model_path()), "cpu")
    chosen = drawn(subject.layers, EACH)
    _ten_texts(subject, layers_of(subject, stories(subject), chosen))
    _whole_job(subject, chosen)


def _ten_texts(subject: Subject, layers: Sequence[Layer]) -> None:
    """Ten texts to build from, ten held out, nothing else."""
    ours = [own(subject, layer) for layer in layers]
    bigrams = [[graph.top.bigram_f1 for graph in layer] for layer in ours]
    _by_layer("10 texts, n2g", ours, lambda graph: graph.top.graph.f1, at_least=0.87)
    _by_layer("10 texts, bigrams", ours, lambda graph: graph.top.bigram_f1)
    _by_layer("10 texts, tokens", ours, lambda graph: graph.top.token_f1)
    worst = min(
        _mean([graph.top.graph.f1 for graph in layer]) - _mean(of_bigrams)
        for layer, of_bigrams in zip(ours, bigrams, strict=True)
    )
    report("10 texts, n2g over bigrams, the worst layer", worst, "1", at_least=0)
    nodes = [float(size(graph.roots)) for layer in ours for graph in layer]
    report("10 texts, nodes of a graph, median", float(np.median(nodes)), "1")
    published = [_published(subject, layer) for layer in layers]
    _by_layer(
        "10 texts, n2g-2023", published, lambda graph: graph.top.graph.f1,
        at_least=_REFERENCE - 0.03, at_most=_REFERENCE + 0.03,
    )  # fmt: skip


def own(subject: Subject, layer: Layer) -> list[Judged]:
    """Our graphs of a layer's neurons."""
    predecessors = Predecessors.of(layer.tokens, len(subject.texts))
    setting = Setting(subject.columns, layer.layer, subject.begin, predecessors)
    tested = experiment(layer.known, setting)
    found = []
    for neuron, held_out in zip(layer.known, layer.held_out, strict=True):
        roots, evidence = made(neuron, tested.get(neuron.index, ()), setting.fit)
        found.append(judged(neuron, roots, evidence, top=held_out, random=held_out))
    return found


def _published(subject: Subject, layer: Layer) -> list[Judged]:
    graphs = published_graphs(
        [TopTexts(neuron.index, neuron.maximum, neuron.texts) for neuron in layer.known],
        model=subject.columns,
        layer=layer.layer,
        begin=subject.begin,
        vocabulary=Vocabulary.of(subject.texts),
    )
    return [
        judged(
            neuron, roots, gather(neuron.texts, MAX_DEPTH), top=held_out, random=held_out,
            predict=published_predict(roots),
        )
        for neuron, held_out, (_, roots) in zip(layer.known, layer.held_out, graphs, strict=True)
    ]  # fmt: skip


def _whole_job(subject: Subject, chosen: Sequence[Sequence[int]]) -> None:
    """The job as users run it: a quarter of the texts is held out, and it judges itself."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(str(model_path()), stories_path(), Path(folder) / "pack")
        ingest_model(
            settings, open_inputs(settings), progress=progress_for_this_terminal(), stop=Stop()
        )
        pack = open_pack(settings.output)
        rows = _graphs(pack, settings.graph_model_id, subject, chosen)
    for name, column, bound in (
        ("top held-out texts", "f1", 0.93),
        ("random held-out text", "random_f1", 0.8),
    ):
        for method, prefix in (("n2g", ""), ("bigrams", "bigram_baseline_"), ("tokens", "token_baseline_")):  # fmt: skip
            wanted = column.replace("f1", f"{prefix}f1") if prefix else column
            values = [[row[wanted] for row in layer] for layer in rows]
            for number, layer in enumerate(values):
                report(f"job, {name}, {method}, layer {number}", _mean(layer), "1")
            whole = _mean([value for layer in values for value in layer])
            report(f"job, {name}, {method}, mean", whole, "1", at_least=None if prefix else bound)
    nodes = [float(str(row["n_nodes"])) for layer in rows for row in layer]
    report("job, nodes of a graph, median", float(np.median(nodes)), "1", at_most=60)


def _graphs(
    pack: Pack, model: str, subject: Subject, chosen: Sequence[Sequence[int]]
) -> list[list[dict[str, float | None]]]:
    """The rows of the chosen neurons' graphs, by layer."""
    found = {str(row["neuron_id"]): row for row in pack.table("TokenGraph").to_pylist()}
    return [
        [
            found[neuron]
            for index in neurons
            if (neuron := ids.neuron_id(model, layer.name, index)) in found
        ]
        for layer, neurons in zip(subject.layers, chosen, strict=True)
    ]


def _by_layer(
    name: str,
    layers: Sequence[Sequence[Judged]],
    score: Callable[[Judged], float | None],
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> None:
    for number, layer in enumerate(layers):
        report(f"{name}, layer {number}", _mean([score(graph) for graph in layer]), "1")
    whole = _mean([score(graph) for layer in layers for graph in layer])
    report(f"{name}, mean", whole, "1", at_least=at_least, at_most=at_most)


def _mean(values: Sequence[float | None]) -> float:
    """Of the neurons for which there is a score."""
    return float(np.mean([value for value in values if value is not None]))


if __name__ == "__main__":
    main()
