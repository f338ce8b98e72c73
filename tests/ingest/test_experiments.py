"""Pruning and saliency on a model whose inner life is known."""

from __future__ import annotations

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from ingest.layers import NeuronLayer
from ingest.n2g.build import Known, experiment, judged
from ingest.n2g.evidence import Text
from ingest.n2g.protocol import Trial, run_trials
from ingest.n2g.prune import PIVOTS, Pivot, pivots_of, prune
from ingest.n2g.saliency import REPLACEMENTS, measure

LAYER = NeuronLayer("0", 0, "mlp", "blocks.0.mlp.hook_post", 4)
BEGIN, A, B, C = 1, 5, 6, 7
CORPUS = np.arange(10, 30, dtype=np.int32)


class KnownModel:
    """Neuron 0 gives 4 on each B with an A two tokens before; neuron `n > 0` gives n on each C."""

    def __init__(self) -> None:
        self.read = 0

    def __call__(
        self,
        tokens: Int[Tensor, "batch position"],
        layer: NeuronLayer,
        neurons: Int[Tensor, " batch"],
    ) -> Float[Tensor, "batch position"]:
        self.read += tokens.numel()
        two_before = torch.nn.functional.pad(tokens, (2, 0))[:, :-2]
        after_a = ((tokens == B) & (two_before == A)).float() * 4
        on_c = (tokens == C).float() * neurons[:, None]
        return torch.where(neurons[:, None] == 0, after_a, on_c)


def text(tokens: list[int], shares: list[float]) -> Text:
    return Text(np.array(tokens, np.int32), np.array(shares, np.float64))


def test_trials_are_answered_in_their_order_whatever_their_length() -> None:
    trials = [
        Trial(0, (A, 9, B)), Trial(3, (C,)), Trial(0, (9, 9, 9, A, 8, B)), Trial(2, (C, C, C)),
        Trial(0, (B,)),
    ]  # fmt: skip
    found = run_trials(trials, model=KnownModel(), layer=LAYER, begin=BEGIN)
    assert found.tolist() == [4, 3, 4, 2, 0]
    assert run_trials([], model=KnownModel(), layer=LAYER, begin=None).tolist() == []


def test_many_trials_are_not_padded_to_the_longest() -> None:
    model = KnownModel()
    trials = [Trial(0, (9,) * length) for length in (1, 100)] * 500
    run_trials(trials, model=model, layer=LAYER, begin=None)
    assert model.read < 1.1 * sum(len(trial.tokens) for trial in trials)


def test_pivots_are_the_strongest_place_of_each_bigram() -> None:
    texts = [text([A, 9, B, 9, B], [0, 0, 0.6, 0, 0.7]), text([8, B, C], [0, 1.0, 0.4])]
    assert pivots_of(0, texts, 4.0) == [
        Pivot(0, (8, B), 4.0),
        Pivot(0, (A, 9, B, 9, B), 2.8),
    ]
    many = [text([at, B], [0, 1.0]) for at in range(10, 40)]
    assert len(pivots_of(0, many, 1.0)) == PIVOTS


def test_pruning_keeps_what_the_neuron_needs_and_no_more() -> None:
    long = (8, 8, 8, 8, 8)
    pivots = [
        Pivot(0, (*long, A, 9, B), 4.0),
        Pivot(2, (*long, C), 2.0),
        Pivot(0, (*long, 9, B), 4.0),  # whatever made it fire there, these tokens do not
    ]
    found = prune(pivots, model=KnownModel(), layer=LAYER, begin=BEGIN)
    assert found == [Pivot(0, (A, 9, B), 4.0), Pivot(2, (C,), 2.0), None]


def test_saliency_finds_the_token_that_matters() -> None:
    pivots = [Pivot(2, (C,), 2.0), Pivot(0, (8, A, 9, B), 4.0)]
    arguments = {"model": KnownModel(), "layer": LAYER, "begin": BEGIN, "corpus": CORPUS}
    alone, found = measure(pivots, seed=3, **arguments)  # type: ignore[arg-type]
    assert alone.importance.tolist() == []
    assert found.importance.tolist() == [0, 1, 0]
    assert len(found.substituted) == 3 * REPLACEMENTS
    for tokens, value in found.substituted:
        assert sum(a != b for a, b in zip(tokens, (8, A, 9, B), strict=True)) == 1
        assert value == (4 if tokens[1] == A else 0)
    [again] = measure(pivots[1:], seed=3, **arguments)  # type: ignore[arg-type]
    assert again.substituted == found.substituted
    [other] = measure(pivots[1:], seed=4, **arguments)  # type: ignore[arg-type]
    assert other.substituted != found.substituted


def test_the_graph_of_a_known_neuron() -> None:
    """Fires on B with an A two tokens before: the token between is ignored."""
    texts = tuple(
        text([8, A, between, B, 8, between, B, 8, between, B], [0, 0, 0, 1.0] + [0] * 6)
        for between in (20, 21, 22, 23)
    )
    held_out = (text([A, 28, B, 29, B], [0, 0, 1.0, 0, 0]),)
    known = Known(0, 4.0, texts, held_out)
    salient = experiment(
        [known], model=KnownModel(), layer=LAYER, begin=BEGIN, corpus=CORPUS, seed=0
    )
    found = judged(known, [], salient[0])
    [root] = found.roots
    assert root.tokens == (B,)
    ignored = [child for child in root.children if not child.tokens]
    assert [(child.tokens, child.activation) for child in ignored[0].children] == [((A,), 1.0)]
    assert found.validation.f1 == 1.0
    assert found.bigram_baseline_f1 == 0.0
