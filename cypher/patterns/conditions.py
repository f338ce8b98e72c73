"""What can be asked of a neuron. `cypher.patterns.clauses` says it in Cypher."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Statistic(StrEnum):
    """A property of neurons that can be compared and sorted by."""

    MAX_ACTIVATION = "max_activation"
    MIN_ACTIVATION = "min_activation"
    MEAN_ACTIVATION = "mean_activation"
    VARIANCE = "variance"
    SKEWNESS = "skewness"
    KURTOSIS = "kurtosis"
    DENSITY = "density"

    @property
    def of_neuron(self) -> str:
        """Its value for a neuron `n`.

        0.0 is added because Neo4j takes -0.0 for less than 0.0, and yet for its equal: a page
        behind one would begin with the other again. A sum of the two is 0.0.
        """
        return f"(n.{self} + 0.0)"


@dataclass(frozen=True, slots=True)
class InModel:
    """It belongs to this model."""

    model_id: str


@dataclass(frozen=True, slots=True)
class LayerBetween:
    """Its layer's block is in this range, both ends included; null leaves an end open."""

    least: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class OfLayerKind:
    """Its layer is of this kind."""

    kind: str
    """`mlp`, `sae` or `transcoder`."""


@dataclass(frozen=True, slots=True)
class StatisticBetween:
    """A statistic is known and in this range, both ends included; null leaves an end open."""

    statistic: Statistic
    least: float | None
    most: float | None


@dataclass(frozen=True, slots=True)
class FiresOnToken:
    """Its token graphs say that it fires on this token."""

    token: str
    """Exact text, leading space kept."""


@dataclass(frozen=True, slots=True)
class FiresOnWord:
    """Its token graphs say that it fires on a token of this word."""

    word: str
    """Normal form, as `cypher.ids.word_id` makes it."""


class HeldOut(StrEnum):
    """Texts that token graphs are judged on, by what begins the names of their columns."""

    TOP = ""
    """Those on which the neuron fires most."""
    RANDOM = "random_"


@dataclass(frozen=True, slots=True)
class TokenGraphF1Between:
    """One of its token graphs has an f1 in this range, both ends included."""

    least: float | None
    most: float | None
    texts: HeldOut = HeldOut.TOP


@dataclass(frozen=True, slots=True)
class WorseThanBigrams:
    """One of its token graphs predicts worse than a table of bigrams, or at least as well."""

    worse: bool
    texts: HeldOut = HeldOut.TOP


@dataclass(frozen=True, slots=True)
class Lacks:
    """A run looked for something of this kind about it and did not find it."""

    kind: str
    """`token_graph`, `examples`, `explanation`, …"""


@dataclass(frozen=True, slots=True)
class AllOf:
    """It meets every one of these; if there is none, it does."""

    parts: tuple[Condition, ...] = ()


Condition = (
    InModel
    | LayerBetween
    | OfLayerKind
    | StatisticBetween
    | FiresOnToken
    | FiresOnWord
    | TokenGraphF1Between
    | WorseThanBigrams
    | Lacks
    | AllOf
)
