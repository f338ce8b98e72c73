"""What was measured of neurons' activations, each source apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import strawberry

from cypher import schema
from graphapi.breadth.columns import Objects, column_of
from graphapi.context import Info, reading
from graphapi.groups import Row
from graphapi.selection import columns_selected
from graphapi.types.made import made
from graphapi.types.runs import IngestRun, changed, run_by_id

if TYPE_CHECKING:
    from graphapi.types.neurons import Neuron


STATISTICS = tuple(column.name for column in schema.STATISTICS)


@strawberry.type(description="Activation statistics of a neuron over a whole corpus.")
class Statistics:
    max_activation: float | None = strawberry.field(description="Largest activation.")
    min_activation: float | None = strawberry.field(description="Smallest activation.")
    mean_activation: float | None = strawberry.field(description="Mean.")
    variance: float | None = strawberry.field(description="Population variance.")
    skewness: float | None = strawberry.field(
        description="Third standardised moment; null if the activation is constant."
    )
    kurtosis: float | None = strawberry.field(
        description="Fourth standardised moment (3 for a normal); null if constant."
    )
    density: float | None = strawberry.field(
        description="Share of tokens with an activation above zero, 0 to 1."
    )
    n_tokens: int | None = strawberry.field(description="Tokens that the statistics are over.")


@strawberry.type(description="Bars over a range of values.")
class Histogram:
    values: list[float] = strawberry.field(description="Middles of the bars.")
    heights: list[float] = strawberry.field(description="Heights of the bars.")


@strawberry.type(description="What one source measured of a neuron's activations over its corpus.")
class Measurement:
    id: strawberry.ID = strawberry.field(description="Neuron and source.")
    source: str = strawberry.field(
        description="Who measured: `model` for a run on the model itself."
    )
    statistics: Statistics = strawberry.field(description="The statistics.")
    quantile_boundaries: list[float] | None = strawberry.field(
        description="What parts the quantiles `q1` … `qN` of its activations, ascending: N - 1 of "
        "them; null if the source has none."
    )
    histogram: Histogram | None = strawberry.field(
        description="Its activations; null if the source has none."
    )
    logit_histogram: Histogram | None = strawberry.field(
        description="Its weights to the logits; null if the source has none."
    )
    run_id: strawberry.Private[str]

    @strawberry.field(description="The run that measured.")
    async def run(self, info: Info) -> IngestRun:
        return await run_by_id(info, self.run_id)


async def measurements_of(info: Info, neuron_id: str) -> list[Measurement]:
    """Those of a neuron, by source."""
    rows = await reading(info).rows("measurements", "neuron_id", neuron_id)
    return [
        made(
            Measurement,
            {
                **row,
                "statistics": made(Statistics, row),
                "histogram": _histogram(row, ""),
                "logit_histogram": _histogram(row, "logit_"),
            },
        )
        for row in rows
    ]


def _histogram(row: Row, prefix: str) -> Histogram | None:
    values, heights = (row[f"{prefix}histogram_{side}"] for side in ("values", "heights"))
    return None if values is None or heights is None else Histogram(values=values, heights=heights)


async def statistics_of_many(sources: Sequence[Neuron], info: Info) -> Objects[Statistics]:
    """The statistics of each of many neurons."""
    asked = columns_selected(info, STATISTICS)
    if isinstance(sources, Objects) and all(map(sources.has, asked)):
        return Objects(Statistics, len(sources), {name: sources.column(name) for name in asked})
    at_hand: Sequence[Row | None] = column_of(sources, "row", None)
    keys = column_of(sources, "id")
    missing = [key for key, row in zip(keys, at_hand, strict=True) if row is None]
    rows = [row for row in at_hand if row is not None]
    if missing:
        found = await reading(info).groups("neurons_by_id", "id", missing)
        lost = next((key for key, row in zip(missing, found.rows, strict=True) if not row), None)
        if lost is not None:
            raise changed(f"neuron {lost}")
        read = (found.of(place)[0] for place in range(len(missing)))
        rows = [next(read) if row is None else row for row in at_hand]
    names = rows[0] if rows else ()
    columns = {name: [row[name] for row in rows] for name in names}
    return Objects(Statistics, len(rows), columns)


def statistics_at_hand(neuron: Neuron, info: Info) -> Statistics | None:
    """The selected statistics of a neuron, where whoever made it had them; else null."""
    asked, own = columns_selected(info, STATISTICS), vars(neuron)
    if not all(name in own for name in asked):
        return None
    return Objects(Statistics, 1, {name: [own[name]] for name in asked})[0]
