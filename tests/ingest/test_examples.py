"""Activations are rounded to what can be seen of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mining.examples import rounded


@pytest.mark.parametrize(
    ("maximum", "activation", "expected"),
    [
        (8.2, 3.14159, 3.142),
        (0.082, 0.0314159, 0.03142),
        (1.0, -0.17004, -0.17),
        (123456.0, 98765.4, 98800.0),
        (9999.0, 1234.5678, 1235.0),
        (3.0, -0.00001, 0.0),
    ],
)
def test_to_four_places_of_the_maximum(maximum: float, activation: float, expected: float) -> None:
    found = rounded(np.array([[activation]], np.float32), np.array([maximum]))
    assert found.tolist() == [[expected]]
    assert not np.signbit(found[0, 0]) or expected < 0


@given(st.lists(st.floats(2**-10, 2**20, width=32), min_size=1, max_size=5))
def test_rows_of_several_neurons_at_once(maxima: list[float]) -> None:
    rows = np.array(maxima, np.float32)[:, None] * np.array([1, 0.37, -0.2], np.float32)
    found = rounded(rows, np.array(maxima))
    for at, maximum in enumerate(maxima):
        alone = rounded(rows[at : at + 1], np.array([maximum]))
        assert found[at].tolist() == alone[0].tolist()
        np.testing.assert_allclose(found[at], rows[at], atol=maximum * 1e-3)
