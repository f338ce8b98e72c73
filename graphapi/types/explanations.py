"""Sentences about neurons, and how good they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from cypher import ids
from cypher.fewer_columns import ORDER
from graphapi.breadth.columns import Lists, column_of
from graphapi.context import Info, reading
from graphapi.edges import lists_of
from graphapi.groups import Groups
from graphapi.paging import page_size
from graphapi.selection import selects
from graphapi.types.judgements import Judgement
from graphapi.types.made import made
from graphapi.types.node import Node
from graphapi.types.runs import IngestRun, run_by_id

if TYPE_CHECKING:
    from graphapi.types.neurons import Neuron


_STATEMENT = "explanations"


@strawberry.type(description="One measurement of an explanation.")
class Score:
    id: strawberry.ID = strawberry.field(description="Explanation, source and kind.")
    kind: str = strawberry.field(description="What was measured: `ev_correlation`, `detection`, …")
    source: str = strawberry.field(description="Who measured it.")
    value: float | None = strawberry.field(description="The value; null where it is undefined.")
    null_value: float | None = strawberry.field(
        description="The same of an explanation that says nothing; null if it was not measured."
    )
    scorer_model: str | None = strawberry.field(
        description="The language model that simulated or judged."
    )
    examples: str | None = strawberry.field(
        description="What it was measured on: `top`, `random` or `both`; null if it is not known."
    )
    calibrated: bool | None = strawberry.field(
        description="Whether simulated activations were calibrated first; null where none were "
        "simulated, or it is not known."
    )
    n_examples: int | None = strawberry.field(description="Texts that it was measured on.")
    run_id: strawberry.Private[str]

    @strawberry.field(description="The run that measured it.")
    async def run(self, info: Info) -> IngestRun:
        return await run_by_id(info, self.run_id)


@strawberry.type(description="A token of a simulated text.")
class SimulatedToken:
    text: str = strawberry.field(description="The token's exact text.")
    expected: float = strawberry.field(description="The activation that was expected.")
    activation: float | None = strawberry.field(
        description="The neuron's own; null if the source does not say."
    )


@strawberry.type(
    description="What an explanation lets expect of a neuron on one text, beside what it did."
)
class Simulation:
    id: strawberry.ID = strawberry.field(description="Explanation, source and number.")
    source: str = strawberry.field(description="Who simulated.")
    number: int = strawberry.field(description="Place among the source's simulations, from 1.")
    calibrated: bool = strawberry.field(
        description="Whether the expectations were calibrated to activations."
    )
    scorer_model: str | None = strawberry.field(description="The language model that simulated.")
    examples: str | None = strawberry.field(
        description="What kind of example the text is: `top` or `random`; null if not known."
    )
    scale: str | None = strawberry.field(
        description="What the expectations are in, in the source's words."
    )
    text: str = strawberry.field(description="The tokens joined.")
    ev_correlation: float | None = strawberry.field(
        description="Pearson's, of expected and true activations; null if undefined."
    )
    rsquared: float | None = strawberry.field(description="1 - squared error / variance.")
    absolute_dev_explained: float | None = strawberry.field(
        description="1 - absolute error / absolute deviation."
    )
    texts: strawberry.Private[list[str]]
    expected_activations: strawberry.Private[list[float]]
    activations: strawberry.Private[list[float] | None]
    run_id: strawberry.Private[str]

    @strawberry.field(description="The text token by token, with expected and true activations.")
    def tokens(self) -> list[SimulatedToken]:
        own: list[float | None] = [None] * len(self.texts)
        if self.activations is not None:
            own = [*self.activations]
        triples = zip(self.texts, self.expected_activations, own, strict=True)
        return [
            SimulatedToken(text=text, expected=expected, activation=activation)
            for text, expected, activation in triples
        ]

    @strawberry.field(description="The run that simulated.")
    async def run(self, info: Info) -> IngestRun:
        return await run_by_id(info, self.run_id)


@strawberry.type(description="A sentence about a neuron.")
class Explanation(Node):
    id: strawberry.ID = strawberry.field(description="Neuron, explainer and a hash of the text.")
    text: str = strawberry.field(description="The sentence.")
    explainer: str = strawberry.field(
        description="The method that made it: `template`, `openai`, …"
    )
    explainer_model: str | None = strawberry.field(
        description="The language model that wrote it, if one did."
    )
    prompt_version: str | None = strawberry.field(description="Of the prompt or the template.")
    about: list[str] | None = strawberry.field(
        description="The tokens at the peaks of the examples that it is about, where a neuron fires "
        "on unlike things and each is explained apart; null if it is about all examples."
    )
    score: float | None = strawberry.field(description="Headline score; null if never scored.")
    run_id: strawberry.Private[str]

    @strawberry.field(description="The neuron that it is about.")
    async def neuron(
        self,
    ) -> Annotated[Neuron, strawberry.lazy("graphapi.types.neurons")]:
        from graphapi.types.neurons import Neuron  # noqa: PLC0415  they refer to each other

        return Neuron(id=strawberry.ID(ids.neuron_of(self.id)))

    @strawberry.field(description="Its measurements.")
    async def scores(self, info: Info) -> list[Score]:
        rows = await reading(info).rows("scores", "explanation_id", self.id)
        return [made(Score, row) for row in rows]

    @strawberry.field(description="The evidence of its scores: simulated activations.")
    async def simulations(
        self,
        info: Info,
        first: Annotated[
            int | None,
            strawberry.argument(
                description="How many texts at most of each source, calibrated or not."
            ),
        ] = 5,
    ) -> list[Simulation]:
        size = page_size(first, info.context.settings)
        rows = await reading(info).rows("simulations", "explanation_id", self.id, first=size)
        return [made(Simulation, {**row, "texts": row["tokens"]}) for row in rows]

    @strawberry.field(description="The evidence of its scores: judgements of single texts.")
    async def judgements(
        self,
        info: Info,
        first: Annotated[
            int | None,
            strawberry.argument(description="How many texts at most of each source and kind."),
        ] = 5,
    ) -> list[Judgement]:
        size = page_size(first, info.context.settings)
        rows = await reading(info).rows("judgements", "explanation_id", self.id, first=size)
        return [made(Judgement, {**row, "texts": row["tokens"]}) for row in rows]

    @strawberry.field(description="The explanations that it was made from.")
    async def revises(self, info: Info) -> list[Explanation]:
        rows = await reading(info).rows("revised", "explanation_id", self.id)
        return [made(Explanation, row) for row in rows]

    @strawberry.field(
        description="The explanations that were made from it, the best scored first. One that "
        "scored no better than it is a version of it, and none of its neuron's explanations."
    )
    async def revised_by(self, info: Info) -> list[Explanation]:
        rows = await reading(info).rows("revisions", "explanation_id", self.id)
        return [made(Explanation, row) for row in rows]

    @strawberry.field(description="The run that made it.")
    async def run(self, info: Info) -> IngestRun:
        return await run_by_id(info, self.run_id)


_SELDOM = ("explainer_model", "prompt_version", "about", "run_id")
"""Columns that are read only for a field that is made of one, for few ask for one."""
_OF_SELDOM = frozenset({"explainerModel", "promptVersion", "about", "run"})


async def explanations_of(info: Info, neuron_id: str, explainer: str | None) -> Lists:
    """The explanations of one neuron, in a list of lists."""
    without = _unasked(info, explainer)
    found = await reading(info).rows(_STATEMENT, "neuron_id", neuron_id, without=without)
    return _lists(Groups.one(found, list(found[0]) if found else ()), explainer)


async def explanations_of_many(
    sources: Sequence[Neuron], info: Info, explainer: str | None
) -> Lists:
    """The explanations of each of many neurons, or only those of one explainer."""
    ids_ = column_of(sources, "id")
    without = _unasked(info, explainer)
    found = await reading(info).groups(_STATEMENT, "neuron_id", ids_, without=without)
    return _lists(found, explainer)


def _unasked(info: Info, explainer: str | None) -> tuple[str, ...]:
    """Most neurons have one explanation: the few others' are sorted here. To sort all was a
    fifth of the statement.
    """
    seldom = () if selects(info, _OF_SELDOM) else _SELDOM
    by_whom = explainer is not None or selects(info, ("explainer",))
    return (*seldom, *(() if by_whom else ("explainer",)), ORDER)


def _lists(found: Groups, explainer: str | None) -> Lists:
    lists = found.rows
    if explainer is not None and any(lists):
        at = found.columns.index("explainer")
        lists = [[row for row in rows if row[at] == explainer] for rows in lists]
    if any(len(rows) > 1 for rows in lists):
        score, id_ = map(found.columns.index, ("score", "id"))

        def place(row: Sequence[Any]) -> tuple[bool, float, str]:
            return row[score] is None, -(row[score] or 0.0), row[id_]

        lists = [sorted(rows, key=place) for rows in lists]
    return lists_of(Explanation, found.columns, lists)
