"""What can be asked of a neuron: leaves, and the trees that `and`, `or` and `not` make of them.

Every condition is true or false of a neuron, never unknown: what is not in the graph meets no
range and no pattern, and so meets its negation. `cypher.patterns.tests` says it in Cypher.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cypher.patterns.tries import FIRING, Repeats, TokenPattern, Unconnected
from cypher.patterns.values import Between, Link, Relation, Side, Statistic, TokenSet, Within


@dataclass(frozen=True, slots=True)
class AllOf:
    """It meets every one of these; if there is none, it does."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """It meets at least one of these; if there is none, it does not."""

    parts: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """It does not meet this."""

    part: Condition


@dataclass(frozen=True, slots=True)
class InModel:
    """It belongs to this model."""

    model_id: str


@dataclass(frozen=True, slots=True)
class InLayer:
    """It belongs to this layer."""

    layer_id: str


@dataclass(frozen=True, slots=True)
class HasId:
    """It is one of these."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayerBetween:
    """Its layer's block is in this range."""

    blocks: Between


@dataclass(frozen=True, slots=True)
class OfLayerKind:
    """Its layer is of this kind."""

    kind: str
    """`mlp`, `sae` or `transcoder`."""


@dataclass(frozen=True, slots=True)
class StatisticBetween:
    """A statistic is known and in this range."""

    statistic: Statistic
    values: Between


@dataclass(frozen=True, slots=True)
class LinkedTo:
    """One relationship of this type leads from it to one of these tokens."""

    link: Link
    tokens: TokenSet | None
    """Null for any token."""
    within: tuple[Within, ...] = ()
    """Ranges of the relationship's own properties, all of one relationship."""


class HeldOut(StrEnum):
    """Texts that token graphs are judged on, by what begins the names of their columns."""

    TOP = ""
    """Those on which the neuron fires most."""
    RANDOM = "random_"


@dataclass(frozen=True, slots=True)
class TokenGraphF1Between:
    """One of its token graphs has an f1 in this range."""

    values: Between
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
class Explained:
    """One of its explanations meets all of this; if nothing is given, it has one."""

    contains: str | None = None
    """A part of the sentence, in upper or lower case."""
    explainer: str | None = None
    explainer_model: str | None = None
    score: Between | None = None
    score_kind: str | None = None
    """Which score is meant, such as `detection`; null for the headline score."""


@dataclass(frozen=True, slots=True)
class Related:
    """A relationship joins it to another neuron that itself meets a condition."""

    relation: Relation
    side: Side
    to: Condition
    within: tuple[Within, ...] = ()
    same_layer: bool | None = None
    """Whether the two are of one layer; null if that does not matter."""


@dataclass(frozen=True, slots=True)
class ContextOfLength:
    """A pattern of one of its token graphs that fires looks so many tokens back.

    Its length is how far its end stands behind the activating node: 0 if that is its end.
    """

    lengths: Between
    activation: Between = FIRING


Condition = (
    AllOf
    | AnyOf
    | Not
    | InModel
    | InLayer
    | HasId
    | LayerBetween
    | OfLayerKind
    | StatisticBetween
    | LinkedTo
    | TokenGraphF1Between
    | WorseThanBigrams
    | Lacks
    | Explained
    | Related
    | ContextOfLength
    | TokenPattern
    | Repeats
    | Unconnected
)
