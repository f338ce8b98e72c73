"""The graph model as each engine wants it declared."""

from __future__ import annotations

from collections.abc import Iterator

from cypher.elements import Property
from cypher.schema import NODES, RELATIONSHIPS


def ladybug_ddl() -> Iterator[str]:
    """Statements that make every table in Ladybug; each may run again."""
    for node in NODES:
        columns = ["`id` STRING", *map(_column, node.properties), "PRIMARY KEY (`id`)"]
        yield f"CREATE NODE TABLE IF NOT EXISTS `{node.label}` ({', '.join(columns)})"
    for rel in RELATIONSHIPS:
        columns = [f"FROM `{rel.source}` TO `{rel.target}`", *map(_column, rel.properties)]
        yield f"CREATE REL TABLE IF NOT EXISTS `{rel.type}` ({', '.join(columns)})"


def _column(property_: Property) -> str:
    return f"`{property_.name}` {property_.type}"


def neo4j_ddl() -> Iterator[tuple[str, str]]:
    """Every constraint and index in Neo4j: its name, and the statement that makes it."""
    for node in NODES:
        name = f"{node.label}_id"
        yield (
            name,
            f"CREATE CONSTRAINT `{name}` IF NOT EXISTS "
            f"FOR (n:`{node.label}`) REQUIRE n.`id` IS UNIQUE",
        )
        for names in node.indexes:
            name = f"{node.label}_{'_'.join(names)}"
            listed = ", ".join(f"n.`{property_}`" for property_ in names)
            yield (
                name,
                f"CREATE INDEX `{name}` IF NOT EXISTS FOR (n:`{node.label}`) ON ({listed})",
            )
