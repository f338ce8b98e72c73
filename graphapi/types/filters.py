"""Which neurons, in which order: inputs, and the conditions that they stand for."""

from __future__ import annotations

from enum import Enum

import strawberry

from cypher.errors import IdError
from cypher.ids import word_id
from cypher.patterns import (
    AllOf,
    Condition,
    FiresOnToken,
    FiresOnWord,
    HeldOut,
    InModel,
    Lacks,
    LayerBetween,
    NeuronOrder,
    OfLayerKind,
    Statistic,
    StatisticBetween,
    TokenGraphF1Between,
    WorseThanBigrams,
)
from graphapi.errors import UserError


@strawberry.input(description="Whole numbers from `min` to `max`, both included.")
class IntRange:
    min: int | None = strawberry.field(default=None, description="The least; null for no bound.")
    max: int | None = strawberry.field(default=None, description="The most; null for no bound.")


@strawberry.input(description="Numbers from `min` to `max`, both included.")
class FloatRange:
    min: float | None = strawberry.field(default=None, description="The least; null for no bound.")
    max: float | None = strawberry.field(default=None, description="The most; null for no bound.")


@strawberry.input(
    name="NeuronFilter", description="Conditions on a neuron, all of which have to hold."
)
class NeuronFilterInput:
    model: strawberry.ID | None = strawberry.field(
        default=None, description="It belongs to this model."
    )
    layer_index: IntRange | None = strawberry.field(
        default=None, description="Its layer's transformer block, from 0."
    )
    layer_kind: str | None = strawberry.field(
        default=None, description="Its layer is `mlp`, `sae` or `transcoder`."
    )
    fires_on_token: str | None = strawberry.field(
        default=None, description="It fires on the token with this exact text."
    )
    fires_on_word: str | None = strawberry.field(
        default=None, description="It fires on a token of this word, however it is written."
    )
    max_activation: FloatRange | None = strawberry.field(
        default=None, description="Its largest activation."
    )
    min_activation: FloatRange | None = strawberry.field(
        default=None, description="Its smallest activation."
    )
    mean_activation: FloatRange | None = strawberry.field(
        default=None, description="Its mean activation."
    )
    variance: FloatRange | None = strawberry.field(
        default=None, description="Population variance of its activation."
    )
    skewness: FloatRange | None = strawberry.field(
        default=None, description="Third standardised moment of its activation."
    )
    kurtosis: FloatRange | None = strawberry.field(
        default=None, description="Fourth standardised moment of its activation."
    )
    density: FloatRange | None = strawberry.field(
        default=None, description="Share of tokens on which its activation is above zero."
    )
    token_graph_f1: FloatRange | None = strawberry.field(
        default=None,
        description="f1 of one of its token graphs on held-out texts on which it fires most.",
    )
    token_graph_random_f1: FloatRange | None = strawberry.field(
        default=None, description="f1 of one of its token graphs on random held-out texts."
    )
    worse_than_bigrams: bool | None = strawberry.field(
        default=None,
        description="On held-out texts on which it fires most, one of its token graphs has a "
        "lower f1 than a table of token pairs; if false, one has not.",
    )
    lacks: str | None = strawberry.field(
        default=None,
        description="This was looked for about it and is not there: `token_graph`, `examples`, …",
    )


@strawberry.enum(description="What neurons are sorted by.")
class NeuronOrderField(Enum):
    ID = strawberry.enum_value("id", description="Model, block, layer, index.")
    MAX_ACTIVATION = strawberry.enum_value("max_activation", description="Largest activation.")
    MIN_ACTIVATION = strawberry.enum_value("min_activation", description="Smallest activation.")
    MEAN_ACTIVATION = strawberry.enum_value("mean_activation", description="Mean activation.")
    VARIANCE = strawberry.enum_value("variance", description="Population variance.")
    SKEWNESS = strawberry.enum_value("skewness", description="Third moment.")
    KURTOSIS = strawberry.enum_value("kurtosis", description="Fourth moment.")
    DENSITY = strawberry.enum_value(
        "density", description="Share of tokens with an activation above zero."
    )


@strawberry.enum(description="A direction of sorting.")
class Direction(Enum):
    ASC = strawberry.enum_value("asc", description="The smallest first.")
    DESC = strawberry.enum_value("desc", description="The largest first.")


@strawberry.input(
    name="NeuronOrder",
    description="How neurons are sorted. Those without a value come last; ties are by id.",
)
class NeuronOrderInput:
    field: NeuronOrderField = strawberry.field(
        default=NeuronOrderField.ID, description="What they are sorted by."
    )
    direction: Direction = strawberry.field(
        default=Direction.ASC, description="The direction of sorting."
    )


def conditions(given: NeuronFilterInput | None) -> AllOf:
    """What a filter asks for. Raises UserError if no word can be what it names."""
    if given is None:
        return AllOf()
    found: list[Condition] = []
    if given.model is not None:
        found.append(InModel(given.model))
    if given.layer_index is not None:
        found.append(LayerBetween(given.layer_index.min, given.layer_index.max))
    if given.layer_kind is not None:
        found.append(OfLayerKind(given.layer_kind))
    if given.fires_on_token is not None:
        found.append(FiresOnToken(given.fires_on_token))
    if given.fires_on_word is not None:
        found.append(FiresOnWord(normal_form(given.fires_on_word)))
    for statistic in Statistic:
        bounds: FloatRange | None = getattr(given, statistic)
        if bounds is not None:
            found.append(StatisticBetween(statistic, bounds.min, bounds.max))
    for texts, bounds in (
        (HeldOut.TOP, given.token_graph_f1),
        (HeldOut.RANDOM, given.token_graph_random_f1),
    ):
        if bounds is not None:
            found.append(TokenGraphF1Between(bounds.min, bounds.max, texts))
    if given.worse_than_bigrams is not None:
        found.append(WorseThanBigrams(given.worse_than_bigrams))
    if given.lacks is not None:
        found.append(Lacks(given.lacks))
    return AllOf(tuple(found))


def order(given: NeuronOrderInput | None) -> NeuronOrder:
    """The order that a client asks for; by id if it asks for none."""
    if given is None:
        return NeuronOrder()
    by = None if given.field is NeuronOrderField.ID else Statistic[given.field.name]
    return NeuronOrder(by, descending=given.direction is Direction.DESC)


def normal_form(text: str) -> str:
    """The word that a text is a form of. Raises UserError if it is empty."""
    try:
        return word_id(text)
    except IdError as error:
        raise UserError(f"a word is expected; {text!r} is empty.") from error
