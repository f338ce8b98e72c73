"""The layers of a graph: by which sort keys the neurons of some of them need not be told apart.

Ladybug 0.22 sorts by texts that begin alike, such as ids, several times as slowly as by numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cypher.graph import Rows
from cypher.patterns import conditions as c
from cypher.patterns.values import Between

READ_LAYERS = (
    "MATCH (l:Layer) RETURN l.id AS id, l.model_id AS model_id, l.layer_index AS block, "
    "l.kind AS kind ORDER BY id"
)


class Known(NamedTuple):
    """A layer."""

    id: str
    model_id: str
    block: int
    kind: str


def known_layers(rows: Rows) -> tuple[Known, ...]:
    """From the rows of READ_LAYERS."""
    return tuple(
        Known(str(id_), str(model), int(str(block)), str(kind))
        for id_, model, block, kind in rows.values
    )


def same_for_all(parts: Iterable[c.Condition], layers: Sequence[Known] | None) -> frozenset[str]:
    """The natural sort keys that do not part neurons that meet all of `parts`.

    Those are keys that are equal for all of them, and the layer's id where its block says it.
    Without `layers`, those of a graph that may change, only what the parts themselves say counts.
    """
    parts = list(parts)
    if layers is None:
        return frozenset(name for part in parts for name in _said_by(part))
    possible = [layer for layer in layers if all(_may_meet(part, layer) for part in parts)]
    same: set[str] = set()
    if len({layer.model_id for layer in possible}) <= 1:
        same.add("model_id")
        if len({layer.block for layer in possible}) == len(possible):
            same.add("layer_id")
    if len({layer.block for layer in possible}) <= 1:
        same.add("layer_index")
    return frozenset(same)


def _said_by(part: c.Condition) -> tuple[str, ...]:
    match part:
        case c.InModel():
            return ("model_id",)
        case c.InLayer():
            return ("model_id", "layer_index", "layer_id")
        case c.LayerBetween(Between(least, most)) if least is not None and least == most:
            return ("layer_index",)
        case _:
            return ()


def _may_meet(part: c.Condition, layer: Known) -> bool:
    match part:
        case c.InModel(model):
            return layer.model_id == model
        case c.InLayer(id_):
            return layer.id == id_
        case c.OfLayerKind(kind):
            return layer.kind == kind
        case c.LayerBetween(Between(least, most)):
            return (least is None or layer.block >= least) and (most is None or layer.block <= most)
        case _:
            return True
