"""Tokens and words, and the neurons that fire on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from graphapi.context import Info, reading
from graphapi.paging import After, Connection, First

if TYPE_CHECKING:
    from graphapi.types.neurons import Neuron

LazyNeuron = Annotated["Neuron", strawberry.lazy("graphapi.types.neurons")]


@strawberry.type(description="A neuron that fires on a token.")
class FiringNeuronEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    activation: float = strawberry.field(description="Share of the neuron's maximum, 0 to 1.")
    rank: int = strawberry.field(description="Place of the token among the neuron's, from 1.")
    token_rank: int = strawberry.field(
        description="Place of the neuron among those of its model that fire on the token, from 1."
    )
    node: LazyNeuron = strawberry.field(description="The neuron.")


@strawberry.type(description="A page of neurons that fire on a token, the strongest first.")
class FiringNeuronConnection(Connection[FiringNeuronEdge]):
    pass


@strawberry.type(description="A neuron that fires on a token of a word.")
class WordNeuronEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    activation: float = strawberry.field(
        description="Its strongest on a token of the word, a share of its maximum, 0 to 1."
    )
    node: LazyNeuron = strawberry.field(description="The neuron.")


@strawberry.type(
    description="A page of neurons that fire on a word, each once, the strongest first."
)
class WordNeuronConnection(Connection[WordNeuronEdge]):
    pass


@strawberry.type(description="A neuron that fires in the context of a token.")
class ConditionedNeuronEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    importance: float = strawberry.field(
        description="Share of the activation that is lost without the token, up to 1."
    )
    distance: int = strawberry.field(
        description="Nearest occurrence, in tokens back from the activating one."
    )
    rank: int = strawberry.field(
        description="Place of the token among the neuron's context tokens, from 1."
    )
    node: LazyNeuron = strawberry.field(description="The neuron.")


@strawberry.type(
    description="A page of neurons that fire in the context of a token, the most dependent first."
)
class ConditionedNeuronConnection(Connection[ConditionedNeuronEdge]):
    pass


@strawberry.type(description="A neuron whose weights tie it to a token.")
class WeightedNeuronEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    weight: float = strawberry.field(
        description="Signed: above 0 drives the neuron, or makes the token likelier when it fires."
    )
    rank: int = strawberry.field(
        description="Place of the token by size, whatever the sign, among the neuron's, from 1."
    )
    node: LazyNeuron = strawberry.field(description="The neuron.")


@strawberry.type(
    description="A page of neurons whose weights tie them to a token, the largest first."
)
class WeightedNeuronConnection(Connection[WeightedNeuronEdge]):
    pass


@strawberry.type(description="A token: an exact text, shared by all models.")
class Token:
    text: strawberry.ID = strawberry.field(
        description="Its exact text, leading space kept; a byte that is no text is `<0xE2>`."
    )

    @strawberry.field(description="The normal form that it shares with other tokens.")
    async def word(self, info: Info) -> Word | None:
        row = await reading(info).row("tokens_by_text", "token", self.text)
        return Word(text=row["word"]) if row and row["word"] is not None else None

    @strawberry.field(description="The neurons that fire on it, the strongest first.")
    async def neurons(
        self, info: Info, first: First = 20, after: After = None
    ) -> FiringNeuronConnection:
        from graphapi.types.firing import firing_on_token  # noqa: PLC0415  it imports us

        return await firing_on_token(info, self.text, first, after)

    @strawberry.field(description="The neurons that fire in its context.")
    async def conditions(
        self, info: Info, first: First = 20, after: After = None
    ) -> ConditionedNeuronConnection:
        from graphapi.types.firing import conditioned_on_token  # noqa: PLC0415  it imports us

        return await conditioned_on_token(info, self.text, first, after)

    @strawberry.field(
        description="The neurons that its embedding drives, or holds back, among the tokens that "
        "do so most, by the weights alone; the largest weights first."
    )
    async def read_by(
        self, info: Info, first: First = 20, after: After = None
    ) -> WeightedNeuronConnection:
        from graphapi.types.firing import weighted_by  # noqa: PLC0415  it imports us

        return await weighted_by(info, "read_by", self.text, first, after)

    @strawberry.field(
        description="The neurons that make it likelier, or less likely, when they fire, among the "
        "tokens that they move most, by the weights alone; the largest weights first."
    )
    async def written_by(
        self, info: Info, first: First = 20, after: After = None
    ) -> WeightedNeuronConnection:
        from graphapi.types.firing import weighted_by  # noqa: PLC0415  it imports us

        return await weighted_by(info, "written_by", self.text, first, after)


@strawberry.type(description="A word: the stripped, casefolded form that tokens share.")
class Word:
    text: strawberry.ID = strawberry.field(description="The normal form.")

    @strawberry.field(description="The tokens that share it.")
    async def tokens(self, info: Info) -> list[Token]:
        rows = await reading(info).rows("tokens_of_words", "word", self.text)
        return [Token(text=row["token"]) for row in rows]

    @strawberry.field(
        description="The neurons that fire on any of its tokens, each once, the strongest first."
    )
    async def neurons(
        self, info: Info, first: First = 20, after: After = None
    ) -> WordNeuronConnection:
        from graphapi.types.firing import firing_on_word  # noqa: PLC0415  it imports us

        return await firing_on_word(info, self.text, first, after)
