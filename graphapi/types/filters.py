"""Which neurons, in which order: the inputs. `graphapi.types.filters_read` says what they mean."""

from __future__ import annotations

from enum import Enum

import strawberry

from cypher.errors import IdError
from cypher.ids import word_id
from cypher.patterns import NeuronOrder, Statistic
from graphapi.errors import UserError
from graphapi.types.associations import Layers
from graphapi.types.filters_parts import (
    ConditioningInput,
    ExplanationInput,
    FiringInput,
    FloatRange,
    IntRange,
    TokenPatternInput,
    TokenWeightInput,
)


@strawberry.input(
    name="NeuronFilter",
    description="Conditions on a neuron, all of which have to hold; `{}` is met by every neuron. "
    "Each is true or false of a neuron, never unknown: one without a value is in no range, and "
    "so meets the `not` of it. It fires on “play”, was explained badly or not at all, and is no "
    'latent: `{firesOnWord: "play", not: {or: [{explanation: {score: {min: 0.5}}}, '
    '{layerKind: "sae"}]}}`.',
)
class NeuronFilterInput:
    and_: list[NeuronFilterInput] | None = strawberry.field(
        name="and", default=None, description="It meets every one of these."
    )
    or_: list[NeuronFilterInput] | None = strawberry.field(
        name="or", default=None, description="It meets at least one of these; of none, it does not."
    )
    not_: NeuronFilterInput | None = strawberry.field(
        name="not", default=None, description="It does not meet this."
    )
    ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description='It is one of these: `["stories260K/3/17"]`.'
    )
    model: strawberry.ID | None = strawberry.field(
        default=None, description="It belongs to this model."
    )
    layer: strawberry.ID | None = strawberry.field(
        default=None, description="It belongs to this layer: `stories260K/3`."
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
    fires_on: FiringInput | None = strawberry.field(
        default=None, description="It fires on one of some tokens, and how hard."
    )
    conditioned_on: ConditioningInput | None = strawberry.field(
        default=None, description="It fires in the context of one of some tokens, and how near."
    )
    reads: TokenWeightInput | None = strawberry.field(
        default=None, description="The embedding of one of some tokens drives it, by its weights."
    )
    writes: TokenWeightInput | None = strawberry.field(
        default=None, description="It moves the logit of one of some tokens, by its weights."
    )
    pattern: TokenPatternInput | None = strawberry.field(
        default=None, description="A pattern of a token graph, token by token."
    )
    context_length: IntRange | None = strawberry.field(
        default=None,
        description="A pattern that fires (activation of at least 0.5) looks so many tokens back; "
        "0 is a pattern of one token.",
    )
    induction_like: bool | None = strawberry.field(
        default=None,
        description="Whether a pattern that fires names a token of its activating node again in "
        "its context: it fires on what has been there before.",
    )
    unconnected_patterns: IntRange | None = strawberry.field(
        default=None,
        description="One of its token graphs has so many activating nodes that share no token "
        "with another one, neither in themselves nor in what leads back from them. Polysemantic: "
        "`{min: 4}`.",
    )
    explanation: ExplanationInput | None = strawberry.field(
        default=None, description="It has such an explanation."
    )
    similar_to: SimilarInput | None = strawberry.field(
        default=None, description="It is similar to a neuron that itself meets a filter."
    )
    connects_to: ConnectionInput | None = strawberry.field(
        default=None,
        description="It drives, or holds back, a neuron of a later layer that itself meets a "
        "filter, by the weights.",
    )
    connected_from: ConnectionInput | None = strawberry.field(
        default=None,
        description="A neuron of an earlier layer that itself meets a filter drives it, or holds "
        "it back, by the weights, and lists it among those that it drives most.",
    )


@strawberry.input(
    name="SimilarFilter",
    description="Likeness to another neuron, which is symmetric: either has the other among those "
    'most like it. Like one neuron, in another layer: `{where: {ids: ["stories260K/0/57"]}, '
    "layers: OTHER, similarity: {min: 0.2}}`.",
)
class SimilarInput:
    where: NeuronFilterInput = strawberry.field(description="What the other neuron meets.")
    similarity: FloatRange | None = strawberry.field(default=None, description="From 0 to 1.")
    shared_tokens: IntRange | None = strawberry.field(
        default=None, description="How many tokens both fire on."
    )
    layers: Layers = strawberry.field(
        default=Layers.ANY, description="Which layers the other may be of."
    )


@strawberry.input(
    name="ConnectionFilter",
    description="A connection with another neuron, among those with the largest weights. It "
    'excites one that fires on “ play”: `{where: {firesOnToken: " play"}, weight: {min: 0}}`.',
)
class ConnectionInput:
    where: NeuronFilterInput = strawberry.field(description="What the other neuron meets.")
    weight: FloatRange | None = strawberry.field(default=None, description="Signed weight.")
    rank: IntRange | None = strawberry.field(
        default=None, description="Place among the connections that leave the same neuron, from 1."
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
