"""Experiments on a model whose inner life is known: what is replaced, and what follows from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.n2g.evidence import Text
from ingest.n2g.substitute import (
    CONTEXT,
    DISTANCES,
    PIVOTS,
    REPLACEMENTS,
    WEIGHT,
    Pivot,
    Predecessors,
    evidence_of,
    pivots_of,
    substitute,
)
from ingest.n2g.substitute import Tested as Outcome  # pytest takes `Test…` for its own
from tests.ingest.known import BEGIN, LAYER, VOCABULARY, A, B, C, KnownModel, text


def corpus(*pairs: tuple[int, int]) -> Predecessors:
    """Of a corpus in which these bigrams stand, each alone."""
    stream = [token for pair in pairs for token in (*pair, VOCABULARY - 1)]
    return Predecessors.of(np.array(stream, np.int32), VOCABULARY)


def results(predecessors: Predecessors, *pivots: Pivot) -> list[Outcome]:
    return substitute(
        pivots, model=KnownModel(), layer=LAYER, begin=BEGIN, predecessors=predecessors
    )


@given(st.lists(st.integers(0, 5), max_size=60))
def test_predecessors_are_counted(tokens: list[int]) -> None:
    found = Predecessors.of(np.array(tokens, np.int32), 7)
    counts = Counter(zip(tokens[1:], tokens, strict=False))
    for after in range(7):
        before = [token for token in range(7) if counts[after, token]]
        before.sort(key=lambda token: (-counts[after, token], token))
        for most in (0, 2, 7):
            assert found.before(after, most) == before[:most]


def test_pivots_are_the_strongest_place_of_each_bigram() -> None:
    texts = [text([A, 9, B, 9, B], [0, 0, 0.6, 0, 0.7]), text([8, B, C], [0, 1.0, 0.4])]
    assert pivots_of(3, texts, 4.0) == [
        Pivot(3, (8, B), 1.0, 4.0),
        Pivot(3, (A, 9, B, 9, B), 0.7, 4.0),
    ]
    many = [text([at, B], [0, 1.0]) for at in range(10, 50)]
    assert len(pivots_of(0, many, 1.0)) == PIVOTS
    assert pivots_of(0, [text([A, B]), text([])], 1.0) == []


def test_a_pivot_is_cut_to_its_context_and_may_stand_at_the_beginning() -> None:
    long = text(list(range(10, 30)), [1.0, *[0.0] * 18, 0.9])
    assert pivots_of(0, [long], 1.0) == [
        Pivot(0, (10,), 1.0, 1.0),
        Pivot(0, tuple(range(30 - CONTEXT, 30)), 0.9, 1.0),
    ]


@given(st.lists(st.lists(st.sampled_from([0.0, 0.5, 0.75, 1.0]), max_size=30), max_size=4))
def test_pivots_by_the_definition(listed: list[list[float]]) -> None:
    """Of few tokens, so that bigrams stand again and again, and firings are equal."""
    texts: list[Text] = [text([at * at % 4 for at in range(len(s))], s) for s in listed]
    best: dict[tuple[int, ...], tuple[float, int, int]] = {}
    for number, one in enumerate(texts):
        for at, share in enumerate(one.shares.tolist()):
            bigram = tuple(one.tokens[max(0, at - 1) : at + 1].tolist())
            if share >= 0.5:
                best[bigram] = min(best.get(bigram, (0.0, 0, 0)), (-share, number, at))
    expected = [(-share, texts[n].tokens[: at + 1].tolist()) for share, n, at in sorted(best.values())]  # fmt: skip
    found = pivots_of(0, texts, 1.0)
    assert [(one.share, list(one.tokens)) for one in found] == [
        (share, tokens[-CONTEXT:]) for share, tokens in expected[:PIVOTS]
    ]


def test_likely_others_are_tried_and_what_is_lost_is_the_importance() -> None:
    """Neuron 1 fires on C by the token before, whatever stands before that."""
    predecessors = corpus((10, C), (11, C), (12, C), (13, C), (11, C), (20, 10), (21, 10))
    [found] = results(predecessors, Pivot(1, (20, 10, C), 0.8, 4.0))
    assert found.contexts.tolist() == [[C, 11, 20], [C, 12, 20], [C, 13, 20], [C, 10, 21]]
    assert found.shares.tolist() == pytest.approx([0.48, 0.2, 0.72, 0.8])
    assert found.importance == pytest.approx((1 - (0.6 + 0.25 + 0.9) / 3, 0.0))


def test_an_important_token_may_stand_two_before() -> None:
    predecessors = corpus((9, B), (22, B), (A, 9), (23, 9))
    [found] = results(predecessors, Pivot(0, (A, 9, B), 1.0, 4.0))
    assert found.contexts.tolist() == [[B, 22, A], [B, 9, 23]]
    assert found.shares.tolist() == [1.0, 0.0]
    assert found.importance == (0.0, 1.0)


def test_of_many_only_the_most_likely_are_tried() -> None:
    frequent = [(token, C) for token in range(20, 40) for _ in range(60 - token)]
    [found] = results(corpus(*frequent), Pivot(1, (10, C), 1.0, 4.0))
    assert [row[1] for row in found.contexts.tolist()] == list(range(20, 20 + REPLACEMENTS))


def test_without_others_nothing_is_known() -> None:
    one_only = corpus((10, C))
    pivots = Pivot(1, (10, C), 1.0, 4.0), Pivot(2, (C,), 1.0, 2.0)
    for found in results(one_only, *pivots):
        assert found.importance == (None,) * len(DISTANCES)
        assert len(found.contexts) == len(found.shares) == 0
    assert results(one_only) == []


def test_a_pivot_that_needs_more_than_its_context_is_left_out() -> None:
    """Whatever made it fire there, it keeps half or less: of neuron 1's four, one on C alone."""
    lost = Pivot(0, (9, B), 1.0, 4.0)
    half = Pivot(1, (12, C), 0.5, 4.0)
    more = Pivot(1, (12, C), 0.5, 3.9)
    assert [one.pivot for one in results(corpus((10, C)), lost, half, more)] == [more]


def test_neurons_share_batches_and_keep_their_own_results() -> None:
    predecessors = corpus((9, B), (22, B), (A, 9), (23, 9), (10, C), (11, C), (13, C))
    pivots = [
        Pivot(0, (A, 9, B), 1.0, 4.0), Pivot(1, (10, C), 1.0, 4.0), Pivot(2, (8, 8, C), 1.0, 2.0),
        Pivot(0, (8, A, 22, B), 1.0, 4.0),
    ]  # fmt: skip
    alone = [results(predecessors, pivot) for pivot in pivots]
    for found, [expected] in zip(results(predecessors, *pivots), alone, strict=True):
        assert found.pivot == expected.pivot
        assert found.importance == expected.importance
        assert found.contexts.tolist() == expected.contexts.tolist()
        assert found.shares.tolist() == expected.shares.tolist()


class Overflowing(KnownModel):
    """Its numbers are no numbers wherever a C stands behind a 12."""

    def __call__(self, tokens, layer, neurons):  # type: ignore[no-untyped-def]
        found = super().__call__(tokens, layer, neurons)
        found[:, 1:][(tokens[:, 1:] == C) & (tokens[:, :-1] == 12)] = np.inf
        return found


def test_what_is_no_number_says_nothing() -> None:
    predecessors = corpus((10, C), (12, C), (13, C))
    pivots = [Pivot(1, (10, C), 1.0, 4.0), Pivot(1, (12, C), 0.9, 4.0)]
    [found] = substitute(
        pivots, model=Overflowing(), layer=LAYER, begin=None, predecessors=predecessors
    )
    assert found.pivot == pivots[0]
    assert found.contexts.tolist() == [[C, 13]]
    assert list(found.importance) == [pytest.approx(0.1), None]


def experiment(shares: Sequence[float], contexts: Sequence[Sequence[int]]) -> Outcome:
    pivot = Pivot(0, (1,) * len(contexts[0]), 1.0, 4.0)
    return Outcome(pivot, (None, None), np.array(contexts, np.int32), np.array(shares, np.float64))


def test_what_fires_is_evidence_what_does_not_is_counter_evidence_the_unsure_is_neither() -> None:
    found = evidence_of(
        [
            experiment([1.1, 0.71, 0.69, 0.51], [[1, 2], [1, 3], [1, 4], [1, 5]]),
            experiment([0.49, -0.2], [[1, 2, 3], [1, 4, 3]]),
        ],
        weight=3.0,
        depth=2,
    )
    assert found.contexts.tolist() == [[1, 2, -1], [1, 3, -1], [1, 2, 3], [1, 4, 3]]
    assert found.shares.tolist() == [1.1, 0.71, 0.49, -0.2]
    assert found.weights.tolist() == pytest.approx([WEIGHT * 3.0] * 4)


def test_evidence_is_as_deep_as_that_of_texts() -> None:
    wide = experiment([1.0], [[1, 2, 3, 4]])
    assert evidence_of([wide], 1.0, 1).contexts.tolist() == [[1, 2]]
    assert evidence_of([wide], 1.0, 5).contexts.tolist() == [[1, 2, 3, 4, -1, -1]]
    assert evidence_of([], 1.0, 5).contexts.shape == (0, 6)
