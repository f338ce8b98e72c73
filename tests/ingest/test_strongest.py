"""Blocked products against all products at once, in float64."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.weights import strongest as module
from ingest.weights.edges import Edges, joined, ranked, rounded
from ingest.weights.strongest import Candidates, Search, strongest
from ingest.weights.vectors import Vectors

D_MODEL = 6


def vectors(n: int, seed: int, *, gain: bool = False) -> Vectors:
    generator = torch.Generator().manual_seed(seed)
    matrix = torch.randn(D_MODEL, n, generator=generator).T
    return Vectors(matrix, torch.rand(D_MODEL, generator=generator) - 0.5 if gain else None)


def exact(found: Vectors) -> np.ndarray:
    """The vectors, folded in float64."""
    whole = found.matrix if found.places is None else found.matrix[found.places]
    gain = 1 if found.gain is None else found.gain.double()
    return (whole.double() * gain).numpy()


def found_by(
    mine: Vectors,
    others: list[Vectors],
    kept: int,
    block_bytes: int,
    check: Callable[[], None] = lambda: None,
) -> Edges:
    """The edges of all vectors, stretch after stretch."""
    found = strongest(mine, others, Search(kept, block_bytes, check))
    return joined([ranked(part, kept) for part in found])


def brute_force(weights: np.ndarray, kept: int) -> list[tuple[int, int, float, int]]:
    """Neuron, target, weight and rank, from all products."""
    rows = []
    for neuron, row in enumerate(weights.tolist()):
        order = sorted(range(len(row)), key=lambda target: (-abs(row[target]), target))
        positive = [target for target in order if row[target] > 0][:kept]
        negative = [target for target in order if row[target] < 0][:kept]
        chosen = [target for target in order if target in {*positive, *negative}]
        rows += [(neuron, t, row[t], rank) for rank, t in enumerate(chosen, start=1)]
    return rows


def assert_equal(edges: Edges, expected: list[tuple[int, int, float, int]]) -> None:
    assert edges.neurons.tolist() == [row[0] for row in expected]
    assert edges.targets.tolist() == [row[1] for row in expected]
    assert edges.ranks.tolist() == [row[3] for row in expected]
    np.testing.assert_allclose(edges.weights, [row[2] for row in expected], rtol=1e-6)


@settings(deadline=None)  # the first call sets torch up
@given(
    n=st.integers(1, 9), sizes=st.lists(st.integers(0, 200), max_size=3), kept=st.integers(1, 4),
    block_bytes=st.sampled_from([1, 100, 4000, 10**6]), rows=st.integers(1, 5), gain=st.booleans(),
)  # fmt: skip
def test_it_equals_brute_force_whatever_the_blocks(
    *, n: int, sizes: list[int], kept: int, block_bytes: int, rows: int, gain: bool
) -> None:
    mine = vectors(n, 0, gain=gain)
    others = [vectors(size, seed, gain=gain) for seed, size in enumerate(sizes, start=1)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_ROWS", rows)
        found = found_by(mine, others, kept, block_bytes)
    products = [exact(mine) @ exact(other).T for other in others]
    assert_equal(found, brute_force(np.concatenate([np.zeros((n, 0)), *products], 1), kept))


def test_only_some_rows_are_meant() -> None:
    mine, other = vectors(5, 1), vectors(90, 2)
    odd = Vectors(other.matrix, None, torch.arange(1, 90, 2))
    assert_equal(found_by(mine, [odd], 3, 200), brute_force(exact(mine) @ exact(other)[1::2].T, 3))


def test_a_block_is_as_large_as_allowed_and_a_stop_is_looked_for_before_each() -> None:
    """1,000 others in blocks of at most 4 * 100 products of 4 bytes: ten blocks."""
    checks: list[None] = []
    found_by(vectors(4, 1), [vectors(1000, 2)], 2, 4 * 100 * 6, lambda: checks.append(None))
    assert len(checks) == 10


def test_half_precision_is_weighed_as_it_is_stored() -> None:
    mine, other = vectors(3, 1), vectors(40, 2)
    mine, other = Vectors(mine.matrix.bfloat16()), Vectors(other.matrix.bfloat16())
    assert_equal(found_by(mine, [other], 5, 1000), brute_force(exact(mine) @ exact(other).T, 5))


def test_one_target_twice_is_the_larger_and_equals_stand_by_target() -> None:
    candidates = Candidates(
        8,
        np.array([[7, 3, 7, 5, 2, 9, 7], [1, 1, 4, 4, 0, 0, 6]]),
        np.array([[2.0, -2.0, -3.0, 2.0, 0.0, 1.0, -2.5], [1.0, 1.0, -0.0, 0.5, 6.0, -6.0, -7.0]]),
    )
    assert_equal(
        ranked(candidates, 2),
        [
            (8, 7, -3, 1), (8, 3, -2, 2), (8, 5, 2, 3),
            (9, 6, -7, 1), (9, 0, 6, 2), (9, 1, 1, 3),
        ],
    )  # fmt: skip
    assert_equal(ranked(candidates, 1), [(8, 7, -3, 1), (8, 5, 2, 2), (9, 6, -7, 1), (9, 0, 6, 2)])


@given(st.floats(1e-20, 1e20), st.booleans())
def test_a_weight_has_seven_digits(size: float, negative: bool) -> None:
    weight = -size if negative else size
    stored = float(rounded(np.array([weight]))[0])
    assert stored == float(f"{weight:.6e}") or abs(stored - weight) / size == pytest.approx(
        5e-7, rel=0.01
    )
    assert float(rounded(np.array([stored]))[0]) == stored


def test_a_weight_of_nothing_is_nothing() -> None:
    assert str(rounded(np.array([0.0, -0.0])).tolist()) == "[0.0, 0.0]"


def test_float32_noise_does_not_show() -> None:
    """Rows at once and blocks change float32's rounding, and nothing that is stored."""
    torch.manual_seed(0)
    mine, other = Vectors(torch.randn(64, 300)), Vectors(torch.randn(2000, 300))
    found = [found_by(mine, [other], 20, size) for size in (10**3, 10**5, 10**7)]
    for one, another in pairwise(found):
        assert one.weights.tobytes() == another.weights.tobytes()
        assert one.targets.tobytes() == another.targets.tobytes()
