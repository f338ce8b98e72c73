"""Sentences about neurons, and how good they are."""

from __future__ import annotations

import strawberry

from graphapi.context import Info, reading
from graphapi.types.made import made
from graphapi.types.runs import IngestRun, run_by_id


@strawberry.type(description="One measurement of an explanation.")
class Score:
    id: strawberry.ID = strawberry.field(description="Explanation and kind.")
    kind: str = strawberry.field(description="What was measured: `ev_correlation`, `detection`, …")
    value: float | None = strawberry.field(description="The value; null where it is undefined.")
    scorer_model: str | None = strawberry.field(
        description="The language model that simulated or judged."
    )
    n_examples: int | None = strawberry.field(description="Texts that it was measured on.")
    run_id: strawberry.Private[str]

    @strawberry.field(description="The run that measured it.")
    async def run(self, info: Info) -> IngestRun:
        return await run_by_id(info, self.run_id)


@strawberry.type(description="A sentence about a neuron.")
class Explanation:
    id: strawberry.ID = strawberry.field(description="Neuron, explainer and a hash of the text.")
    text: str = strawberry.field(description="The sentence.")
    explainer: str = strawberry.field(
        description="The method that made it: `template`, `openai`, …"
    )
    explainer_model: str | None = strawberry.field(
        description="The language model that wrote it, if one did."
    )
    prompt_version: str | None = strawberry.field(description="Of the prompt or the template.")
    score: float | None = strawberry.field(description="Headline score; null if never scored.")
    run_id: strawberry.Private[str]

    @strawberry.field(description="Its measurements.")
    async def scores(self, info: Info) -> list[Score]:
        rows = await reading(info).rows("scores", "explanation_id", self.id)
        return [made(Score, row) for row in rows]

    @strawberry.field(description="The run that made it.")
    async def run(self, info: Info) -> IngestRun:
        return await run_by_id(info, self.run_id)
