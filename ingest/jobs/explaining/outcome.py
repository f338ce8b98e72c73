"""What came out for one neuron."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ingest.explaining.answers import HIGHEST
from ingest.explaining.evidence import BOTH, RANDOM, TOP, Known, Passage
from ingest.explaining.scores import (
    EV_CORRELATION,
    EachTokens,
    Scored,
    balanced_accuracy,
    null_scores,
    scores,
    simulated,
)

DETECTION, FUZZING = "detection", "fuzzing"
CHANCE = 0.5
"""What answers that know nothing of the neuron reach in the mean, of a balanced accuracy."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Answers to detection or fuzzing."""

    kind: str
    answers: tuple[bool, ...]
    truth: tuple[bool, ...]

    @property
    def value(self) -> float | None:
        """Balanced accuracy."""
        return balanced_accuracy(self.answers, self.truth)


@dataclass(frozen=True, slots=True)
class Measured:
    """A score of simulations."""

    score: Scored
    null: float | None
    """The same simulation against the truth of other neurons."""
    examples: str
    """`top`, `random` or `both`."""
    n_examples: int


@dataclass(slots=True)
class Made:
    """An explanation, new or found in the pack, and what was measured of it."""

    id: str
    text: str
    about: tuple[str, ...] = ()
    """The tokens of the group of examples that it is about; empty if it is about all."""
    is_new: bool = True
    explainer: str = ""
    explainer_model: str | None = None
    prompt_version: str | None = None
    revises: str | None = None
    """Id of the explanation that it was made from."""
    kept: bool = True
    """Whether the neuron has it: not if it is a revision that scored no better."""
    scored: Sequence[Passage] = ()
    """The texts that it was simulated on."""
    expected: list[list[float]] = field(default_factory=list)
    """What it lets expect on each of them, 0 to 10; empty if it was not simulated."""
    measured: list[Measured] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)

    @property
    def headline(self) -> float | None:
        """Its correlation over all examples."""
        for one in self.measured:
            if one.score.kind == EV_CORRELATION and one.examples == BOTH:
                return one.score.value
        return None


@dataclass(slots=True)
class Outcome:
    """One neuron's explanations, and what it lacks."""

    neuron: str
    made: list[Made] = field(default_factory=list)
    lacks: dict[str, str] = field(default_factory=dict)
    """Why it has no `explanation`, or no `score`."""


def measured(known: Known, made: Made, others: Sequence[Sequence[EachTokens]]) -> list[Measured]:
    """Every score of an explanation's simulations, by kind of example, beside its null."""
    scale = known.maximum / HIGHEST
    sequences = [
        simulated([scale * value for value in expected], passage.activations)
        for expected, passage in zip(made.expected, made.scored, strict=True)
    ]
    buckets = [passage.bucket for passage in made.scored]
    found = []
    for examples in (TOP, RANDOM, BOTH):
        chosen = [examples in (BOTH, bucket) for bucket in buckets]
        count = sum(chosen)
        if not count:
            continue
        nulls = null_scores(sequences, others, chosen)
        for score, null in zip(scores(sequences, chosen), nulls, strict=True):
            found.append(Measured(score, null.value, examples, count))
    return found
