"""The order of neurons, and places in it from which a page can begin.

A page begins behind a neuron, not at a number: the place is that neuron's own sort keys, so
it stays valid under ties and when neurons come and go.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from cypher.errors import QueryError
from cypher.graph import Value
from cypher.ids import layer_id, parse_neuron_id
from cypher.patterns.parameters import Parameters, Scalar
from cypher.patterns.values import Statistic

_NATURAL = (("model_id", str), ("layer_index", int), ("layer_id", str), ("index", int))
"""What tells neurons apart: model by model, block by block, layer by layer."""


@dataclass(frozen=True, slots=True)
class Position:
    """A neuron's place in an order."""

    statistic: float | None
    """The neuron's value of the statistic that is sorted by; null if it has none."""
    natural: tuple[Scalar, ...]
    """Its model, block, layer and index."""

    def values(self) -> list[Value]:
        """For a cursor."""
        return [self.statistic, *self.natural]


@dataclass(frozen=True, slots=True)
class NeuronOrder:
    """By a statistic, neurons that have none last and ties in the natural order; or by that."""

    by: Statistic | None = None
    """Null for the natural order: model, block, layer, index."""
    descending: bool = False

    def clause(self, same: Collection[str] = ()) -> str:
        """What follows ORDER BY. The keys in `same` part no neurons, and are left out."""
        natural = [f"n.`{name}`" for name, _ in _NATURAL if name not in same]
        if self.by is None:
            return ", ".join(f"{key} DESC" if self.descending else key for key in natural)
        value = self.by.of()
        return ", ".join(
            [f"{value} IS NULL", value + (" DESC" if self.descending else ""), *natural]
        )

    def behind(self, position: Position, parameters: Parameters) -> str:
        """An expression over `n` that is true of the neurons behind `position`."""
        if self.by is None:
            return _behind(position.natural, parameters, descending=self.descending)
        name = self.by.of()
        ties = _behind(position.natural, parameters, descending=False)
        if position.statistic is None:
            return f"{name} IS NULL AND ({ties})"
        value = parameters.add(position.statistic)
        sign = "<" if self.descending else ">"
        return f"{name} IS NULL OR {name} {sign} {value} OR ({name} = {value} AND ({ties}))"

    def keys(self) -> tuple[str, ...]:
        """The properties that `position` needs: the neuron and what is sorted by."""
        return ("id", "layer_index", self.by) if self.by else ("id", "layer_index")

    def position(self, row: Mapping[str, Value]) -> Position:
        """The place of the neuron in this row of a page, which has `keys`."""
        key = parse_neuron_id(str(row["id"]))
        layer = layer_id(key.model, key.layer)
        statistic = row[self.by] if self.by else None
        return self.position_of([statistic, key.model, row["layer_index"], layer, key.index])

    def position_of(self, values: Sequence[Value]) -> Position:
        """The inverse of `Position.values`. Raises QueryError if they are of no such place."""
        wanted = ((float, int, type(None)), *(kind for _, kind in _NATURAL))
        fits = len(values) == len(wanted) and all(
            isinstance(value, kind) and not isinstance(value, bool)
            for value, kind in zip(values, wanted, strict=True)
        )
        if not fits or (self.by is None and values[0] is not None):
            raise QueryError("the values name no place in this order.")
        statistic, *natural = values
        return Position(statistic, tuple(natural))  # type: ignore[arg-type]  # checked above


def _behind(keys: tuple[Scalar, ...], parameters: Parameters, *, descending: bool) -> str:
    sign = "<" if descending else ">"
    text = ""
    for (name, _), key in reversed(list(zip(_NATURAL, keys, strict=True))):
        value = parameters.add(key)
        tie = f" OR (n.`{name}` = {value} AND ({text}))" if text else ""
        text = f"n.`{name}` {sign} {value}{tie}"
    return text
