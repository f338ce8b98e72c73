"""The statements that read a whole table, made from the graph model like those that load it."""

from __future__ import annotations

from cypher.elements import NodeType, RelationshipType


def all_rows(kind: NodeType | RelationshipType) -> str:
    """All rows of a table, with the columns that a pack's has."""
    ends = ["n.id AS id"] if isinstance(kind, NodeType) else ["a.id AS source", "b.id AS target"]
    variable = "n" if isinstance(kind, NodeType) else "r"
    columns = [f"{variable}.`{p.name}` AS `{p.name}`" for p in kind.properties]
    return f"{_match(kind)} RETURN {', '.join([*ends, *columns])}"


def count_rows(kind: NodeType | RelationshipType) -> str:
    """How many there are."""
    return f"{_match(kind)} RETURN count(*) AS n"


def _match(kind: NodeType | RelationshipType) -> str:
    if isinstance(kind, NodeType):
        return f"MATCH (n:`{kind.label}`)"
    return f"MATCH (a:`{kind.source}`)-[r:`{kind.type}`]->(b:`{kind.target}`)"
