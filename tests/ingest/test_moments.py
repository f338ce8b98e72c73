from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mining import moments, tree
from ingest.mining.moments import Moments
from ingest.mining.sums import moments_of, sums

values = st.floats(-1e3, 1e3, width=32, allow_subnormal=False)
columns = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(values, min_size=width, max_size=width), min_size=1)
)


def by_definition(rows: np.ndarray) -> dict[str, np.ndarray]:
    """In float64."""
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


def of_rows(rows: np.ndarray) -> Moments:
    """As a shard's: sums of powers of the distance from the first row."""
    found = sums(rows.shape[1])
    found.centre[:] = rows[0]
    for power in range(4):
        found.powers[power] = ((rows - rows[0]) ** (power + 1)).sum(0)
    found.low[:], found.high[:] = rows.min(0), rows.max(0)
    found.positive[:] = (rows > 0).sum(0)
    return moments_of(found, len(rows))


def streamed(rows: np.ndarray, cuts: list[int]) -> Moments:
    found = moments.nothing(rows.shape[1])
    for part in np.split(rows, sorted(cut % (len(rows) + 1) for cut in cuts)):
        if len(part):
            found = moments.merged(found, of_rows(part))
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
    for name, expected in by_definition(rows).items():
        tolerance = 1e-10 * len(rows) * scale ** powers.get(name, 1)
        np.testing.assert_allclose(getattr(found, name), expected, rtol=1e-9, atol=tolerance)


def test_a_large_mean_costs_no_precision() -> None:
    spread = np.random.default_rng(0).integers(-8, 9, size=(4096, 2)) / 8
    near, far = streamed(spread, [100, 2000]), streamed(spread + 2.0**20, [100, 2000])
    np.testing.assert_allclose(far.variance, near.variance, rtol=1e-9)
    np.testing.assert_allclose(far.kurtosis, near.kurtosis, rtol=1e-9)


def test_a_neuron_that_fires_once_and_first() -> None:
    """The worst centre: all other activations lie at the same distance from it."""
    rows = np.zeros((1 << 16, 1))
    rows[0] = 1000
    rows[1:] += np.random.default_rng(0).normal(0, 0.01, rows[1:].shape).astype(np.float32)
    found, expected = of_rows(rows), by_definition(rows)
    for name in ("m2", "m3", "m4"):
        np.testing.assert_allclose(getattr(found, name), expected[name], rtol=1e-9)


def test_standardised_moments() -> None:
    rows = np.array([[1.0, 5.0], [2.0, 5.0], [6.0, 5.0]])
    found = streamed(rows, [1])
    deviations = rows[:, 0] - 3
    sigma = np.sqrt((deviations**2).mean())
    assert found.variance[0] == pytest.approx((deviations**2).mean())
    assert found.skewness[0] == pytest.approx((deviations**3).mean() / sigma**3)
    assert found.kurtosis[0] == pytest.approx((deviations**4).mean() / sigma**4)
    assert found.variance[1] == 0
    assert np.isnan(found.skewness[1])
    assert np.isnan(found.kurtosis[1])


@given(st.integers(1, 40), st.integers(1, 4), st.randoms())
def test_the_bits_do_not_depend_on_who_did_what(
    n_shards: int, n_workers: int, chance: random.Random
) -> None:
    data = np.random.default_rng(n_shards).normal(1, 3, (n_shards, 5, 2))
    one: tree.Nodes = {}
    for shard in range(n_shards):
        tree.put(one, 0, shard, of_rows(data[shard]))
        assert len(one) <= shard.bit_length() + 1
    workers: list[tree.Nodes] = [{} for _ in range(n_workers)]
    for shard in chance.sample(range(n_shards), n_shards):
        tree.put(chance.choice(workers), 0, shard, of_rows(data[shard]))
    together: tree.Nodes = {}
    for nodes in workers:
        for (level, number), found in tree.from_arrays(tree.to_arrays(nodes)).items():
            tree.put(together, level, number, found)
    assert repr(tree.total(together)) == repr(tree.total(one))
    whole = by_definition(data.reshape(-1, 2))
    np.testing.assert_allclose(tree.total(one).m4, whole["m4"], rtol=1e-9)
