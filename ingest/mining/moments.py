"""Exact statistics of a stream: central moments that are merged, never sums of powers.

Source: Pébay, *Formulas for Robust, One-Pass Parallel Computation of Covariances and
Arbitrary-Order Statistical Moments* (2008), equations 2.1 to 2.9.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Bool, Float64, Int64

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
    non_finite: Int64[np.ndarray, " neuron"]
    """Tokens with an activation that is no finite number: if any, the rest means nothing."""

    def of(self, neurons: slice) -> Moments:
        """The statistics of some of the neurons."""
        arrays = {field.name: getattr(self, field.name) for field in fields(self)}
        count = arrays.pop("count")
        return Moments(count, **{name: array[neurons] for name, array in arrays.items()})

    @property
    def known(self) -> Bool[np.ndarray, " neuron"]:
        """Whether all of a neuron's activations are finite."""
        found: np.ndarray = self.non_finite == 0
        return found

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
        varies = self.m2 > 0
        scale = np.where(varies, self.variance, 1.0) ** power
        return np.where(varies, moment / self.count / scale, np.nan)


def nothing(n_neurons: int) -> Moments:
    """The statistics of no tokens: what `merged` leaves unchanged."""
    zero = np.zeros(n_neurons)
    none = np.zeros(n_neurons, np.int64)
    low = np.full(n_neurons, np.inf)
    return Moments(0, zero, zero, zero, zero, low, -low, none, none)


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
        a.non_finite + b.non_finite,
    )
