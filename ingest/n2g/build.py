"""From what is known of a layer's neurons to their token graphs, judged on held-out texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float

from ingest.layers import NeuronLayer
from ingest.n2g.evidence import Evidence, Text, together
from ingest.n2g.fit import Fit, fit
from ingest.n2g.importance import with_importance
from ingest.n2g.predict import Runner
from ingest.n2g.protocol import Activations
from ingest.n2g.substitute import (
    Pivot,
    Predecessors,
    Tested,
    evidence_of,
    pivots_of,
    substitute,
)
from ingest.n2g.trie import Node
from ingest.n2g.validate import Passages, SuffixTable, Validation, agreement, f1_of
from ingest.n2g.weigh import Sources, weighed

Predict = Callable[[Passages], Float[np.ndarray, " place"]]
"""A graph's predicted shares of the maximum, for every token of the passages."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a neuron's graph is built from."""

    index: int
    """Place within its layer, from 0."""
    maximum: float
    """Largest activation: what a share of 1 stands for."""
    texts: tuple[Text, ...]
    """Texts on which it fires most, the strongest first."""
    sources: Sources
    """The same texts, and what is known of the rest of the corpus."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Texts that nothing was built from, and what the neuron does there."""

    passages: Passages
    shares: Float[np.ndarray, " place"]


@dataclass(frozen=True, slots=True)
class Scores:
    """How well a graph predicts on some texts, and how well tables of the same evidence do."""

    graph: Validation
    token_f1: float | None
    """Of a table of tokens."""
    bigram_f1: float | None
    """Of a table of bigrams."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A neuron's token graph and how well it predicts."""

    index: int
    """Place of the neuron within its layer, from 0."""
    maximum: float
    """Largest activation: what a share of 1 stands for."""
    roots: tuple[Node, ...]
    """Empty if no pattern fires."""
    top: Scores
    """On the held-out texts on which the neuron fires most."""
    random: Scores
    """On random held-out texts."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and how the graphs of a layer are built."""

    model: Activations
    layer: NeuronLayer
    begin: int | None
    """The token that begins a text, if the model has one."""
    predecessors: Predecessors
    """Of the corpus: what tokens are replaced by."""
    fit: Fit = field(default_factory=Fit)


def experiment(neurons: Iterable[Known], setting: Setting) -> dict[int, list[Tested]]:
    """Test the firing places of many neurons of a layer together; gives the results by neuron."""
    pivots: list[Pivot] = []
    for neuron in neurons:
        pivots.extend(pivots_of(neuron.index, neuron.texts, neuron.maximum))
    found: dict[int, list[Tested]] = {}
    for tested in substitute(
        pivots,
        model=setting.model,
        layer=setting.layer,
        begin=setting.begin,
        predecessors=setting.predecessors,
    ):
        found.setdefault(tested.pivot.neuron, []).append(tested)
    return found


def graph_of(evidence: Evidence, tested: Sequence[Tested], how: Fit) -> tuple[Node, ...]:
    """The trie of what texts and experiments say of one neuron."""
    fires = evidence.fires
    if not fires.any():
        return ()
    weight = float(evidence.weights[fires].mean())
    depth = evidence.contexts.shape[1] - 1
    whole = together([evidence, evidence_of(tested, weight, depth)])
    return with_importance(fit(whole, how), tested)


def made(neuron: Known, tested: Sequence[Tested], how: Fit) -> tuple[tuple[Node, ...], Evidence]:
    """A neuron's graph, and the evidence from texts that it was built from."""
    evidence = weighed(neuron.sources)
    return graph_of(evidence, tested, how), evidence


def judged(
    neuron: Known,
    roots: tuple[Node, ...],
    evidence: Evidence,
    *,
    top: HeldOut,
    random: HeldOut,
    predict: Predict | None = None,
) -> Judged:
    """Judge a graph on held-out texts, with tables of the same evidence beside it.

    `predict` is how the graph is run: by its longest matching context if None.
    """
    runner = predict or _by_longest_context(roots)
    tables = [SuffixTable(evidence, 1), SuffixTable(evidence, 2)]

    def scores(texts: HeldOut) -> Scores:
        tokens, bigrams = (
            f1_of(table.on(texts.passages.contexts), texts.shares) for table in tables
        )
        return Scores(agreement(runner(texts.passages), texts.shares), tokens, bigrams)

    return Judged(neuron.index, neuron.maximum, roots, scores(top), scores(random))


def _by_longest_context(roots: tuple[Node, ...]) -> Predict:
    runner = Runner(roots)
    return lambda passages: runner.on(passages.contexts)
