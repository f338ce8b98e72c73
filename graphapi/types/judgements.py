"""Judgements: whether a neuron fires in one text, as an explanation lets expect."""

from __future__ import annotations

import strawberry

from graphapi.types.runs import OfRun


@strawberry.type(description="A token of a text that was judged.")
class JudgedToken:
    text: str = strawberry.field(description="The token's exact text.")
    activation: float | None = strawberry.field(
        description="The neuron's own; null if the source does not say."
    )


@strawberry.type(
    description="Whether a neuron fires in one text, as judged by an explanation, beside the truth."
)
class Judgement(OfRun):
    id: strawberry.ID = strawberry.field(description="Explanation, source, kind and number.")
    source: str = strawberry.field(description="Who judged.")
    kind: str = strawberry.field(
        description="`detection`: does it fire; `fuzz`: are its tokens those that are marked."
    )
    number: int = strawberry.field(description="Place among those of its kind, from 1.")
    activating: bool = strawberry.field(description="The truth.")
    prediction: bool | None = strawberry.field(
        description="The judgement; null if none could be read."
    )
    probability: float | None = strawberry.field(
        description="That the judge gave it, 0 to 1; null if it gave none."
    )
    distance: int | None = strawberry.field(
        description="Decile of the activation, from least; null without any."
    )
    highlighted: bool = strawberry.field(description="Whether tokens were marked in the text.")
    scorer_model: str | None = strawberry.field(description="The language model that judged.")
    text: str | None = strawberry.field(description="The text; null if it is not known.")
    texts: strawberry.Private[list[str] | None]
    activations: strawberry.Private[list[float] | None]

    @strawberry.field(description="The text token by token; null if its tokens are not known.")
    def tokens(self) -> list[JudgedToken] | None:
        if self.texts is None:
            return None
        own: list[float | None] = [None] * len(self.texts)
        if self.activations is not None:
            own = [*self.activations]
        pairs = zip(self.texts, own, strict=True)
        return [JudgedToken(text=text, activation=activation) for text, activation in pairs]
