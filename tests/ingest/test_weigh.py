"""Evidence from samples: what it stands for is the corpus."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mining.evidence import POWER
from ingest.n2g.evidence import FIRING, Evidence
from ingest.n2g.weigh import TOP_WEIGHT, Places, Sources, _corpus, weighed
from tests.ingest.known import contexts

N_PLACES = 2000
NOTHING = Places(np.zeros(0, np.int64), np.zeros((0, 1), np.int32), np.zeros(0))
N_TRIES = 600


def places(at: np.ndarray, tokens: np.ndarray, shares: np.ndarray) -> Places:
    """Some places of a corpus."""
    return Places(at, tokens[at, None].astype(np.int32), shares[at])


@pytest.mark.parametrize("kept", [16, 100, N_PLACES])
@pytest.mark.parametrize("rate", [0.0, 0.02, 0.25])
def test_the_weights_add_up_to_the_corpus(kept: int, rate: float) -> None:
    """On average over many samples: of the firing, of near-misses, and of what does not fire.

    The bound is the score behind the last that is kept, so that it does not depend on these.
    """
    chance = np.random.default_rng(0)
    shares = np.where(chance.random(N_PLACES) < 0.3, 1, -1) * chance.random(N_PLACES)
    tokens = np.zeros(N_PLACES, np.int32)
    above = np.flatnonzero(shares > 0)
    groups = [(FIRING, 2.0), (0.2, FIRING), (1e-9, 0.2), (-2.0, 0.0)]
    found = np.empty((N_TRIES, len(groups)))
    for row in found:
        scores = shares[above] * chance.exponential(size=len(above)) ** (-1 / POWER)
        order = np.argsort(-scores)
        bound = float(scores[order[kept]]) if kept < len(above) else 0.0
        sample = chance.choice(N_PLACES, int(rate * N_PLACES), replace=False)
        sources = Sources(
            top=NOTHING,
            firing=places(above[order[:kept]], tokens, shares),
            power=POWER,
            bound=bound,
            random=places(sample, tokens, shares),
            rate=rate,
        )
        assert sources.firing is not None
        assert sources.random is not None
        united, weights = _corpus(sources, sources.firing, sources.random)
        assert len(set(united.places.tolist())) == len(united.places)
        row[:] = [
            weights[(united.shares >= low) & (united.shares < high)].sum() for low, high in groups
        ]
    for (low, high), estimates in zip(groups, found.T, strict=True):
        true = ((shares >= low) & (shares < high)).sum()
        if rate or (kept == N_PLACES and low > 0):
            error = estimates.std() / np.sqrt(N_TRIES)
            assert estimates.mean() == pytest.approx(true, abs=4 * error + 1e-9), (low, high)
        elif low < 0:
            assert not estimates.any(), "without a random sample nothing is known of silence"


def sources() -> Sources:
    """Token 1 fires in both worlds, 2 in the top texts, 3 in the corpus, 4 nowhere."""
    return Sources(
        top=Places(
            np.array([10, 11, 12, 13]),
            np.array([[1], [2], [4], [1]], np.int32),
            np.array([1.0, 0.5, 0.4, 0.1]),
        ),
        firing=Places(
            np.array([10, 20, 21]), np.array([[1], [3], [4]], np.int32), np.array([1.0, 0.6, 0.3])
        ),
        random=Places(
            np.array([20, 30, 31, 32]),
            np.array([[3], [4], [1], [2]], np.int32),
            np.array([0.6, -0.1, -0.2, 0.0]),
        ),
        rate=0.25,
    )


def shown(found: Evidence) -> list[tuple[int, float, float]]:
    """Token, share and weight of each place."""
    columns = (found.contexts[:, 0].tolist(), found.shares.tolist(), found.weights.tolist())
    return [(token, share, round(weight, 9)) for token, share, weight in zip(*columns, strict=True)]


def test_each_world_has_its_weight_and_only_tokens_that_fire_stay() -> None:
    """All places above zero are known (bound 0): each counts once, and the silent four times."""
    half = TOP_WEIGHT / 2
    assert shown(weighed(sources())) == [
        (1, 1.0, half), (2, 0.5, half), (1, 0.1, half),
        (1, 1.0, 0.5), (3, 0.6, 0.5), (1, -0.2, 2.0), (2, 0.0, 2.0),
    ]  # fmt: skip


def test_a_place_counts_for_all_that_were_left_out_beside_it() -> None:
    some = replace(sources(), bound=0.6, power=2.0)
    weight_of = {share: weight for token, share, weight in shown(weighed(some))[3:] if token != 1}
    missed = 1 - 0.25
    expected = {0.6: 1 / (1 - missed * np.exp(-1)), 0.0: 4.0}
    strongest = 1 / (1 - missed * np.exp(-((1 / 0.6) ** 2)))
    of_firing = strongest + expected[0.6]
    assert weight_of == pytest.approx({s: w / of_firing for s, w in expected.items()})


def test_a_world_in_which_nothing_fires_says_nothing() -> None:
    known = sources()
    assert known.random is not None
    quiet = replace(known, firing=NOTHING, random=replace(known.random, shares=np.zeros(4)))
    alone = replace(known, firing=None, random=None)
    assert shown(weighed(quiet)) == shown(weighed(alone)) == shown(weighed(known))[:3]
    elsewhere = replace(known, top=replace(known.top, shares=np.full(4, 0.3)))
    assert [token for token, _, _ in shown(weighed(elsewhere))] == [1, 3, 1]
    nothing = weighed(replace(alone, top=replace(known.top, shares=np.full(4, 0.3))))
    assert shown(nothing) == []
    assert nothing.contexts.shape == (0, 1)
    assert shown(weighed(Sources(NOTHING))) == []


@given(st.data())
def test_worlds_weigh_what_they_should(data: st.DataObject) -> None:
    """Whatever the samples: the firing places of each world weigh together what it weighs."""

    def some(first: int) -> Places:
        rows = data.draw(st.lists(contexts(3), max_size=12))
        eighths = st.lists(st.integers(-2, 8), min_size=len(rows), max_size=len(rows))
        numbers = np.arange(first, first + len(rows))
        return Places(
            numbers, np.array(rows, np.int32).reshape(-1, 3), np.array(data.draw(eighths)) / 8.0
        )

    top, firing, random = some(0), some(100), some(105)
    firing = replace(firing, shares=np.maximum(firing.shares, 0.125))
    bound = data.draw(st.sampled_from([0.0, 0.125, 0.5]))
    rate = data.draw(st.sampled_from([0.01, 0.5, 1.0]))
    found = weighed(Sources(top, firing, POWER, bound, random, rate))
    worlds = [places.shares >= FIRING for places in (top, firing, random)]
    new = ~np.isin(random.places, firing.places)
    expected = TOP_WEIGHT * worlds[0].any() + float(worlds[1].any() or worlds[2][new].any())
    assert found.weights[found.fires].sum() == pytest.approx(expected)
    assert (found.weights > 0).all()
    assert np.isfinite(found.weights).all()
    firing_tokens = set(found.contexts[found.fires, 0].tolist())
    assert set(found.contexts[:, 0].tolist()) <= firing_tokens
