"""From what is known of a neuron to its judged graph, on a model whose inner life is known."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.n2g.build import HeldOut, Known, Setting, experiment, judged, made
from ingest.n2g.evidence import Evidence, Text, gather
from ingest.n2g.fit import MAX_DEPTH, Fit
from ingest.n2g.predict import Runner
from ingest.n2g.protocol import Trial, run_trials
from ingest.n2g.substitute import Predecessors
from ingest.n2g.trie import Node, size
from ingest.n2g.validate import Passages
from ingest.n2g.weigh import Places, Sources
from tests.ingest.known import BEGIN, LAYER, VOCABULARY, A, B, C, KnownModel, text

BETWEEN = (20, 21, 22, 23)
"""What stands between A and B in the corpus."""


def test_trials_are_answered_in_their_order_whatever_their_length() -> None:
    trials = [
        Trial(0, (A, 9, B)), Trial(2, (C,)), Trial(0, (9, 9, 9, A, 8, B)), Trial(1, (C, 11, C)),
        Trial(0, (B,)),
    ]  # fmt: skip
    found = run_trials(trials, model=KnownModel(), layer=LAYER, begin=BEGIN)
    assert found.tolist() == pytest.approx([4, 2, 4, 2.4, 0])
    assert run_trials([], model=KnownModel(), layer=LAYER, begin=None).tolist() == []


def test_many_trials_are_not_padded_to_the_longest() -> None:
    model = KnownModel()
    trials = [Trial(0, (9,) * length) for length in (1, 100)] * 500
    run_trials(trials, model=model, layer=LAYER, begin=None)
    assert model.read < 1.1 * sum(len(trial.tokens) for trial in trials)


def known(index: int, maximum: float, *texts: Text) -> Known:
    """A neuron of which nothing but these texts is known."""
    evidence = gather(texts, MAX_DEPTH)
    places = Places(np.arange(len(evidence.shares)), evidence.contexts, evidence.shares)
    return Known(index, maximum, tuple(texts), Sources(places))


def held_out(*texts: Text) -> HeldOut:
    shares = np.concatenate([np.zeros(0), *(one.shares for one in texts)])
    return HeldOut(Passages.of([one.tokens for one in texts]), shares)


def setting(*corpus: int, max_nodes: int | None = None) -> Setting:
    predecessors = Predecessors.of(np.array(corpus, np.int32), VOCABULARY)
    return Setting(KnownModel(), LAYER, BEGIN, predecessors, Fit(max_nodes=max_nodes))


CORPUS = [token for between in BETWEEN for token in (A, between, B, 9, between, B, 8)]
TWO_BEFORE = known(
    0,
    4.0,
    *(
        text([8, A, token, B, 9, token, B, 30, B, 31, B], [0, 0, 0, 1.0] + [0] * 7)
        for token in BETWEEN[:2]
    ),
)
"""It fires on B with an A two tokens before, and was seen so with two of the tokens between."""
UNSEEN = held_out(
    text([9, A, 22, B, 9, 20, B], [0, 0, 0, 1.0, 0, 0, 0]),
    text([9, A, 23, B, 9, 21, B], [0, 0, 0, 1.0, 0, 0, 0]),
)


def test_the_graph_of_a_known_neuron() -> None:
    """It predicts behind tokens that no text shows, for experiments did."""
    tested = experiment([TWO_BEFORE], setting(*CORPUS))
    roots, evidence = made(TWO_BEFORE, tested[0], Fit())
    found = judged(TWO_BEFORE, roots, evidence, top=UNSEEN, random=held_out())
    assert (found.index, found.maximum) == (0, 4.0)
    [root] = found.roots
    assert root.tokens == (B,)
    fires = Runner(found.roots)
    for token in BETWEEN:
        assert fires(np.array([A, token, B], np.int32))[2] == 1.0
    for token in BETWEEN[:2]:
        assert fires(np.array([9, token, B], np.int32))[2] == 0.0
    assert (found.top.graph.precision, found.top.graph.recall, found.top.graph.f1) == (1, 1, 1)
    assert found.top.graph.correlation == pytest.approx(1)
    assert found.top.graph.support == 2
    assert (found.top.bigram_f1, found.top.token_f1) == (0.0, 2 / 3)
    nothing = found.random
    assert (nothing.graph.f1, nothing.graph.support, nothing.token_f1) == (None, 0, None)


def test_without_experiments_it_knows_only_what_it_saw() -> None:
    roots, evidence = made(TWO_BEFORE, [], Fit())
    found = judged(TWO_BEFORE, roots, evidence, top=UNSEEN, random=UNSEEN)
    assert (found.top.graph.precision, found.top.graph.recall, found.top.graph.f1) == (0, 0, 0)
    assert found.random == found.top


BY_THE_ONE_BEFORE = known(
    1,
    4.0,
    text(
        [10, C, 12, C, 14, C, 15, C, 16, C, 13, C],
        [0, 1.0, 0, 0.25, 0, 0.25, 0, 0.25, 0, 0.25, 0, 0.9],
    ),
)
"""It fires on C by the token before."""


def test_importance_is_what_was_measured() -> None:
    """Without the 10 some of the likely others still fire; texts alone say that none does."""
    likely = (10, C, 12, C, 11, C, 13, C)
    tested = experiment([BY_THE_ONE_BEFORE], setting(*likely))
    [root] = made(BY_THE_ONE_BEFORE, tested[1], Fit())[0]
    assert root.activation is not None
    assert root.activation < 0.5
    assert {child.tokens: child.importance for child in root.children} == {
        (10,): pytest.approx(1 - (0.25 + 0.6 + 0.9) / 3),
        (13,): pytest.approx(1 - (0.25 + 0.6 + 1.0) / 3 / 0.9),
    }
    [alone] = made(BY_THE_ONE_BEFORE, (), Fit())[0]
    assert {child.tokens: child.importance for child in alone.children} == {
        (10,): pytest.approx(0.75), (13,): pytest.approx(0.65 / 0.9),
    }  # fmt: skip


def test_many_neurons_at_once_are_as_one_at_a_time() -> None:
    always = known(2, 2.0, text([C, C, 8], [1.0, 1.0, 0.0]))
    neurons = [TWO_BEFORE, BY_THE_ONE_BEFORE, always]
    given = setting(*CORPUS, 10, C, 11, C, 12, C, 13, C)
    together = experiment(neurons, given)
    assert sorted(together) == [0, 1, 2]
    for neuron in neurons:
        alone = experiment([neuron], given)
        assert (
            made(neuron, alone[neuron.index], Fit())[0]
            == (made(neuron, together[neuron.index], Fit())[0])
        )
    [root] = made(always, together[2], Fit())[0]
    assert root == Node((C,), 1.0, 0.0)


def test_a_neuron_that_fires_nowhere_has_no_graph() -> None:
    """Its maximum is in a text held out: what it is built from has half of it nowhere."""
    silent = known(1, 40.0, text([12, C, 10, C], [0, 0.02, 0, 0.1]))
    assert experiment([silent], setting(*CORPUS)) == {}
    roots, evidence = made(silent, (), Fit())
    assert (roots, len(evidence.shares)) == ((), 0)
    found = judged(
        silent, roots, evidence, top=held_out(text([10, C], [0.0, 1.0])), random=held_out()
    )
    assert found.roots == ()
    assert (found.top.graph.f1, found.top.token_f1, found.top.bigram_f1) == (0.0, 0.0, 0.0)


def test_a_graph_is_as_small_as_it_has_to_be() -> None:
    tested = experiment([TWO_BEFORE], setting(*CORPUS))
    sizes = [size(made(TWO_BEFORE, tested[0], Fit(max_nodes=most))[0]) for most in (1, 3, 100)]
    assert sizes[0] <= 1
    assert sizes[1] <= 3
    assert sizes[2] > 3


def test_another_way_to_run_a_graph() -> None:
    """The tables beside it stay the same."""
    roots, evidence = made(TWO_BEFORE, (), Fit())

    def nothing(passages: Passages) -> np.ndarray:
        return np.zeros(len(passages.contexts))

    found = judged(TWO_BEFORE, roots, evidence, top=UNSEEN, random=UNSEEN, predict=nothing)
    assert (found.top.graph.f1, found.top.token_f1) == (0.0, 2 / 3)


def test_evidence_that_is_every_place() -> None:
    """Bound 0: the sample holds all that is above zero, and no place counts for another."""
    texts = [text([8, A, token, B, 9, token, B], [0, 0, 0, 1.0, 0, 0, 0.3]) for token in BETWEEN]
    whole: Evidence = gather(texts, MAX_DEPTH)
    at = np.arange(len(whole.shares))
    above = whole.shares > 0
    every, firing = (
        Places(at[rows], whole.contexts[rows], whole.shares[rows]) for rows in (at >= 0, above)
    )
    some = Sources(every, firing, 6.0, 0.0, every, 1.0)
    neuron = Known(0, 4.0, tuple(texts), some)
    roots, evidence = made(neuron, (), Fit())
    assert len(set(evidence.weights[evidence.weights > 0].round(12))) == 2, "one for each world"
    guess = Runner(roots).on(whole.contexts)
    assert ((guess >= 0.5) == whole.fires).all()
