"""The graph model's tables with the rows of some layers alone, and of what these refer to.

A row is a layer's if the id that it begins with is below the layer's. Tokens, words, texts and runs
are there if such a row names them; circuits, which span layers, are there whole. A neuron of another
layer that a row names is not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cypher import ids
from cypher.dump import Tables
from cypher.elements import Ownership, RelationshipType
from cypher.schema import NODE_BY_LABEL, PACKED, RELATIONSHIPS
from cypher.tables import element
from ingest.errors import ExportError
from ingest.progress import Progress
from ingest.sources.format import Choice

_AT_ONCE = 5_000
_SPANNING = frozenset({"Circuit", "CircuitNode", "Supernode"})
"""Nodes that belong to a model and to no layer."""
_REFERRED = frozenset({"Token", "Word", "Sequence", "IngestRun"})
"""Nodes that belong to whatever names them."""
Mask = Any


@dataclass(frozen=True, slots=True)
class OfLayers:
    """See above: `Tables` themselves. Memory holds the ids of what is referred to."""

    tables: Tables
    layers: frozenset[str]
    """Their ids."""
    models: frozenset[str]
    named: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """What the rows of the layers refer to: ids by label."""
    counts: Counter[str] = field(default_factory=Counter)

    def rows(self, name: str) -> int:
        """How many rows of a table are the layers'."""
        return self.counts[name]

    def batches(self, name: str, size: int) -> Iterator[pa.Table]:
        """Those rows, up to `size` at a time."""
        for batch in self.tables.batches(name, size):
            found = batch.filter(self._is_theirs(name, batch))
            if found.num_rows:
                yield found

    def look_through(self, progress: Progress) -> None:
        """Count the rows, and find out what they refer to."""
        total = sum(self.tables.rows(kind.name) for kind in PACKED)
        with progress.stage("find what the layers refer to", total, "rows") as advance:
            for name in _in_order_of_reference():
                for batch in self.tables.batches(name, _AT_ONCE):
                    found = batch.filter(self._is_theirs(name, batch))
                    self.counts[name] += found.num_rows
                    self._note(name, found)
                    advance(batch.num_rows)

    def _note(self, name: str, found: pa.Table) -> None:
        if "run_id" in found.column_names:
            self.named["IngestRun"].update(_distinct(found.column("run_id")))
        kind = element(name)
        if isinstance(kind, RelationshipType):
            for end, label in (("source", kind.source), ("target", kind.target)):
                if label in _REFERRED:
                    self.named[label].update(_distinct(found.column(end)))

    def _is_theirs(self, name: str, batch: pa.Table) -> Mask:
        """Which rows of a table are the layers'."""
        kind = element(name)
        if not isinstance(kind, RelationshipType):
            return self._holds(name, batch.column("id"))
        if kind.target == "Layer":
            return self._holds("Layer", batch.column("target"))
        return self._holds(kind.source, batch.column("source"))

    def _holds(self, label: str, column: Any) -> Mask:
        """Which of some nodes of a label are the layers', or what these refer to."""
        if label == "Layer":
            return _one_of(column, self.layers)
        if label == "Model":
            return _one_of(column, self.models)
        if label == "Tokenizer":
            return _one_of(column, set(map(ids.tokenizer_id, self.models)))
        if label in _REFERRED:
            return _one_of(column, self.named[label])
        if label in _SPANNING:
            return pa.repeat(True, len(column))
        return _any(pc.starts_with(column, pattern=f"{layer}/") for layer in sorted(self.layers))


def of_layers(tables: Tables, wanted: Choice, *, progress: Progress) -> OfLayers:
    """The tables of the layers that are wanted by name. Raises ExportError if there are none."""
    known = [
        row
        for batch in tables.batches("Layer", _AT_ONCE)
        for row in batch.select(["id", "model_id", "name"]).to_pylist()
    ]
    chosen = [row for row in known if wanted.holds(str(row["name"]))]
    if not chosen:
        names = ", ".join(sorted({str(row["name"]) for row in known})) or "none"
        raise ExportError(
            f"there is no layer of those wanted ({wanted.text}); found {names}. Ask for some of "
            f"these with --layers."
        )
    found = OfLayers(
        tables,
        frozenset(str(row["id"]) for row in chosen),
        frozenset(str(row["model_id"]) for row in chosen),
    )
    found.look_through(progress)
    return found


def _in_order_of_reference() -> list[str]:
    """Every table, one that names shared nodes before the one that is kept for being named."""
    kinds: list[Callable[[str], bool]] = [
        lambda name: element(name).ownership is not Ownership.SHARED and name != "IngestRun",
        lambda name: name == "FORM_OF",
        lambda name: name in NODE_BY_LABEL,
    ]
    names = [kind.name for kind in (*RELATIONSHIPS, *PACKED)]
    return list(dict.fromkeys(name for first in kinds for name in names if first(name)))


def _distinct(column: Any) -> Iterator[str]:
    return (value for value in pc.unique(column).to_pylist() if value is not None)


def _one_of(column: Any, values: Any) -> Mask:
    return pa.array([value in values for value in column.to_pylist()], pa.bool_())


def _any(masks: Iterator[Mask]) -> Mask:
    found = next(masks)
    for mask in masks:
        found = pc.or_(found, mask)
    return found
