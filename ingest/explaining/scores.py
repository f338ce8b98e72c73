"""How well simulated activations agree with true ones.

    ev_correlation          Pearson's correlation
    rsquared                1 - sum (true - simulated)^2 / sum true^2
    absolute_dev_explained  1 - sum |true - simulated| / sum |true|

over the tokens of all sequences together, as Bills et al. (2023) score: the last two against a
simulation of nothing but zeros, not of the mean. A score that is undefined, because nothing
varies or the neuron does nothing, is None.

A simulator's scale is its own, so the last two are also taken after calibration: a straight
line from simulated to true, fitted by least squares on the other sequences than the one it is
applied to. Nothing is calibrated on what it is scored on, and no further simulation is needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from ingest.errors import ScoreError

EV_CORRELATION = "ev_correlation"
RSQUARED = "rsquared"
ABSOLUTE_DEV_EXPLAINED = "absolute_dev_explained"

Tokens = Float[np.ndarray, " token"]
EachTokens = Float[np.ndarray, " _"]
"""One of several texts, each of its own length."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """One sequence: what an explanation lets expect, and what the neuron did."""

    expected: Tokens
    """On any scale, the same for all sequences of an explanation."""
    true: Tokens


def simulated(expected: Sequence[float], true: Sequence[float]) -> Simulated:
    """One sequence. Raises ScoreError if the lengths differ or a number is not finite."""
    if len(expected) != len(true):
        raise ScoreError(
            f"{len(expected)} simulated activations for {len(true)} tokens; one per token is "
            f"expected. Simulate the sequence again."
        )
    for name, values in (("simulated", expected), ("true", true)):
        wrong = next((at for at, value in enumerate(values) if not math.isfinite(value)), None)
        if wrong is not None:
            raise ScoreError(
                f"the {name} activation of token {wrong} is {values[wrong]}; finite numbers are "
                f"expected. Leave such a sequence out."
            )
    return Simulated(np.array(expected, np.float64), np.array(true, np.float64))


def ev_correlation(expected: Tokens, true: Tokens) -> float | None:
    """Pearson's correlation, -1 to 1; None without two different values on either side."""
    if len(true) < 2 or np.ptp(expected) == 0 or np.ptp(true) == 0:
        return None
    # scaled first: squares of tiny or huge numbers would leave the range of floats
    one, other = (_centred(values) for values in (expected, true))
    return float(np.clip(one @ other / np.sqrt((one @ one) * (other @ other)), -1.0, 1.0))


def rsquared(expected: Tokens, true: Tokens) -> float | None:
    """1 - sum (true - expected)^2 / sum true^2, up to 1; None where the neuron does nothing."""
    scale = _largest(true)
    if not scale:
        return None
    whole = true / scale
    return float(1.0 - np.sum((whole - expected / scale) ** 2) / np.sum(whole**2))


def absolute_dev_explained(expected: Tokens, true: Tokens) -> float | None:
    """1 - sum |true - expected| / sum |true|, up to 1; None where the neuron does nothing."""
    scale = _largest(true)
    if not scale:
        return None
    return float(1.0 - np.sum(np.abs(true - expected) / scale) / np.sum(np.abs(true) / scale))


def calibrated(sequences: Sequence[Simulated]) -> list[Simulated] | None:
    """Each sequence with the line applied that fits the others best, by least squares.

    None where there is no line: nothing varies in the simulation, or there is one sequence
    alone. If only the sequence itself varies, the others' mean is all that is known of it.
    """
    if len(sequences) < 2 or np.ptp(np.concatenate([s.expected for s in sequences])) == 0:
        return None
    found = []
    for at, sequence in enumerate(sequences):
        others = [*sequences[:at], *sequences[at + 1 :]]
        x = np.concatenate([other.expected for other in others])
        y = np.concatenate([other.true for other in others])
        if not len(x):
            return None
        deviation = x - x.mean()
        spread = deviation @ deviation
        slope = deviation @ (y - y.mean()) / spread if np.ptp(x) and spread else 0.0
        line = y.mean() + slope * (sequence.expected - x.mean())
        found.append(Simulated(line, sequence.true))
    return found


Measure = Callable[[Tokens, Tokens], float | None]
_MEASURES: tuple[tuple[str, bool | None, Measure], ...] = (
    (EV_CORRELATION, None, ev_correlation),
    (RSQUARED, True, rsquared),
    (RSQUARED, False, rsquared),
    (ABSOLUTE_DEV_EXPLAINED, True, absolute_dev_explained),
    (ABSOLUTE_DEV_EXPLAINED, False, absolute_dev_explained),
)
"""Kind, and whether after calibration: a correlation is the same before and after."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One score of some sequences."""

    kind: str
    calibrated: bool | None
    """None where calibration changes nothing."""
    value: float | None
    """None where it is undefined."""


def scores(sequences: Sequence[Simulated], chosen: Sequence[bool] | None = None) -> list[Scored]:
    """Every score, over the `chosen` of the sequences; all of them serve to calibrate."""
    chosen = [True] * len(sequences) if chosen is None else chosen
    lines = calibrated(sequences)
    found = []
    for kind, after, measure in _MEASURES:
        taken = lines if after else sequences
        value = None
        if taken is not None:
            expected, true = _joined(taken, chosen)
            value = measure(expected, true)
        found.append(Scored(kind, after, value))
    return found


def null_scores(
    sequences: Sequence[Simulated],
    others: Sequence[Sequence[EachTokens]],
    chosen: Sequence[bool] | None = None,
) -> list[Scored]:
    """The same simulation against the truth of other neurons: the mean over these.

    `others` holds, for each other neuron, the true activations on a text of its own for each
    of the sequences; what is longer is cut. A score that is undefined for each of them is None.
    """
    found = [
        scores([_against(own, true) for own, true in zip(sequences, other, strict=True)], chosen)
        for other in others
    ]
    means = []
    for at, (kind, after, _) in enumerate(_MEASURES):
        values = [scored[at].value for scored in found]
        known = [value for value in values if value is not None]
        means.append(Scored(kind, after, sum(known) / len(known) if known else None))
    return means


def balanced_accuracy(answers: Sequence[bool], truth: Sequence[bool]) -> float | None:
    """The mean of the shares of positives and of negatives that are answered rightly.

    What detection and fuzzing are scored by; 0.5 is chance, whatever share is answered yes.
    None unless there are both positives and negatives. Raises ScoreError if the lengths differ.
    """
    if len(answers) != len(truth):
        raise ScoreError(
            f"{len(answers)} answers about {len(truth)} examples; one for each is expected."
        )
    shares = []
    for kind in (True, False):
        of_kind = [
            answer is kind for answer, true in zip(answers, truth, strict=True) if true is kind
        ]
        if not of_kind:
            return None
        shares.append(sum(of_kind) / len(of_kind))
    return sum(shares) / 2


def _against(own: Simulated, true: EachTokens) -> Simulated:
    length = min(len(own.expected), len(true))
    return Simulated(own.expected[:length], true[:length])


def _joined(sequences: Sequence[Simulated], chosen: Sequence[bool]) -> tuple[Tokens, Tokens]:
    kept = [sequence for sequence, taken in zip(sequences, chosen, strict=True) if taken]
    return (
        np.concatenate([np.zeros(0), *(sequence.expected for sequence in kept)]),
        np.concatenate([np.zeros(0), *(sequence.true for sequence in kept)]),
    )


def _largest(values: Tokens) -> float:
    return float(np.max(np.abs(values))) if len(values) else 0.0


def _centred(values: Tokens) -> Tokens:
    deviation = values / _largest(values)
    deviation -= deviation.mean()
    largest = _largest(deviation)
    return deviation / largest if largest else deviation
