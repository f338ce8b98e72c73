"""`--where`: which neurons are meant."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cypher import ids
from cypher.errors import IdError
from ingest.errors import ExplainError

_BELOW = re.compile(r"score\s*<\s*(-?\d+(?:\.\d+)?)\Z")
_HINT = (
    "expected layers=0-4 (or names: layers=0,6-res-jb), neurons=0-99, ids=MODEL/LAYER/INDEX,…, "
    "unexplained, unscored, or score<0.3, joined by `;`"
)


@dataclass(frozen=True, slots=True)
class Where:
    """All of what is set must hold; by default every neuron is meant."""

    layers: str | None = None
    """Names and ranges of layers."""
    neurons: str | None = None
    """Ranges of indices within each layer."""
    ids: frozenset[str] | None = None
    unexplained: bool = False
    """No explanation of this explainer."""
    unscored: bool = False
    """No explanation with a score."""
    below: float | None = None
    """No explanation with a better score than this."""

    def has_layer(self, name: str) -> bool:
        """Whether neurons of the layer with this name may be meant."""
        if self.ids is not None and all(ids.parse_neuron_id(i).layer != name for i in self.ids):
            return False
        return self.layers is None or _within(self.layers, name)

    def has_neuron(self, neuron: str) -> bool:
        """Whether the neuron with this id may be meant, by its id."""
        key = ids.parse_neuron_id(neuron)
        if self.ids is not None and neuron not in self.ids:
            return False
        return self.neurons is None or _within(self.neurons, str(key.index))


EVERYWHERE = Where()


def parse_where(texts: tuple[str, ...]) -> Where:
    """The conditions together. Raises ExplainError at one that is not understood."""
    found: dict[str, object] = {}
    for part in (part.strip() for text in texts for part in text.split(";")):
        name, equals, value = (side.strip() for side in part.partition("="))
        below = _BELOW.match(part)
        if name in ("layers", "neurons") and equals and value:
            found[name] = value
        elif name == "ids" and equals and value:
            found["ids"] = _ids(value)
        elif part in ("unexplained", "unscored"):
            found[part] = True
        elif below is not None:
            found["below"] = float(below[1])
        else:
            raise ExplainError(f"--where {part!r} is not understood: {_HINT}.")
    return Where(**found)  # type: ignore[arg-type]


def _ids(text: str) -> frozenset[str]:
    listed = frozenset(part.strip() for part in text.split(","))
    for one in listed:
        try:
            ids.parse_neuron_id(one)
        except IdError as error:
            raise ExplainError(f"--where ids: {error}") from error
    return listed


def _within(text: str, name: str) -> bool:
    """Whether a list of names and ranges holds `name`."""
    for part in (part.strip() for part in text.split(",")):
        first, dash, last = part.partition("-")
        if part == name:
            return True
        numbers = dash and first.isdigit() and last.isdigit() and name.isdigit()
        if numbers and int(first) <= int(name) <= int(last):
            return True
    return False
