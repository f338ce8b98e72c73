"""Counts over whatever a filter selects."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import strawberry

from cypher.patterns import Statistic
from cypher.patterns.facets import Matched, Measured, by_explainer, by_layer, histogram
from graphapi.context import Info
from graphapi.errors import UserError
from graphapi.types.models import Layer, layer_by_id

_MOST_BINS = 200


@strawberry.enum(description="A number of which a histogram is made.")
class HistogramField(Enum):
    MAX_ACTIVATION = strawberry.enum_value(
        Statistic.MAX_ACTIVATION.value, description="Largest activation."
    )
    MIN_ACTIVATION = strawberry.enum_value(
        Statistic.MIN_ACTIVATION.value, description="Smallest activation."
    )
    MEAN_ACTIVATION = strawberry.enum_value(
        Statistic.MEAN_ACTIVATION.value, description="Mean activation."
    )
    VARIANCE = strawberry.enum_value(Statistic.VARIANCE.value, description="Population variance.")
    SKEWNESS = strawberry.enum_value(Statistic.SKEWNESS.value, description="Third moment.")
    KURTOSIS = strawberry.enum_value(Statistic.KURTOSIS.value, description="Fourth moment.")
    DENSITY = strawberry.enum_value(
        Statistic.DENSITY.value, description="Share of tokens with an activation above zero."
    )
    TOKEN_GRAPH_F1 = strawberry.enum_value(
        Measured.GRAPH_F1.value,
        description="f1 of the token graphs on held-out texts on which the neuron fires most.",
    )
    TOKEN_GRAPH_RANDOM_F1 = strawberry.enum_value(
        Measured.RANDOM_GRAPH_F1.value,
        description="f1 of the token graphs on random held-out texts.",
    )
    EXPLANATION_SCORE = strawberry.enum_value(
        Measured.EXPLANATION_SCORE.value, description="Headline score of the explanations."
    )


@strawberry.type(description="How many of the neurons are in a layer.")
class LayerCount:
    count: int = strawberry.field(description="Neurons.")
    layer_id: strawberry.Private[str]

    @strawberry.field(description="The layer.")
    async def layer(self, info: Info) -> Layer:
        return await layer_by_id(info, self.layer_id)


@strawberry.type(description="How many of the neurons a method has explained.")
class ExplainerCount:
    explainer: str = strawberry.field(description="The method.")
    neurons: int = strawberry.field(description="Neurons that it has explained.")
    explanations: int = strawberry.field(description="Sentences that it has made about them.")


@strawberry.type(description="A part of a histogram.")
class HistogramBin:
    min: float = strawberry.field(description="Where it begins, which is in it.")
    max: float = strawberry.field(description="Where it ends, which is in the last one only.")
    count: int = strawberry.field(description="Values in it.")


@strawberry.type(description="How many neurons there are of a filter, by what they are.")
class Facets:
    matched: strawberry.Private[Matched]

    @strawberry.field(description="By layer; layers without any are left out.")
    async def layers(self, info: Info) -> list[LayerCount]:
        limit = info.context.settings.max_rows
        rows = await info.context.reader.compiled(by_layer(self.matched, limit=limit))
        return [LayerCount(count=row["total"], layer_id=row["layer_id"]) for row in rows]

    @strawberry.field(description="By the method that has explained them.")
    async def explainers(self, info: Info) -> list[ExplainerCount]:
        limit = info.context.settings.max_rows
        rows = await info.context.reader.compiled(by_explainer(self.matched, limit=limit))
        return [ExplainerCount(**row) for row in rows]

    @strawberry.field(
        description="By the size of a number, in equally wide parts from its least to its largest "
        "value; none if nobody has it."
    )
    async def histogram(
        self,
        info: Info,
        of: Annotated[HistogramField, strawberry.argument(description="The number.")],
        bins: Annotated[int, strawberry.argument(description="How many parts, 1 to 200.")] = 20,
    ) -> list[HistogramBin]:
        if not 1 <= bins <= _MOST_BINS:
            raise UserError(f"bins: {bins} is out of bounds; it may be 1 to {_MOST_BINS}.")
        rows = await info.context.reader.compiled(histogram(self.matched, _of(of), bins=bins))
        if not rows:
            return []
        least, most = rows[0]["least"], rows[0]["most"]
        counts = {int(row["part"]): row["total"] for row in rows}
        ends = [least + (most - least) * part / bins for part in range(bins)] + [most]
        return [
            HistogramBin(min=ends[part], max=ends[part + 1], count=counts.get(part, 0))
            for part in range(bins)
        ]


def _of(given: HistogramField) -> Statistic | Measured:
    name = str(given.value)
    return Measured(name) if name in set(Measured) else Statistic(name)
