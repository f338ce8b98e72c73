"""Exact statistics of a stream: central moments that are merged, never sums of powers.

Source: Pébay, *Formulas for Robust, One-Pass Parallel Computation of Covariances and
Arbitrary-Order Statistical Moments* (2008), equations 2.1 to 2.9.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

Row = Float64[np.ndarray, " neuron"]


@dataclass(frozen=True, slots=True)
class Moments:
    """Statistics of many neurons over the same tokens."""

    count: int
    """Tokens."""
    mean: Row
    m2: Row
    """Sum of squared deviations from the mean."""
    m3: Row
    """Sum of cubed deviations."""
    m4: Row
    """Sum of deviations to the fourth."""
    minimum: Row
    maximum: Row
    positive: Int64[np.ndarray, " neuron"]
    """Tokens with an activation above zero."""

    @property
    def variance(self) -> Row:
        """Population variance."""
        return self.m2 / self.count

    @property
    def skewness(self) -> Row:
        """Third standardised moment; NaN where constant."""
        return self._standardised(self.m3, 1.5)

    @property
    def kurtosis(self) -> Row:
        """Fourth standardised moment, 3 for a normal; NaN where constant."""
        return self._standardised(self.m4, 2.0)

    def _standardised(self, moment: Row, power: float) -> Row:
        varies = self.maximum > self.minimum
        scale = np.where(varies, self.variance, 1.0) ** power
        return np.where(varies, moment / self.count / scale, np.nan)


def nothing(n_neurons: int) -> Moments:
    """The statistics of no tokens: what `merged` leaves unchanged."""
    zero = np.zeros(n_neurons)
    low = np.full(n_neurons, np.inf)
    return Moments(0, zero, zero, zero, zero, low, -low, np.zeros(n_neurons, np.int64))


def of_tokens(activations: Float[Tensor, "token neuron"]) -> Moments:
    """The statistics of at least one token."""
    values = activations.to(torch.float64)
    mean = values.mean(0)
    deviations = values - mean
    squares = deviations * deviations
    low, high = torch.aminmax(values, dim=0)
    return Moments(
        len(values),
        mean.numpy(),
        squares.sum(0).numpy(),
        (squares * deviations).sum(0).numpy(),
        (squares * squares).sum(0).numpy(),
        low.numpy(),
        high.numpy(),
        (values > 0).sum(0).numpy(),
    )


def merged(a: Moments, b: Moments) -> Moments:
    """The statistics of the tokens of both."""
    if a.count == 0 or b.count == 0:
        return b if a.count == 0 else a
    n, na, nb = a.count + b.count, a.count, b.count
    delta = b.mean - a.mean
    step = delta / n
    m2 = a.m2 + b.m2 + delta * step * na * nb
    m3 = a.m3 + b.m3 + delta * step**2 * na * nb * (na - nb) + 3 * step * (na * b.m2 - nb * a.m2)
    m4 = (
        a.m4
        + b.m4
        + delta * step**3 * na * nb * (na * na - na * nb + nb * nb)
        + 6 * step**2 * (na * na * b.m2 + nb * nb * a.m2)
        + 4 * step * (na * b.m3 - nb * a.m3)
    )
    return Moments(
        n,
        a.mean + step * nb,
        m2,
        m3,
        m4,
        np.minimum(a.minimum, b.minimum),
        np.maximum(a.maximum, b.maximum),
        a.positive + b.positive,
    )


def to_arrays(moments: Moments) -> dict[str, np.ndarray]:
    """By name of field, for a checkpoint."""
    return {field.name: np.asarray(getattr(moments, field.name)) for field in fields(Moments)}


def from_arrays(arrays: dict[str, np.ndarray]) -> Moments:
    """The inverse of `to_arrays`."""
    return Moments(
        int(arrays["count"]),
        arrays["mean"],
        arrays["m2"],
        arrays["m3"],
        arrays["m4"],
        arrays["minimum"],
        arrays["maximum"],
        arrays["positive"],
    )
