from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ingest.mining import moments
from ingest.mining.moments import Moments

values = st.floats(-1e3, 1e3, width=32, allow_subnormal=False)
columns = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(values, min_size=width, max_size=width), min_size=1)
)


def brute_force(rows: np.ndarray) -> dict[str, np.ndarray]:
    """By definition, in float64."""
    deviations = rows - rows.mean(0)
    return {
        "mean": rows.mean(0),
        "m2": (deviations**2).sum(0),
        "m3": (deviations**3).sum(0),
        "m4": (deviations**4).sum(0),
        "minimum": rows.min(0),
        "maximum": rows.max(0),
        "positive": (rows > 0).sum(0),
    }


def streamed(rows: np.ndarray, cuts: list[int]) -> Moments:
    found = moments.nothing(rows.shape[1])
    for part in np.split(rows, sorted(cut % (len(rows) + 1) for cut in cuts)):
        if len(part):
            found = moments.merged(found, moments.of_tokens(torch.from_numpy(part).float()))
    return found


@given(columns, st.lists(st.integers(0, 100)))
def test_any_division_gives_what_the_definition_gives(
    listed: list[list[float]], cuts: list[int]
) -> None:
    rows = np.array(listed)
    found = streamed(rows, cuts)
    assert found.count == len(rows)
    scale = max(1.0, float(np.abs(rows).max()))
    powers = {"m2": 2, "m3": 3, "m4": 4}
    for name, expected in brute_force(rows).items():
        tolerance = 1e-10 * len(rows) * scale ** powers.get(name, 1)
        np.testing.assert_allclose(getattr(found, name), expected, rtol=1e-9, atol=tolerance)


def test_a_large_mean_costs_no_precision() -> None:
    spread = np.random.default_rng(0).integers(-8, 9, size=(4096, 2)) / 8
    near, far = streamed(spread, [100, 2000]), streamed(spread + 2.0**20, [100, 2000])
    np.testing.assert_allclose(far.variance, near.variance, rtol=1e-9)
    np.testing.assert_allclose(far.kurtosis, near.kurtosis, rtol=1e-9)


def test_standardised_moments() -> None:
    rows = np.array([[1.0, 5.0], [2.0, 5.0], [6.0, 5.0]])
    found = streamed(rows, [1])
    deviations = rows[:, 0] - 3
    sigma = np.sqrt((deviations**2).mean())
    assert found.variance[0] == pytest.approx((deviations**2).mean())
    assert found.skewness[0] == pytest.approx((deviations**3).mean() / sigma**3)
    assert found.kurtosis[0] == pytest.approx((deviations**4).mean() / sigma**4)
    assert np.isnan(found.skewness[1])
    assert np.isnan(found.kurtosis[1])


def test_a_shape_is_checked() -> None:
    with pytest.raises(Exception, match="activations"):
        moments.of_tokens(torch.zeros(3))


def test_arrays_and_back() -> None:
    found = streamed(np.arange(6.0).reshape(3, 2), [])
    again = moments.from_arrays(moments.to_arrays(found))
    assert repr(again) == repr(found)
