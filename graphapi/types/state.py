"""What the graph says of itself."""

from __future__ import annotations

import strawberry

from cypher.graph import Graph
from cypher.schema import SCHEMA_VERSION
from cypher.state import READ_STATE, State, state_of
from graphapi.context import Info, reading
from graphapi.types.made import made
from graphapi.types.models import Layer, layer_by_id

_MAX_LAYERS = 10_000


@strawberry.type(description="A load that has not ended: it runs still, or it was killed.")
class UnfinishedLoad:
    pack: str = strawberry.field(description="The pack that is loaded.")
    started_at: str = strawberry.field(description="When it began: ISO 8601, UTC.")
    message: str = strawberry.field(description="What that means, and what to do.")


@strawberry.type(description="What is missing of how many neurons of a layer, and why.")
class MissingCount:
    kind: str = strawberry.field(
        description="What is not there: `token_graph`, `examples`, `explanation`, …"
    )
    reason: str = strawberry.field(description="Why: never fires, not in the source, failed with …")
    n_absent: int = strawberry.field(description="Neurons of which it was looked for in vain.")


@strawberry.type(description="What is known of how many neurons of a layer.")
class LayerCoverage:
    n_neurons: int | None = strawberry.field(description="Neurons that the layer has.")
    n_present: int = strawberry.field(description="Neurons in the graph.")
    n_token_graphs: int = strawberry.field(description="Neurons with a token graph.")
    n_examples: int = strawberry.field(description="Neurons with examples.")
    n_explanations: int = strawberry.field(description="Neurons with an explanation.")
    layer_id: strawberry.Private[str]

    @strawberry.field(description="The layer.")
    async def layer(self, info: Info) -> Layer:
        return await layer_by_id(info, self.layer_id)

    @strawberry.field(description="What was looked for and is missing, and why.")
    async def missing(self, info: Info) -> list[MissingCount]:
        rows = await reading(info).rows("absences_of_layers", "layer_id", self.layer_id)
        return [made(MissingCount, row) for row in rows]


@strawberry.type(description="What the graph says of itself.")
class GraphState:
    schema_version: int = strawberry.field(description="Version of the graph model.")
    load_id: strawberry.ID | None = strawberry.field(
        description="A hash of everything that is loaded; null if nothing ever was."
    )
    unfinished: list[UnfinishedLoad] = strawberry.field(
        description="Loads that have not ended: the graph holds a part of each."
    )

    @strawberry.field(description="What is known of how many neurons, by layer.")
    async def coverage(self, info: Info) -> list[LayerCoverage]:
        rows = await info.context.reader.statement("coverage", limit=_MAX_LAYERS)
        return [made(LayerCoverage, row) for row in rows]


async def read_state(graph: Graph, *, timeout: float) -> State:
    """What the graph says of itself now. Raises as `Graph.read` does, and SchemaVersionError."""
    return state_of(await graph.read(READ_STATE, {}, timeout=timeout), "this address")


async def graph_state(info: Info) -> GraphState:
    """The same for GraphQL."""
    context = info.context
    state = await read_state(context.graph, timeout=context.settings.statement_seconds)
    return GraphState(
        schema_version=SCHEMA_VERSION,
        load_id=None if state.load_id is None else strawberry.ID(state.load_id),
        unfinished=[
            UnfinishedLoad(pack=load.pack, started_at=load.started_at, message=str(load))
            for load in state.unfinished
        ],
    )
