"""Scores of simulations against the same definitions by scipy and scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr
from sklearn.linear_model import LinearRegression
from sklearn.metrics import balanced_accuracy_score, mean_absolute_error, mean_squared_error

from ingest.errors import ScoreError
from ingest.explaining.scores import (
    ABSOLUTE_DEV_EXPLAINED,
    EV_CORRELATION,
    RSQUARED,
    Scored,
    Simulated,
    absolute_dev_explained,
    balanced_accuracy,
    calibrated,
    ev_correlation,
    null_scores,
    rsquared,
    scores,
    simulated,
)

numbers = st.floats(-100, 100, width=32).map(lambda value: round(value, 3))
pairs = st.lists(st.tuples(numbers, numbers), min_size=2, max_size=60)


def _columns(rows: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([row[0] for row in rows]), np.array([row[1] for row in rows])


@given(pairs)
def test_the_correlation_is_scipys(rows: list[tuple[float, float]]) -> None:
    expected, true = _columns(rows)
    assume(np.ptp(expected) > 1e-2)
    assume(np.ptp(true) > 1e-2)
    assert ev_correlation(expected, true) == pytest.approx(
        pearsonr(expected, true).statistic, abs=1e-9
    )


@given(pairs)
def test_the_others_are_scikit_learns_errors_beside_those_of_zeros(
    rows: list[tuple[float, float]],
) -> None:
    expected, true = _columns(rows)
    assume(np.abs(true).max() > 1e-2)
    zeros = np.zeros(len(true))
    squared = 1 - mean_squared_error(true, expected) / mean_squared_error(true, zeros)
    absolute = 1 - mean_absolute_error(true, expected) / mean_absolute_error(true, zeros)
    assert rsquared(expected, true) == pytest.approx(squared, rel=1e-9, abs=1e-9)
    assert absolute_dev_explained(expected, true) == pytest.approx(absolute, rel=1e-9, abs=1e-9)


@settings(max_examples=30)
@given(st.lists(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=9), min_size=2))
def test_calibration_is_a_regression_on_the_other_sequences(
    rows: list[list[tuple[float, float]]],
) -> None:
    sequences = [Simulated(*_columns(part)) for part in rows]
    everything = np.concatenate([s.expected for s in sequences])
    found = calibrated(sequences)
    if np.ptp(everything) == 0:
        assert found is None
        return
    assert found is not None
    for at, sequence in enumerate(sequences):
        others = sequences[:at] + sequences[at + 1 :]
        x = np.concatenate([s.expected for s in others])
        y = np.concatenate([s.true for s in others])
        if 0 < np.ptp(x) < 1e-2:
            continue  # a line through nearly one point: both are right to few digits
        fitted = LinearRegression().fit(x[:, None], y).predict(sequence.expected[:, None])
        assert found[at].expected == pytest.approx(fitted, rel=1e-6, abs=1e-6)
        assert np.array_equal(found[at].true, sequence.true)


def _values(found: list[Scored]) -> dict[tuple[str, bool | None], float | None]:
    return {(score.kind, score.calibrated): score.value for score in found}


KEYS = {
    (EV_CORRELATION, None),
    (RSQUARED, True),
    (RSQUARED, False),
    (ABSOLUTE_DEV_EXPLAINED, True),
    (ABSOLUTE_DEV_EXPLAINED, False),
}


def test_a_perfect_simulation_scores_one() -> None:
    generator = np.random.default_rng(0)
    truth = [generator.normal(size=20) for _ in range(4)]
    found = _values(scores([Simulated(true, true) for true in truth]))
    assert found.keys() == KEYS
    assert found == pytest.approx(dict.fromkeys(KEYS, 1.0), abs=1e-12)


def test_another_scale_costs_nothing_after_calibration() -> None:
    generator = np.random.default_rng(0)
    truth = [generator.normal(size=20) for _ in range(4)]
    found = _values(scores([Simulated(7 * true + 3, true) for true in truth]))
    assert found[EV_CORRELATION, None] == pytest.approx(1.0)
    assert found[RSQUARED, True] == pytest.approx(1.0)
    assert found[ABSOLUTE_DEV_EXPLAINED, True] == pytest.approx(1.0)
    assert (found[RSQUARED, False] or 0.0) < 0


def test_a_constant_simulation_has_no_correlation_and_no_calibration() -> None:
    found = _values(scores([Simulated(np.full(5, 3.0), np.arange(5.0)) for _ in range(2)]))
    assert found[EV_CORRELATION, None] is None
    assert found[RSQUARED, True] is None
    assert found[ABSOLUTE_DEV_EXPLAINED, True] is None
    assert found[RSQUARED, False] == pytest.approx(1 - 15 / 30)
    assert found[ABSOLUTE_DEV_EXPLAINED, False] == pytest.approx(1 - 7 / 10)


def test_a_neuron_that_does_nothing_has_no_score() -> None:
    silent = Simulated(np.arange(5.0), np.zeros(5))
    assert set(_values(scores([silent, silent])).values()) == {None}


def test_single_tokens_and_nothing_at_all() -> None:
    one = Simulated(np.array([2.0]), np.array([4.0]))
    found = _values(scores([one]))
    assert found[EV_CORRELATION, None] is None
    assert found[RSQUARED, False] == pytest.approx(1 - 4 / 16)
    assert found[RSQUARED, True] is None
    assert set(_values(scores([])).values()) == {None}
    assert set(_values(scores([one], [False])).values()) == {None}


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_an_error_that_says_where(wrong: float) -> None:
    with pytest.raises(ScoreError, match=rf"true activation of token 1 is {wrong}"):
        simulated([0.0, 1.0], [0.0, wrong])
    with pytest.raises(ScoreError, match="simulated activation of token 0"):
        simulated([wrong, 1.0], [0.0, 1.0])


def test_lengths_must_agree() -> None:
    with pytest.raises(ScoreError, match="3 simulated activations for 2 tokens"):
        simulated([0.0, 1.0, 2.0], [0.0, 1.0])
    with pytest.raises(ScoreError, match="1 answers about 2 examples"):
        balanced_accuracy([True], [True, False])


@given(st.floats(1e-300, 1e300))
def test_tiny_and_huge_activations_score_alike(scale: float) -> None:
    true = np.array([0.0, 1.0, 0.5, -0.25])
    expected = np.array([0.0, 1.0, 0.25, 0.0])
    plain = scores([Simulated(expected, true)])
    scaled = scores([Simulated(expected * scale, true * scale)])
    assert _values(scaled) == pytest.approx(_values(plain), nan_ok=False)


def test_chosen_sequences_are_scored_and_all_calibrate() -> None:
    generator = np.random.default_rng(1)
    parts = [Simulated(generator.normal(size=9), generator.normal(size=9)) for _ in range(4)]
    lines = calibrated(parts)
    assert lines is not None
    found = _values(scores(parts, [True, False, True, False]))
    expected = np.concatenate([lines[0].expected, lines[2].expected])
    true = np.concatenate([lines[0].true, lines[2].true])
    assert found[RSQUARED, True] == pytest.approx(rsquared(expected, true))


def test_the_null_is_the_mean_over_other_neurons() -> None:
    generator = np.random.default_rng(2)
    parts = [Simulated(generator.normal(size=9), generator.normal(size=9)) for _ in range(3)]
    others = [[generator.normal(size=n) for n in (9, 4, 12)] for _ in range(3)]
    silent = [np.zeros(9)] * 3
    found = _values(null_scores(parts, [*others, silent]))
    for key in KEYS:
        single = [
            _values(
                scores(
                    [
                        Simulated(p.expected[: len(t)], t[:9])
                        for p, t in zip(parts, other, strict=True)
                    ]
                )
            )[key]
            for other in others
        ]
        assert found[key] == pytest.approx(
            np.mean([value for value in single if value is not None])
        )
    assert set(_values(null_scores(parts, [])).values()) == {None}


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1))
def test_balanced_accuracy_is_scikit_learns(rows: list[tuple[bool, bool]]) -> None:
    answers, truth = [row[0] for row in rows], [row[1] for row in rows]
    found = balanced_accuracy(answers, truth)
    if len(set(truth)) == 1:
        assert found is None
    else:
        assert found == pytest.approx(balanced_accuracy_score(truth, answers), abs=1e-12)
