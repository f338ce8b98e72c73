"""Neurons, and everything that hangs on them."""

from __future__ import annotations

from typing import Annotated

import strawberry

from cypher import ids
from graphapi.context import Info, reading
from graphapi.paging import After, First, page_size
from graphapi.reader import Row
from graphapi.types.associations import (
    ActivatingTokenConnection,
    ActivatingTokenEdge,
    ContextTokenConnection,
    ContextTokenEdge,
    Layers,
    SimilarNeuronConnection,
    SimilarNeuronEdge,
    ranked,
    similar,
)
from graphapi.types.examples import Example, examples_of
from graphapi.types.explanations import Explanation
from graphapi.types.made import made
from graphapi.types.measurements import Measurement, Statistics, measurements_of
from graphapi.types.models import Layer, layer_by_id
from graphapi.types.node import Node
from graphapi.types.runs import IngestRun, changed, run_by_id
from graphapi.types.token_graphs import TokenGraph, token_graphs_of
from graphapi.types.tokens import Token
from graphapi.types.weights import (
    ConnectedNeuronConnection,
    ConnectedNeuronEdge,
    WeightedTokenConnection,
    WeightedTokenEdge,
    connected,
)


@strawberry.type(description="What a run looked for about a neuron and did not find.")
class Absence:
    kind: str = strawberry.field(
        description="What is not there: `token_graph`, `examples`, `explanation`, …"
    )
    reason: str = strawberry.field(description="Why: never fires, not in the source, failed with …")
    run_id: strawberry.Private[str]

    @strawberry.field(description="The run that looked for it.")
    async def run(self, info: Info) -> IngestRun:
        return await run_by_id(info, self.run_id)


@strawberry.type(description="One neuron of a language model, or one latent of a dictionary.")
class Neuron(Node):
    id: strawberry.ID = strawberry.field(description="Model, layer and index: `stories260K/3/17`.")
    row: strawberry.Private[Row | None] = None
    """Its properties, where whoever made this object had them at hand."""

    @strawberry.field(description="Place within its layer, from 0.")
    def index(self) -> int:
        return ids.parse_neuron_id(self.id).index

    @strawberry.field(description="The transformer block of its layer, from 0.")
    async def layer_index(self, info: Info) -> int:
        return int((await self._properties(info))["layer_index"])

    @strawberry.field(description="The layer that it belongs to.")
    async def layer(self, info: Info) -> Layer:
        key = ids.parse_neuron_id(self.id)
        return await layer_by_id(info, ids.layer_id(key.model, key.layer))

    @strawberry.field(
        description="Its activation statistics: of the run on the model itself, or else of the "
        "source that knows most of them."
    )
    async def statistics(self, info: Info) -> Statistics:
        return made(Statistics, await self._properties(info))

    @strawberry.field(description="What each source measured of its activations.")
    async def measurements(self, info: Info) -> list[Measurement]:
        return await measurements_of(info, self.id)

    @strawberry.field(
        description="The run that measured its statistics; null if it is only spoken of."
    )
    async def run(self, info: Info) -> IngestRun | None:
        run_id = (await self._properties(info))["run_id"]
        return None if run_id is None else await run_by_id(info, run_id)

    @strawberry.field(description="Its token graphs, one of each source.")
    async def token_graphs(self, info: Info) -> list[TokenGraph]:
        return await token_graphs_of(info, self.id)

    @strawberry.field(description="The token graph of one source, or the first; null if none.")
    async def token_graph(
        self,
        info: Info,
        source: Annotated[
            str | None, strawberry.argument(description="Who made it, and how; null for any.")
        ] = None,
    ) -> TokenGraph | None:
        graphs = await token_graphs_of(info, self.id)
        return next((graph for graph in graphs if source in (None, graph.source)), None)

    @strawberry.field(description="Stretches of text with its activations.")
    async def examples(
        self,
        info: Info,
        bucket: Annotated[
            str | None,
            strawberry.argument(
                description="`top`, `qN` … `q1`, `random` or `bottom`; null for every bucket."
            ),
        ] = "top",
        source: Annotated[
            str | None,
            strawberry.argument(
                description="Only those that it found: `model` for a run on the model itself; null "
                "for every source."
            ),
        ] = None,
        first: Annotated[
            int | None,
            strawberry.argument(description="How many at most of each source and bucket."),
        ] = 5,
    ) -> list[Example]:
        size = page_size(first, info.context.settings)
        return await examples_of(info, self.id, bucket, source, size)

    @strawberry.field(description="Sentences about it, the best scored first.")
    async def explanations(
        self,
        info: Info,
        explainer: Annotated[
            str | None,
            strawberry.argument(description="Only those that this method made; null for all."),
        ] = None,
    ) -> list[Explanation]:
        rows = await reading(info).rows("explanations", "neuron_id", self.id)
        return [made(Explanation, row) for row in rows if explainer in (None, row["explainer"])]

    @strawberry.field(description="Neurons that are like it, the most similar first.")
    async def similar(
        self,
        info: Info,
        first: First = 20,
        after: After = None,
        layers: Annotated[
            Layers, strawberry.argument(description="Which layers they may be of.")
        ] = Layers.ANY,
    ) -> SimilarNeuronConnection:
        rows, cursors, place = await similar(info, layers, self.id, first, after)
        edges = [
            made(
                SimilarNeuronEdge,
                {**row, "cursor": cursor, "node": Neuron(id=row["similar_id"])},
            )
            for row, cursor in zip(rows, cursors, strict=True)
        ]
        return SimilarNeuronConnection(edges=edges, page_info=place)

    @strawberry.field(description="The tokens that it fires on, the strongest first.")
    async def activates_on(
        self, info: Info, first: First = 20, after: After = None
    ) -> ActivatingTokenConnection:
        rows, cursors, place = await ranked(info, "activating_tokens", self.id, first, after)
        edges = [
            made(ActivatingTokenEdge, {**row, "cursor": cursor, "node": Token(text=row["token"])})
            for row, cursor in zip(rows, cursors, strict=True)
        ]
        return ActivatingTokenConnection(edges=edges, page_info=place)

    @strawberry.field(description="The tokens in whose context it fires, the most important first.")
    async def conditioned_on(
        self, info: Info, first: First = 20, after: After = None
    ) -> ContextTokenConnection:
        rows, cursors, place = await ranked(info, "context_tokens", self.id, first, after)
        edges = [
            made(ContextTokenEdge, {**row, "cursor": cursor, "node": Token(text=row["token"])})
            for row, cursor in zip(rows, cursors, strict=True)
        ]
        return ContextTokenConnection(edges=edges, page_info=place)

    @strawberry.field(
        description="The tokens whose embeddings drive it most, or hold it back, by its weights "
        "alone."
    )
    async def reads(
        self, info: Info, first: First = 20, after: After = None
    ) -> WeightedTokenConnection:
        return await self._weighted(info, "reads", first, after)

    @strawberry.field(
        description="The tokens that it makes likelier when it fires, or less likely, by its "
        "weights alone."
    )
    async def writes(
        self, info: Info, first: First = 20, after: After = None
    ) -> WeightedTokenConnection:
        return await self._weighted(info, "writes", first, after)

    @strawberry.field(
        description="The neurons of later layers that it drives most, or holds back, by the "
        "weights alone."
    )
    async def connects_to(
        self, info: Info, first: First = 20, after: After = None
    ) -> ConnectedNeuronConnection:
        return await self._connected(info, "connections_to", first, after)

    @strawberry.field(
        description="The neurons of earlier layers that have it among those that they drive or "
        "hold back most, the strongest first."
    )
    async def connected_from(
        self, info: Info, first: First = 20, after: After = None
    ) -> ConnectedNeuronConnection:
        return await self._connected(info, "connections_from", first, after)

    @strawberry.field(description="What was looked for about it and is not there, and why.")
    async def lacks(self, info: Info) -> list[Absence]:
        rows = await reading(info).rows("absences", "neuron_id", self.id)
        return [made(Absence, row) for row in rows]

    async def _weighted(
        self, info: Info, statement: str, first: int | None, after: str | None
    ) -> WeightedTokenConnection:
        rows, cursors, place = await ranked(info, statement, self.id, first, after)
        edges = [
            made(WeightedTokenEdge, {**row, "cursor": cursor, "node": Token(text=row["token"])})
            for row, cursor in zip(rows, cursors, strict=True)
        ]
        return WeightedTokenConnection(edges=edges, page_info=place)

    async def _connected(
        self, info: Info, statement: str, first: int | None, after: str | None
    ) -> ConnectedNeuronConnection:
        rows, cursors, place = await connected(info, statement, self.id, first, after)
        edges = [
            made(
                ConnectedNeuronEdge,
                {**row, "cursor": cursor, "node": Neuron(id=row["connected_id"])},
            )
            for row, cursor in zip(rows, cursors, strict=True)
        ]
        return ConnectedNeuronConnection(edges=edges, page_info=place)

    async def _properties(self, info: Info) -> Row:
        row = self.row or await reading(info).row("neurons_by_id", "id", self.id)
        if row is None:
            raise changed(f"neuron {self.id}")
        return row


@strawberry.type(description="A neuron in a list of neurons.")
class NeuronEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Neuron = strawberry.field(description="The neuron.")
