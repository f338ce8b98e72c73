"""Reservoirs against sorting everything, and the sample against the weights that it claims."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.mining import evidence
from ingest.mining.evidence import Reservoirs, entries_of, evidence_of, reservoirs, weights_of

SIZE = 5
# few values: ties are the rule
scored = st.lists(st.integers(0, 9), max_size=120)


def pushed(scores: list[int], places: list[int], into: Reservoirs | None = None) -> Reservoirs:
    found = into or reservoirs(1, SIZE)
    for place in places:
        if scores[place] >= found.bounds[0]:
            [entry] = entries_of(np.array([scores[place]], np.float32), np.array([place]))
            evidence.push(found, SIZE, 0, entry)
    return found


def best(scores: list[int], places: list[int]) -> list[tuple[int, int]]:
    """By sorting: the places of highest score, the earlier one of two that are equal."""
    ranked = sorted((-scores[place], place) for place in places if scores[place] > 0)[:SIZE]
    return [(place, -negative) for negative, place in ranked]


def shown(found: Reservoirs) -> list[tuple[int, int]]:
    of = evidence_of(found, SIZE, slice(0, 1))
    count = int((of.places[0] >= 0).sum())
    assert not of.scores[0, count:].any()
    return [(int(p), int(s)) for p, s in zip(of.places[0], of.scores[0], strict=True)][:count]


@settings(deadline=None)  # the first example compiles
@given(scored, st.randoms())
def test_the_best_in_any_order(scores: list[int], chance: random.Random) -> None:
    places = list(range(len(scores)))
    chance.shuffle(places)
    assert shown(pushed(scores, places)) == best(scores, places)


@settings(deadline=None)  # the first example compiles
@given(scored, st.randoms())
def test_parts_are_merged_into_the_whole(scores: list[int], chance: random.Random) -> None:
    places = list(range(len(scores)))
    chance.shuffle(places)
    half = len(places) // 2
    found = pushed(scores, places[:half])
    evidence.absorb(found, SIZE, pushed(scores, places[half:]))
    assert shown(found) == best(scores, places)


@settings(deadline=None)  # the first example compiles
@given(scored, st.data())
def test_what_is_forgotten_and_comes_again_leaves_no_trace(
    scores: list[int], data: st.DataObject
) -> None:
    """A stretch is begun, forgotten, and read from its beginning."""
    first = data.draw(st.integers(0, len(scores)))
    end = data.draw(st.integers(first, len(scores)))
    begun = data.draw(st.integers(first, end))
    others = [*range(first), *range(end, len(scores))]
    found = pushed(scores, [*others, *range(first, begun)])
    evidence.forget(found, SIZE, first, end)
    pushed(scores, list(range(first, end)), found)
    assert shown(found) == best(scores, list(range(len(scores))))


def test_a_place_is_drawn_by_a_power_of_its_activation() -> None:
    """Of two places, one of twice the activation, the stronger wins 64 times of 65."""
    n_texts = 20_000
    keys = np.random.default_rng(0).integers(0, 2**64, n_texts, np.uint64)
    weights = weights_of(keys, np.full(n_texts, 2))
    stronger = (2 * weights[:, 0] > weights[:, 1]).mean()
    assert abs(stronger - 64 / 65) < 0.005


def test_the_bound_is_the_lowest_score_where_places_were_left_out() -> None:
    few = evidence_of(pushed([5, 3], [0, 1]), SIZE, slice(0, 1))
    assert few.bounds.tolist() == [0]
    many = list(range(1, 3 * SIZE))
    found = evidence_of(pushed(many, list(range(len(many)))), SIZE, slice(0, 1))
    assert found.bounds.tolist() == [sorted(many)[-SIZE]]


def test_equal_texts_draw_equally_and_padding_never() -> None:
    weights = weights_of(np.array([7, 7, 8], np.uint64), np.array([3, 2, 3]))
    assert weights[0, :2].tolist() == weights[1, :2].tolist() != weights[2, :2].tolist()
    assert weights[1, 2] == 0
    assert (weights[[0, 2]] > 0).all()
