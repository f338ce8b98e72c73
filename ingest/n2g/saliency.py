"""Saliency and substitution: which tokens of a pruned context matter.

Each context token is replaced, one at a time, by tokens drawn from the corpus, several of
them, for a single neutral token would itself be a context. What the neuron then does says
how important the token was, and is one more piece of evidence, whether it still fires or not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int32

from ingest.layers import NeuronLayer
from ingest.n2g.protocol import Activations, Trial, run_trials
from ingest.n2g.prune import Pivot

REPLACEMENTS = 4
"""Tokens that each context token is replaced by."""


@dataclass(frozen=True, slots=True)
class Salient:
    """A pruned pivot and what its context tokens are worth."""

    pivot: Pivot
    importance: Float64[np.ndarray, " back"]
    """Share of the activation that is lost without each context token, 0 to 1; the nearest first."""
    substituted: tuple[tuple[tuple[int, ...], float], ...]
    """Texts with one token replaced, and the activation at their end."""


def measure(
    pivots: Sequence[Pivot],
    *,
    model: Activations,
    layer: NeuronLayer,
    begin: int | None,
    corpus: Int32[np.ndarray, " token"],
    seed: int,
) -> list[Salient]:
    """Replace every context token of every pivot.

    `corpus` is what replacements are drawn from, as often as they stand there. The draw
    depends on the seed and the pivot alone, not on what else is measured.
    """
    trials: list[Trial] = []
    for pivot in pivots:
        trials.extend(_substitutions(pivot, corpus, seed))
    values = run_trials(trials, model=model, layer=layer, begin=begin)
    found = []
    at = 0
    for pivot in pivots:
        n_context = len(pivot.tokens) - 1
        count = n_context * REPLACEMENTS
        mine = values[at : at + count].reshape(n_context, REPLACEMENTS)
        lost = 1 - mine.mean(1) / pivot.activation
        texts = [trial.tokens for trial in trials[at : at + count]]
        found.append(
            Salient(
                pivot, np.clip(lost, 0, 1), tuple(zip(texts, mine.ravel().tolist(), strict=True))
            )
        )
        at += count
    return found


def _substitutions(pivot: Pivot, corpus: Int32[np.ndarray, " token"], seed: int) -> list[Trial]:
    """The nearest context token first, each with all its replacements."""
    n_context = len(pivot.tokens) - 1
    generator = np.random.default_rng([seed, pivot.neuron, *pivot.tokens])
    drawn = corpus[generator.integers(len(corpus), size=(n_context, REPLACEMENTS))]
    trials = []
    for back in range(1, n_context + 1):
        place = n_context - back
        for token in drawn[back - 1].tolist():
            tokens = (*pivot.tokens[:place], token, *pivot.tokens[place + 1 :])
            trials.append(Trial(pivot.neuron, tokens))
    return trials
