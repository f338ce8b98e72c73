"""Sums of powers of the activations in a shard, and the moments that they amount to.

The powers are of the distance from a centre, each neuron's first activation in the shard. A
central moment is then at most as many times smaller than the sum that it is computed from as
there are tokens in the shard, for the centre is one of them: in float64 nothing is lost that
shows in seven digits.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float32, Float64, Int64

from ingest.mining.moments import Moments


class Sums(NamedTuple):
    """What a shard's tokens add up to, for each neuron; its arrays are added to in place."""

    centre: Float64[np.ndarray, " neuron"]
    powers: Float64[np.ndarray, "power neuron"]
    """Sums of the first to fourth power of the distance from the centre."""
    low: Float32[np.ndarray, " neuron"]
    high: Float32[np.ndarray, " neuron"]
    positive: Int64[np.ndarray, " neuron"]
    """Activations above zero."""
    non_finite: Int64[np.ndarray, " neuron"]
    """Activations that are no finite number: they are in none of the sums."""


def sums(n_neurons: int) -> Sums:
    """The sums of no tokens."""
    return Sums(
        np.zeros(n_neurons),
        np.zeros((4, n_neurons)),
        np.full(n_neurons, np.inf, np.float32),
        np.full(n_neurons, -np.inf, np.float32),
        np.zeros(n_neurons, np.int64),
        np.zeros(n_neurons, np.int64),
    )


def moments_of(found: Sums, count: int) -> Moments:
    """The moments of `count` tokens that the sums are over.

    Of a neuron with activations that are not finite they mean nothing, but are finite, all
    but the smallest and the largest.
    """
    mean = found.powers[0] / count
    second, third, fourth = found.powers[1:] / count
    return Moments(
        count,
        found.centre + mean,
        np.maximum(second - mean**2, 0) * count,
        (third - 3 * mean * second + 2 * mean**3) * count,
        np.maximum(fourth - 4 * mean * third + 6 * mean**2 * second - 3 * mean**4, 0) * count,
        found.low.astype(np.float64),
        found.high.astype(np.float64),
        found.positive.copy(),
        found.non_finite.copy(),
    )
