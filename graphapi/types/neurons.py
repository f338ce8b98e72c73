"""Neurons, and everything that hangs on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import strawberry

from cypher import ids
from graphapi.breadth.columns import for_many
from graphapi.context import Info, reading
from graphapi.groups import Row
from graphapi.paging import After, First, PageInfo, page_size
from graphapi.types.associations import (
    ACTIVATING,
    CONTEXT,
    ActivatingTokenConnection,
    ContextTokenConnection,
    Layers,
    SimilarNeuronConnection,
    SimilarNeuronEdge,
    similar,
    tokens_of,
    tokens_of_many,
)
from graphapi.types.circuits import CircuitNodeConnection, nodes_of_neuron
from graphapi.types.examples import Example, examples_of
from graphapi.types.explanations import Explanation, explanations_of, explanations_of_many
from graphapi.types.made import made
from graphapi.types.measurements import (
    Measurement,
    Statistics,
    measurements_of,
    statistics_at_hand,
    statistics_of_many,
)
from graphapi.types.models import Layer, layer_by_id
from graphapi.types.node import Node
from graphapi.types.published import (
    RESPONSES,
    IndexEntry,
    RespondedTokenConnection,
    index_entries,
)
from graphapi.types.runs import IngestRun, OfThisRun, changed, run_by_id
from graphapi.types.token_graphs import TokenGraph, token_graphs_of
from graphapi.types.weights import (
    READ,
    WRITTEN,
    ConnectedNeuronConnection,
    ConnectedNeuronEdge,
    WeightedTokenConnection,
    connected_from,
    connected_to,
)

PROPERTIES = frozenset({"statistics", "layerIndex", "run"})
"""The fields that are made of a neuron's properties."""


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
    @for_many(statistics_of_many)
    async def statistics(self, info: Info) -> Statistics:
        return statistics_at_hand(self, info) or made(Statistics, await self._properties(info))

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
    @for_many(explanations_of_many)
    async def explanations(
        self,
        info: Info,
        explainer: Annotated[
            str | None,
            strawberry.argument(description="Only those that this method made; null for all."),
        ] = None,
    ) -> list[Explanation]:
        (found,) = await explanations_of(info, self.id, explainer)
        return found

    @strawberry.field(description="Neurons that are like it, the most similar first.")
    async def similar(
        self,
        info: Info,
        run: OfThisRun = None,
        first: First = 20,
        after: After = None,
        layers: Annotated[
            Layers, strawberry.argument(description="Which layers they may be of.")
        ] = Layers.ANY,
    ) -> SimilarNeuronConnection:
        rows, cursors, place = await similar(info, layers, self.id, run, first=first, after=after)
        edges = [
            made(
                SimilarNeuronEdge,
                {**row, "cursor": cursor, "node": Neuron(id=row["similar_id"])},
            )
            for row, cursor in zip(rows, cursors, strict=True)
        ]
        return SimilarNeuronConnection(edges=edges, page_info=place)

    @strawberry.field(description="The tokens that it fires on, the strongest first.")
    @for_many(tokens_of_many(ACTIVATING))
    async def activates_on(
        self, info: Info, run: OfThisRun = None, first: First = 20, after: After = None
    ) -> ActivatingTokenConnection:
        return await tokens_of(ACTIVATING, self.id, info, run=run, first=first, after=after)

    @strawberry.field(description="The tokens in whose context it fires, the most important first.")
    @for_many(tokens_of_many(CONTEXT))
    async def conditioned_on(
        self, info: Info, run: OfThisRun = None, first: First = 20, after: After = None
    ) -> ContextTokenConnection:
        return await tokens_of(CONTEXT, self.id, info, run=run, first=first, after=after)

    @strawberry.field(
        description="The tokens whose embeddings drive it most, or hold it back, by its weights "
        "alone."
    )
    @for_many(tokens_of_many(READ))
    async def reads(
        self, info: Info, run: OfThisRun = None, first: First = 20, after: After = None
    ) -> WeightedTokenConnection:
        return await tokens_of(READ, self.id, info, run=run, first=first, after=after)

    @strawberry.field(
        description="The tokens that it makes likelier when it fires, or less likely, by its "
        "weights alone."
    )
    @for_many(tokens_of_many(WRITTEN))
    async def writes(
        self, info: Info, run: OfThisRun = None, first: First = 20, after: After = None
    ) -> WeightedTokenConnection:
        return await tokens_of(WRITTEN, self.id, info, run=run, first=first, after=after)

    @strawberry.field(
        description="The neurons of later layers that it drives most, or holds back, by the "
        "weights alone."
    )
    async def connects_to(
        self, info: Info, run: OfThisRun = None, first: First = 20, after: After = None
    ) -> ConnectedNeuronConnection:
        return _connections(*await connected_to(info, self.id, run, first=first, after=after))

    @strawberry.field(
        description="The neurons of earlier layers that drive it or hold it back, as sources list "
        "them for either side, the strongest first."
    )
    async def connected_from(
        self, info: Info, run: OfThisRun = None, first: First = 20, after: After = None
    ) -> ConnectedNeuronConnection:
        return _connections(*await connected_from(info, self.id, run, first=first, after=after))

    @strawberry.field(
        description="Its mean activations on tokens, as sources list them, in their order."
    )
    @for_many(tokens_of_many(RESPONSES))
    async def responds_to(
        self, info: Info, run: OfThisRun = None, first: First = 20, after: After = None
    ) -> RespondedTokenConnection:
        return await tokens_of(RESPONSES, self.id, info, run=run, first=first, after=after)

    @strawberry.field(description="Where sources' indexes of tokens list it.")
    async def indexed_under(self, info: Info) -> list[IndexEntry]:
        return await index_entries(info, self.id)

    @strawberry.field(description="The nodes of circuits that stand for it, by id.")
    async def circuit_nodes(
        self, info: Info, first: First = 20, after: After = None
    ) -> CircuitNodeConnection:
        return await nodes_of_neuron(info, self.id, first, after)

    @strawberry.field(description="What was looked for about it and is not there, and why.")
    async def lacks(self, info: Info) -> list[Absence]:
        rows = await reading(info).rows("absences", "neuron_id", self.id)
        return [made(Absence, row) for row in rows]

    async def _properties(self, info: Info) -> Row:
        row = self.row or await reading(info).row("neurons_by_id", "id", self.id)
        if row is None:
            raise changed(f"neuron {self.id}")
        return row


def _connections(
    rows: Sequence[Row], cursors: list[str], place: PageInfo
) -> ConnectedNeuronConnection:
    edges = [
        made(
            ConnectedNeuronEdge,
            {**row, "cursor": cursor, "node": Neuron(id=row["connected_id"])},
        )
        for row, cursor in zip(rows, cursors, strict=True)
    ]
    return ConnectedNeuronConnection(edges=edges, page_info=place)


@strawberry.type(description="A neuron in a list of neurons.")
class NeuronEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Neuron = strawberry.field(description="The neuron.")
