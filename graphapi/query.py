"""The ways in."""

from __future__ import annotations

from typing import Annotated

import strawberry

from cypher.errors import IdError
from cypher.ids import parse_neuron_id
from graphapi.breadth.early import presumed
from graphapi.context import Info, reading
from graphapi.cursors import decode_cursor, encode_cursor
from graphapi.errors import UserError
from graphapi.paging import After, First, cut, page_info, page_size
from graphapi.types.associations import Layers
from graphapi.types.circuits import Circuit, CircuitConnection, circuit_by_id, circuits
from graphapi.types.comparison import (
    NeuronComparison,
    TokenGraphComparison,
    compare_neurons,
    compare_token_graphs,
)
from graphapi.types.facets import Facets
from graphapi.types.filters import NeuronFilterInput, NeuronOrderInput, normal_form
from graphapi.types.filters_parts import IntRange
from graphapi.types.firing_on_text import (
    FIRING,
    Text,
    TextNeuronConnection,
    Tokens,
    neurons_firing_on,
)
from graphapi.types.made import made
from graphapi.types.models import Model, model_by_id
from graphapi.types.neuron_list import NeuronConnection, matching, neurons
from graphapi.types.neurons import PROPERTIES, Neuron
from graphapi.types.node import Node
from graphapi.types.nodes import nodes_by_id
from graphapi.types.reviews import Review, ReviewConnection, reviews
from graphapi.types.runs import IngestRun, IngestRunConnection, IngestRunEdge
from graphapi.types.search import (
    ExplanationConnection,
    ExplanationFilterInput,
    TokenConnection,
    TokenFilterInput,
    WordConnection,
    explanations_like,
    tokens_like,
    words_like,
)
from graphapi.types.sharing import SharingNeuronConnection, neurons_sharing_tokens
from graphapi.types.state import GraphState, graph_state
from graphapi.types.tokens import Token, Word

_LATEST = ("~", "")
"""Before every run: no ISO date sorts behind a tilde."""


def _argument(description: str) -> object:
    return strawberry.argument(description=description)


@strawberry.type(description="The graph of what is known of the neurons of language models.")
class Query:
    @strawberry.field(description="Every model.")
    async def models(self, info: Info) -> list[Model]:
        limit = info.context.settings.max_page
        rows = await info.context.reader.statement("models", limit=limit)
        return [made(Model, row) for row in rows]

    @strawberry.field(description="A model; null if there is none of this id.")
    async def model(
        self, info: Info, id: Annotated[strawberry.ID, _argument("Such as `stories260K`.")]
    ) -> Model | None:
        return await model_by_id(info, id)

    @strawberry.field(description="A neuron; null if there is none of this id.")
    @presumed(Neuron, waiting=PROPERTIES)
    async def neuron(
        self, info: Info, id: Annotated[strawberry.ID, _argument("Such as `stories260K/3/17`.")]
    ) -> Neuron | None:
        try:
            parse_neuron_id(id)
        except IdError as error:
            raise UserError(str(error)) from error
        row = await reading(info).row("neurons_by_id", "id", id)
        return Neuron(id=id, row=row) if row else None

    @strawberry.field(
        description="Up to 1,000 nodes of any kind in one go, each in the place of its id; null "
        "where there is none."
    )
    async def nodes(
        self, info: Info, ids: Annotated[list[strawberry.ID], _argument("Their ids.")]
    ) -> list[Node | None]:
        return await nodes_by_id(info, ids)

    @strawberry.field(description="Neurons that meet a filter.")
    async def neurons(
        self,
        info: Info,
        where: Annotated[NeuronFilterInput | None, _argument("The filter; null for all.")] = None,
        order_by: Annotated[NeuronOrderInput | None, _argument("The order; null: by id.")] = None,
        first: First = 20,
        after: After = None,
    ) -> NeuronConnection:
        return await neurons(info, where, order_by, first, after)

    @strawberry.field(description="Counts over the neurons that meet a filter.")
    async def facets(
        self,
        info: Info,
        where: Annotated[NeuronFilterInput | None, _argument("The filter; null for all.")] = None,
    ) -> Facets:
        return Facets(matched=await matching(info, where))

    @strawberry.field(description="Two neurons side by side: the tokens that they fire on.")
    async def compare_neurons(
        self,
        info: Info,
        first: Annotated[strawberry.ID, _argument("The first neuron.")],
        second: Annotated[strawberry.ID, _argument("The second neuron.")],
    ) -> NeuronComparison:
        return await compare_neurons(info, first, second)

    @strawberry.field(
        description="Two token graphs side by side: the patterns that they share, and those that "
        "one of them has alone."
    )
    async def compare_token_graphs(
        self,
        info: Info,
        first: Annotated[strawberry.ID, _argument("The first token graph.")],
        second: Annotated[strawberry.ID, _argument("The second token graph.")],
    ) -> TokenGraphComparison:
        return await compare_token_graphs(info, first, second)

    @strawberry.field(
        description="Text in, neurons out: those that fire on a text, as their token graphs say, "
        "the strongest first."
    )
    async def neurons_firing_on(
        self,
        info: Info,
        *,
        model: Annotated[strawberry.ID, _argument("Such as `stories260K`.")],
        text: Text = None,
        tokens: Tokens = None,
        min_activation: Annotated[
            float, _argument("The share of its maximum from which on a neuron fires.")
        ] = FIRING,
        layer_index: Annotated[
            IntRange | None, _argument("Their layer's transformer block, from 0; null for any.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> TextNeuronConnection:
        return await neurons_firing_on(
            info,
            model,
            text,
            tokens,
            min_activation=min_activation,
            layer_index=layer_index,
            first=first,
            after=after,
        )

    @strawberry.field(
        description="The neurons of its model that fire on several of the tokens that a neuron "
        "fires on, those that share most first."
    )
    async def neurons_sharing_tokens(
        self,
        info: Info,
        *,
        neuron: Annotated[strawberry.ID, _argument("The neuron: `stories260K/3/17`.")],
        min: Annotated[int, _argument("How many tokens they share with it at least.")] = 3,
        layers: Annotated[Layers, _argument("Which layers they may be of.")] = Layers.OTHER,
        first: First = 20,
        after: After = None,
    ) -> SharingNeuronConnection:
        return await neurons_sharing_tokens(
            info, neuron, least=min, layers=layers, first=first, after=after
        )

    @strawberry.field(description="A token; null if no neuron, text or token graph has it.")
    @presumed(Token)
    async def token(
        self,
        info: Info,
        text: Annotated[str, _argument("Its exact text: a leading space matters.")],
    ) -> Token | None:
        row = await reading(info).row("tokens_by_text", "token", text)
        return Token(text=row["token"]) if row else None

    @strawberry.field(description="Tokens by what their texts are like, by text.")
    async def tokens(
        self,
        info: Info,
        where: Annotated[TokenFilterInput, _argument("What their texts are like.")],
        first: First = 20,
        after: After = None,
    ) -> TokenConnection:
        return await tokens_like(info, where, first, after)

    @strawberry.field(description="Words by what their normal forms are like, by text.")
    async def words(
        self,
        info: Info,
        where: Annotated[TokenFilterInput, _argument("What they are like.")],
        first: First = 20,
        after: After = None,
    ) -> WordConnection:
        return await words_like(info, where, first, after)

    @strawberry.field(description="Explanations of whatever neurons, the best scored first.")
    async def explanations(
        self,
        info: Info,
        where: Annotated[ExplanationFilterInput, _argument("What they are like.")],
        first: First = 20,
        after: After = None,
    ) -> ExplanationConnection:
        return await explanations_like(info, where, first, after)

    @strawberry.field(description="A word; null if no token of the graph is a form of it.")
    @presumed(lambda text: Word(text=strawberry.ID(normal_form(text))))
    async def word(
        self,
        info: Info,
        text: Annotated[
            str, _argument("A form of it: case, and space at its ends, do not matter.")
        ],
    ) -> Word | None:
        row = await reading(info).row("words_by_text", "word", normal_form(text))
        return Word(text=row["word"]) if row else None

    @strawberry.field(description="A circuit; null if there is none of this id.")
    async def circuit(
        self, info: Info, id: Annotated[strawberry.ID, _argument("Its slug.")]
    ) -> Circuit | None:
        return await circuit_by_id(info, id)

    @strawberry.field(description="Circuits: attribution graphs for prompts, by id.")
    async def circuits(
        self,
        info: Info,
        model: Annotated[
            strawberry.ID | None, _argument("The model that they were traced in; null for any.")
        ] = None,
        first: First = 20,
        after: After = None,
    ) -> CircuitConnection:
        return await circuits(info, model, first, after)

    @strawberry.field(description="The runs that made the graph, the latest first.")
    async def runs(self, info: Info, first: First = 20, after: After = None) -> IngestRunConnection:
        size = page_size(first, info.context.settings)
        before, run = _LATEST if after is None else decode_cursor("runs", (str, str), after)
        found = await info.context.reader.statement(
            "runs", before=before, after=run, limit=size + 1
        )
        rows, more = cut(found, size)
        cursors = [encode_cursor("runs", [row["started_at"] or "", row["id"]]) for row in rows]
        edges = [
            IngestRunEdge(cursor=cursor, node=made(IngestRun, row))
            for row, cursor in zip(rows, cursors, strict=True)
        ]
        return IngestRunConnection(
            edges=edges, page_info=page_info(cursors, more=more, after=after)
        )

    @strawberry.field(description="Explanations that should be looked at, for one reason.")
    async def reviews(
        self,
        info: Info,
        why: Annotated[Review, _argument("The reason.")],
        first: First = 20,
        after: After = None,
    ) -> ReviewConnection:
        return await reviews(info, why, first, after)

    @strawberry.field(description="What is loaded, and whether a load has not ended.")
    async def graph(self, info: Info) -> GraphState:
        return await graph_state(info)
