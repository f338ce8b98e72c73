"""Neurons by what is known of them: a tree of conditions and an order, made one statement.

    where = AllOf((InModel("toy"), LinkedTo(Link.ACTIVATES_ON, TokenSet((" play",)))))
    planned = await plan(graph, where)
    planned.page(NeuronOrder(Statistic.MAX_ACTIVATION, descending=True), limit=20).text

The text is made of this package's own words; every value of a condition or of a cursor
becomes a parameter.
"""

from cypher.patterns.compile import EVERY, Compiled, Plan, plan
from cypher.patterns.conditions import (
    AllOf,
    AnyOf,
    Condition,
    ContextOfLength,
    Explained,
    HasId,
    HeldOut,
    InLayer,
    InModel,
    Lacks,
    LayerBetween,
    LinkedTo,
    Not,
    OfLayerKind,
    Related,
    StatisticBetween,
    TokenGraphF1Between,
    WorseThanBigrams,
)
from cypher.patterns.counts import Counted, Counts
from cypher.patterns.order import NeuronOrder, Position
from cypher.patterns.parameters import Parameters
from cypher.patterns.tries import FIRING, LONGEST, Context, Repeats, TokenPattern, Unconnected
from cypher.patterns.values import (
    Between,
    Link,
    LinkProperty,
    Relation,
    Side,
    Statistic,
    TokenSet,
    Within,
)

__all__ = [
    "EVERY",
    "FIRING",
    "LONGEST",
    "AllOf",
    "AnyOf",
    "Between",
    "Compiled",
    "Condition",
    "Context",
    "ContextOfLength",
    "Counted",
    "Counts",
    "Explained",
    "HasId",
    "HeldOut",
    "InLayer",
    "InModel",
    "Lacks",
    "LayerBetween",
    "Link",
    "LinkProperty",
    "LinkedTo",
    "NeuronOrder",
    "Not",
    "OfLayerKind",
    "Parameters",
    "Plan",
    "Position",
    "Related",
    "Relation",
    "Repeats",
    "Side",
    "Statistic",
    "StatisticBetween",
    "TokenGraphF1Between",
    "TokenPattern",
    "TokenSet",
    "Unconnected",
    "Within",
    "WorseThanBigrams",
    "plan",
]
