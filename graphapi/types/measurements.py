"""What was measured of neurons' activations, each source apart."""

from __future__ import annotations

import strawberry

from graphapi.context import Info, reading
from graphapi.reader import Row
from graphapi.types.made import made
from graphapi.types.runs import IngestRun, run_by_id


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
