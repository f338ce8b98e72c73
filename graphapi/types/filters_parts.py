"""What filters of neurons are made of: ranges, sets of tokens, and what hangs on one of them."""

from __future__ import annotations

import strawberry

_TEXTS = "Exact texts, a leading space kept; any of them will do."
_WORDS = "Words, however they are written; a token of any of them will do."


@strawberry.input(description="Whole numbers from `min` to `max`, both included.")
class IntRange:
    min: int | None = strawberry.field(default=None, description="The least; null for no bound.")
    max: int | None = strawberry.field(default=None, description="The most; null for no bound.")


@strawberry.input(description="Numbers from `min` to `max`, both included.")
class FloatRange:
    min: float | None = strawberry.field(default=None, description="The least; null for no bound.")
    max: float | None = strawberry.field(default=None, description="The most; null for no bound.")


@strawberry.input(description='Tokens, by text or by word: `{tokens: [" play"], words: ["game"]}`.')
class TokenSetInput:
    tokens: list[str] | None = strawberry.field(default=None, description=_TEXTS)
    words: list[str] | None = strawberry.field(default=None, description=_WORDS)


@strawberry.input(
    name="FiringFilter",
    description="A token that a neuron fires on, as its token graphs say. Hard on a form of "
    '“play”: `{words: ["play"], activation: {min: 0.8}}`. Without tokens or words, any token.',
)
class FiringInput(TokenSetInput):
    activation: FloatRange | None = strawberry.field(
        default=None, description="How hard it fires on it: share of its maximum, 0 to 1."
    )
    rank: IntRange | None = strawberry.field(
        default=None, description="The token's place among the neuron's, from 1: `{max: 3}`."
    )


@strawberry.input(
    name="ConditioningFilter",
    description="A token in whose context a neuron fires. Right after “ not”: "
    '`{tokens: [" not"], distance: {max: 1}}`. Without tokens or words, any token.',
)
class ConditioningInput(TokenSetInput):
    distance: IntRange | None = strawberry.field(
        default=None,
        description="Where the token stands nearest, in tokens back from the one that it fires on.",
    )
    importance: FloatRange | None = strawberry.field(
        default=None, description="Share of the activation that is lost without it, up to 1."
    )
    rank: IntRange | None = strawberry.field(
        default=None, description="The token's place among the neuron's, from 1."
    )


@strawberry.input(
    name="TokenWeightFilter",
    description="A token that a neuron reads or writes by its weights, among those with the "
    'largest weights. It makes “ play” likelier: `{tokens: [" play"], weight: {min: 0}}`. '
    "Without tokens or words, any token.",
)
class TokenWeightInput(TokenSetInput):
    weight: FloatRange | None = strawberry.field(default=None, description="Signed weight.")
    rank: IntRange | None = strawberry.field(
        default=None, description="The token's place among the neuron's, from 1."
    )


@strawberry.input(
    name="ContextTokenFilter",
    description="Tokens somewhere before the one that fires. “ not” at most 3 back: "
    '`{tokens: [" not"], distance: {max: 3}}`.',
)
class ContextTokenInput(TokenSetInput):
    distance: IntRange | None = strawberry.field(
        default=None,
        description="In tokens back from the one that fires, from 1 (right before it) to 30; "
        "null for anywhere.",
    )


@strawberry.input(
    name="TokenPatternFilter",
    description="A pattern by position. A pattern of a token graph is a way from an activating "
    "node back to a node that ends one (`isEnd`, with an activation); its nodes stand at the "
    "distances 0, 1, 2 … tokens back, and a node names the tokens that it accepts, or none if it "
    "accepts any. One pattern of one of the neuron's token graphs has to do everything: it fires "
    "with an `activation` in the range; its activating node names a token of `firesOn`; for each "
    "of `when` a node at such a distance names one of the tokens; for each of `without` no node "
    "at such a distance does. It fires on “ play” after “ to”, with no “ not” within 5 tokens: "
    '`{firesOn: {tokens: [" play"]}, when: [{tokens: [" to"], distance: {max: 1}}], '
    'without: [{tokens: [" not"], distance: {max: 5}}]}`.',
)
class TokenPatternInput:
    fires_on: TokenSetInput | None = strawberry.field(
        default=None, description="What the activating node names; null for any token."
    )
    when: list[ContextTokenInput] | None = strawberry.field(
        default=None, description="What stands before it: every one of these."
    )
    without: list[ContextTokenInput] | None = strawberry.field(
        default=None, description="What the pattern does not ask for: none of these."
    )
    activation: FloatRange | None = strawberry.field(
        default=None,
        description="Activation at the pattern's end, as a share of the neuron's maximum; null "
        "for at least 0.5, which counts as firing. `{max: 0}` finds what keeps it from firing.",
    )


@strawberry.input(
    name="NeuronExplanationFilter",
    description="One explanation of a neuron that meets all of this. About animals, and good: "
    '`{contains: "animal", score: {min: 0.5}}`. `{}` means that it has an explanation.',
)
class ExplanationInput:
    contains: str | None = strawberry.field(
        default=None, description="A part of the sentence, in upper or lower case."
    )
    explainer: str | None = strawberry.field(
        default=None, description="The method that made it: `template`, `openai`, …"
    )
    explainer_model: str | None = strawberry.field(
        default=None, description="The language model that wrote it."
    )
    score: FloatRange | None = strawberry.field(
        default=None, description="Its headline score, or that of `scoreKind`."
    )
    score_kind: str | None = strawberry.field(
        default=None,
        description="Which score is meant: `ev_correlation`, `detection`, … Without `score`, that "
        "there is one.",
    )
