"""Provenance: the runs that made the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import strawberry

from graphapi.context import Info, reading
from graphapi.errors import UserError
from graphapi.paging import Connection
from graphapi.types.made import made
from graphapi.types.node import Node

if TYPE_CHECKING:
    from graphapi.types.models import Layer, Model


@strawberry.type(description="A run of a job: what it did, from what, with which settings.")
class IngestRun(Node):
    id: strawberry.ID = strawberry.field(description="A hash of its inputs.")
    job: str = strawberry.field(
        description="What it did: `mine`, `token-graphs`, `similarity`, `explain`, …"
    )
    source: str = strawberry.field(
        description="What tells runs of one job apart that are kept side by side."
    )
    settings: str | None = strawberry.field(description="Its settings, a JSON object.")
    versions: str | None = strawberry.field(description="Versions of its tools, a JSON object.")
    counts: str | None = strawberry.field(description="What it made, a JSON object.")
    started_at: str | None = strawberry.field(description="When it began: ISO 8601, UTC.")
    finished_at: str | None = strawberry.field(description="When it ended: ISO 8601, UTC.")
    model_id: strawberry.Private[str | None]

    @strawberry.field(description="The model that it is about.")
    async def model(
        self, info: Info
    ) -> Annotated[Model, strawberry.lazy("graphapi.types.models")] | None:
        from graphapi.types.models import model_by_id  # noqa: PLC0415  they refer to each other

        return await model_by_id(info, self.model_id) if self.model_id is not None else None

    @strawberry.field(description="The layers that it is about.")
    async def covers(self, info: Info) -> list[Covered]:
        rows = await reading(info).rows("run_layers", "run_id", self.id)
        return [made(Covered, row) for row in rows]


@strawberry.type(description="A layer that a run is about, and of how many neurons it tells.")
class Covered:
    n_present: int = strawberry.field(description="Neurons that the run found something about.")
    n_absent: int = strawberry.field(description="Neurons that it has nothing about.")
    layer_id: strawberry.Private[str]

    @strawberry.field(description="The layer.")
    async def layer(self, info: Info) -> Annotated[Layer, strawberry.lazy("graphapi.types.models")]:
        from graphapi.types.models import layer_by_id  # noqa: PLC0415  they refer to each other

        return await layer_by_id(info, self.layer_id)


@strawberry.type(description="A run in a list of runs.")
class IngestRunEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: IngestRun = strawberry.field(description="The run.")


@strawberry.type(description="A page of runs, the latest first.")
class IngestRunConnection(Connection[IngestRunEdge]):
    pass


OfThisRun = Annotated[
    strawberry.ID | None,
    strawberry.argument(description="Only what this run says; null for every run."),
]


@strawberry.type(description="What a run made.")
class OfRun:
    run_id: strawberry.Private[str]

    @strawberry.field(description="The run that it is from.")
    async def run(self, info: Info) -> IngestRun:
        return await run_by_id(info, self.run_id)


async def run_by_id(info: Info, run_id: str) -> IngestRun:
    """The run that something in the graph says it is from."""
    row = await reading(info).row("runs_by_id", "id", run_id)
    if row is None:
        raise changed(f"run {run_id}")
    return made(IngestRun, row)


def changed(what: str) -> UserError:
    """What another process's load does to a request that is under way on a server's graph."""
    return UserError(
        f"{what} went away while it was read: the graph is being loaded. Ask again.",
        code="GRAPH_CHANGED",
    )
