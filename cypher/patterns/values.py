"""What conditions are made of: ranges, sets of tokens, and the names that they may use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Between:
    """A range of numbers, both ends included; null leaves an end open."""

    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class TokenSet:
    """Tokens, by their exact texts or by their words."""

    texts: tuple[str, ...]
    """Exact texts, or normal forms as `cypher.ids.word_id` makes them; without repetition."""
    words: bool = False
    """Whether `texts` are words, each of which stands for all of its tokens."""


class Statistic(StrEnum):
    """A property of neurons that can be compared and sorted by."""

    MAX_ACTIVATION = "max_activation"
    MIN_ACTIVATION = "min_activation"
    MEAN_ACTIVATION = "mean_activation"
    VARIANCE = "variance"
    SKEWNESS = "skewness"
    KURTOSIS = "kurtosis"
    DENSITY = "density"

    def of(self, neuron: str = "n") -> str:
        """Its value for the variable `neuron`.

        0.0 is added because Neo4j takes -0.0 for less than 0.0, and yet for its equal: a page
        behind one would begin with the other again. A sum of the two is 0.0.
        """
        return f"({neuron}.{self} + 0.0)"


class Link(StrEnum):
    """A relationship from a neuron to a token."""

    ACTIVATES_ON = "ACTIVATES_ON"
    CONDITIONED_ON = "CONDITIONED_ON"
    READS = "READS"
    WRITES = "WRITES"


class Relation(StrEnum):
    """A relationship from a neuron to a neuron."""

    SIMILAR_TO = "SIMILAR_TO"
    CONNECTS_TO = "CONNECTS_TO"


class Side(StrEnum):
    """On which side of a relation the neuron stands that is asked about."""

    SOURCE = "source"
    TARGET = "target"
    EITHER = "either"


class LinkProperty(StrEnum):
    """A property of a relationship that can be bounded."""

    ACTIVATION = "activation"
    IMPORTANCE = "importance"
    DISTANCE = "distance"
    WEIGHT = "weight"
    RANK = "rank"
    SIMILARITY = "similarity"
    SHARED = "n_shared"


@dataclass(frozen=True, slots=True)
class Within:
    """A property of a relationship is known and in this range."""

    property: LinkProperty
    values: Between
