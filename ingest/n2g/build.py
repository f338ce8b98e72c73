"""From what is known of a layer's neurons to their token graphs, judged on held-out texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Int32

from ingest.layers import NeuronLayer
from ingest.n2g.evidence import Text, gather
from ingest.n2g.fit import MAX_DEPTH, fit
from ingest.n2g.merge import merged
from ingest.n2g.patterns import patterns_of, with_ignored, with_importance
from ingest.n2g.predict import Runner
from ingest.n2g.protocol import Activations
from ingest.n2g.prune import Pivot, pivots_of, prune
from ingest.n2g.saliency import Salient, measure
from ingest.n2g.trie import Node
from ingest.n2g.validate import Validation, suffix_table, validate


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one neuron."""

    index: int
    """Place within its layer, from 0."""
    maximum: float
    """Largest activation: what a share of 1 stands for."""
    built_from: tuple[Text, ...]
    """Texts on which it fires most, to build from."""
    held_out: tuple[Text, ...]
    """Texts on which it fires most, to judge on."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A neuron's token graph and how well it predicts."""

    index: int
    """Place of the neuron within its layer, from 0."""
    maximum: float
    """Largest activation: what a share of 1 stands for."""
    roots: tuple[Node, ...]
    """Empty if no pattern fires."""
    validation: Validation
    token_baseline_f1: float | None
    """Of a table of tokens that was built from the same texts."""
    bigram_baseline_f1: float | None
    """Of a table of bigrams that was built from the same texts."""


def experiment(
    neurons: Iterable[Known],
    *,
    model: Activations,
    layer: NeuronLayer,
    begin: int | None,
    corpus: Int32[np.ndarray, " token"],
    seed: int,
) -> dict[int, list[Salient]]:
    """Prune and measure the firing places of many neurons of a layer together, by neuron."""
    pivots: list[Pivot] = []
    for neuron in neurons:
        pivots.extend(pivots_of(neuron.index, neuron.built_from, neuron.maximum))
    pruned = [
        pivot for pivot in prune(pivots, model=model, layer=layer, begin=begin) if pivot is not None
    ]
    found: dict[int, list[Salient]] = {}
    for salient in measure(pruned, model=model, layer=layer, begin=begin, corpus=corpus, seed=seed):
        found.setdefault(salient.pivot.neuron, []).append(salient)
    return found


def judged(neuron: Known, sample: Sequence[Text], salient: Sequence[Salient]) -> Judged:
    """Build a graph from the neuron's texts, a random sample and the experiments; judge it.

    `sample` must not hold any of the held-out texts. The baselines get the same texts.
    """
    evidence = gather([*neuron.built_from, *sample], MAX_DEPTH)
    patterns = patterns_of(salient, MAX_DEPTH)
    roots = tuple(
        merged(with_ignored(with_importance(root, salient), patterns, evidence))
        for root in fit(evidence)
    )
    return Judged(
        neuron.index,
        neuron.maximum,
        roots,
        validate(Runner(roots), neuron.held_out),
        validate(suffix_table(evidence, 1), neuron.held_out).f1,
        validate(suffix_table(evidence, 2), neuron.held_out).f1,
    )
