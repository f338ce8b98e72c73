"""The trie that fits: what it says of its evidence, of what it never saw, and how large it gets."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.n2g.evidence import FIRING, Evidence, Text, gather
from ingest.n2g.fit import MAX_DEPTH, Fit, fit
from ingest.n2g.predict import Runner
from ingest.n2g.trie import Node, placed, size, strongest
from tests.ingest.known import evidence, evidences, text, texts

DEPTH = 4


@given(evidences(), st.integers(1, 6))
def test_it_is_no_larger_than_it_may_be(known: Evidence, most: int) -> None:
    whole = fit(known)
    bounded = fit(known, Fit(max_nodes=most))
    assert size(bounded) <= most
    if size(whole) <= most:
        assert bounded == whole


@given(evidences(), st.randoms())
def test_the_order_of_the_places_is_of_no_importance(known: Evidence, chance: object) -> None:
    order = list(range(len(known.shares)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    assert fit(known.those(np.array(order))) == fit(known)


@given(evidences())
def test_it_is_no_worse_than_to_say_nothing(known: Evidence) -> None:
    guess = Runner(fit(known)).on(known.contexts)
    wrong = known.weights[(guess >= FIRING) != known.fires].sum()
    assert wrong <= known.weights[known.fires].sum()


@given(evidences(most=80))
def test_every_root_fires_somewhere(known: Evidence) -> None:
    for root in fit(known):
        assert strongest(root) >= FIRING


@given(evidences(width=MAX_DEPTH + 3), st.integers(0, MAX_DEPTH))
def test_it_looks_no_farther_back_than_it_may(known: Evidence, depth: int) -> None:
    roots = fit(known, Fit(depth=depth))
    assert all(place.position >= -depth for place in placed(roots))
    cut = Evidence(known.contexts[:, : depth + 1], known.shares, known.weights)
    assert fit(cut, Fit(depth=depth)) == roots
    assert fit(cut, Fit(depth=depth + 5)) == roots, "there is nothing farther back"


@given(evidences(), st.integers(-8, 8))
def test_the_scale_of_the_weights_is_of_no_importance(known: Evidence, power: int) -> None:
    assert fit(replace(known, weights=known.weights * 2.0**power)) == fit(known)


@given(texts())
def test_it_says_again_what_it_was_built_from(listed: list[Text]) -> None:
    """Two tokens decide; where a text begins there is but one."""
    known = gather(listed, DEPTH)
    known = known.those(known.contexts[:, 1] >= 0)
    guess = Runner(fit(known)).on(known.contexts)
    assert (guess >= FIRING).tolist() == known.fires.tolist()


@given(texts())
def test_nodes_stand_in_order(known: list[Text]) -> None:
    nodes = list(placed(fit(gather(known, DEPTH))))
    assert [place.number for place in nodes] == list(range(len(nodes)))
    for place in nodes:
        if place.parent is None:
            assert place.position == 0
        else:
            assert place.parent < place.number
            assert place.position == nodes[place.parent].position - 1
    roots = [place.node.tokens for place in nodes if place.parent is None]
    assert all(one < other for one, other in pairwise(roots))


def test_an_unseen_context_is_judged_by_kinds_of_context_not_by_how_often_they_stood() -> None:
    often, rare = text([0, 9] * 20, [0.0, 0.0] * 20), text([1, 9, 2, 9, 3, 9], [0, 1, 0, 1, 0, 1])
    [root] = fit(gather([often, rare], DEPTH))
    assert root.tokens == (9,)
    runner = Runner((root,))
    assert runner(np.array([5, 9], np.int32))[1] >= FIRING
    assert runner(np.array([0, 9], np.int32))[1] < FIRING


def test_a_node_says_the_mean_of_the_places_that_no_child_speaks_for() -> None:
    places = [[1, 0], [1, 0], [1, 2], [1, 2], [1, 2], [1, 2]]
    shares = [0.75, 1.0, 0.0, 0.25, 0.0, 0.25]
    [root] = fit(evidence(places, shares, [3, 1, 1, 1, 1, 1]))
    [child] = root.children
    assert (root.tokens, root.activation) == ((1,), 0.8125)
    assert (child.tokens, child.activation) == ((2,), 0.125)


def test_what_is_said_is_on_the_side_that_was_decided_for() -> None:
    """Of places that mostly fire a few are so low that the mean is below firing, and conversely."""
    [root] = fit(evidence([[1]] * 5, [0.5, 0.5, 0.5, 0.5, -9.0]))
    assert root == Node((1,), FIRING, 0.0)
    mostly_not = [1.0] * 9 + [0.45] * 11
    [root] = fit(evidence([[1, 0]] * 20 + [[1, 2]] * 20, [*mostly_not, *[1.0] * 20]))
    assert root.activation == pytest.approx(1.0)
    assert root.children == (Node((0,), FIRING - 1e-4, 0.0),)


def test_a_token_that_rarely_fires_has_no_pattern() -> None:
    same = [[1, 0, 0]] * 4
    assert fit(evidence(same, [1.0, 0.0, 0.0, 0.0])) == ()
    assert fit(evidence(same, [1.0, 0.0, 0.0, 0.0], [4, 1, 1, 1])) != (), "it is the weight"


def test_what_chance_would_explain_has_no_node() -> None:
    """The same firing in one context more is noise among thousands, and a pattern among few."""

    def children(n: int) -> int:
        places = [[1, 0]] * n + [[1, 2]]
        roots = fit(evidence(places, [1.0] * n + [0.0]))
        return sum(len(root.children) for root in roots)

    assert children(10) == 1
    assert children(10_000) == 0


def test_always_and_never() -> None:
    assert fit(evidence([[1, 0], [2, 1]], [0.0, 0.49])) == ()
    assert fit(gather([], DEPTH)) == ()
    constant = fit(gather([text([3, 1, 2, 1, 3], [1.0] * 5)], DEPTH))
    assert constant == (Node((1, 2, 3), 1.0, 0.0),)
    always = fit(gather([text([3, 1, 2, 1, 3], [0.6, 0.9, 1.0, 0.8, 0.7])], DEPTH))
    assert [(root.tokens, root.activation) for root in always] == [
        ((1,), pytest.approx(0.85)),
        ((2,), 1.0),
        ((3,), pytest.approx(0.65)),
    ]


def test_texts_of_one_token() -> None:
    alone = gather([text([token], [token % 2]) for token in range(6)], MAX_DEPTH)
    assert fit(alone) == (Node((1, 3, 5), 1.0, 0.0),)
    again = gather([text([1], [1.0]), text([1], [0.0]), text([1], [0.0])], MAX_DEPTH)
    assert fit(again) == ()


def test_large_token_ids_are_kept_apart() -> None:
    """Three ids make one number to sort by."""
    large = 2**21 - 2
    rows = [[large, large, 0], [large, 0, large], [large, large, large], [large, 0, 0]]
    roots = fit(evidence(rows, [1.0, 0.0, 1.0, 0.0]))
    assert Runner(roots).on(np.array(rows, np.int32)).tolist() == [1.0, 0.0, 1.0, 0.0]
