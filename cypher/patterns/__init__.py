"""Neurons by what is known of them: conditions and an order, compiled to one statement.

    where = AllOf((InModel("stories260K"), FiresOnToken(" play")))
    page(where, NeuronOrder(Statistic.MAX_ACTIVATION, descending=True), limit=20).text

The text is made of this package's own words; every value of a condition or of a cursor
becomes a parameter.
"""

from cypher.patterns.compile import Compiled, count, page
from cypher.patterns.conditions import (
    AllOf,
    Condition,
    FiresOnToken,
    FiresOnWord,
    HeldOut,
    InModel,
    Lacks,
    LayerBetween,
    OfLayerKind,
    Statistic,
    StatisticBetween,
    TokenGraphF1Between,
    WorseThanBigrams,
)
from cypher.patterns.order import NeuronOrder, Position

__all__ = [
    "AllOf",
    "Compiled",
    "Condition",
    "FiresOnToken",
    "FiresOnWord",
    "HeldOut",
    "InModel",
    "Lacks",
    "LayerBetween",
    "NeuronOrder",
    "OfLayerKind",
    "Position",
    "Statistic",
    "StatisticBetween",
    "TokenGraphF1Between",
    "WorseThanBigrams",
    "count",
    "page",
]
