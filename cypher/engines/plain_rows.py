"""Ladybug's nodes, relationships and paths as plain mappings and lists."""

from __future__ import annotations

from cypher.graph import Rows, Value

_ENTITIES = ("NODE", "REL", "RECURSIVE_REL")
_PATH = {"_NODES": "_nodes", "_RELS": "_rels"}
_INTERNAL = ("_ID", "_SRC", "_DST")


def plain_rows(rows: Rows, types: list[str]) -> Rows:
    """`rows` with nodes, relationships and paths as Neo4j's engine gives them."""
    if not any(entity in type_ for type_ in types for entity in _ENTITIES):
        return rows
    return Rows(rows.columns, [[_plain(value) for value in row] for row in rows.values])


def _plain(value: Value) -> Value:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "_LABEL" in value:
        kept = {k: v for k, v in value.items() if v is not None and k not in _INTERNAL}
        return {"_label": kept.pop("_LABEL"), **kept}
    return {_PATH.get(key, key): _plain(item) for key, item in value.items()}
