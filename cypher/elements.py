"""The vocabulary that `cypher.schema` is written in: properties, node labels, relationship types."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ValueType(StrEnum):
    """A property's type, by its name in Ladybug's DDL."""

    STRING = "STRING"
    INTEGER = "INT64"
    FLOAT = "DOUBLE"
    BOOLEAN = "BOOL"
    STRINGS = "STRING[]"
    FLOATS = "DOUBLE[]"
    INTEGERS = "INT64[]"


class Ownership(StrEnum):
    """Whose a row is, and so what a later load of the same scope does with it."""

    RUN = "run"
    """Made by one run, below one layer or circuit; gone when that scope is loaded without it."""
    HELD = "held"
    """Stays as long as anything hangs on it that another run made."""
    SHARED = "shared"
    """Belongs to whatever refers to it; gone when nothing does any more."""
    STRUCTURE = "structure"
    """A model or a layer: merged, and kept."""
    SYSTEM = "system"
    """The graph's own record of itself; in no pack."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a node or relationship."""

    name: str
    """snake_case, the same in Parquet, Ladybug and Neo4j."""
    type: ValueType
    description: str
    """Meaning, unit, scale and index base."""
    required: bool = False
    """True if no row may leave it out."""


@dataclass(frozen=True, slots=True)
class NodeType:
    """One node label."""

    label: str
    id_form: str
    """What an id looks like, with names in braces for its parts."""
    description: str
    ownership: Ownership
    properties: tuple[Property, ...]
    """Every property but `id`, which each node has."""
    indexes: tuple[tuple[str, ...], ...] = ()
    """Properties indexed together on a server (Ladybug has primary keys only)."""

    @property
    def name(self) -> str:
        """The label: a table's name in a pack."""
        return self.label


@dataclass(frozen=True, slots=True)
class RelationshipType:
    """One relationship type between two labels."""

    type: str
    source: str
    """The label that it starts from."""
    target: str
    """The label that it points to."""
    description: str
    ownership: Ownership
    properties: tuple[Property, ...] = ()
    key: tuple[str, ...] = ()
    """Properties that tell two relationships of the same two nodes apart."""

    @property
    def name(self) -> str:
        """The type: a table's name in a pack."""
        return self.type
