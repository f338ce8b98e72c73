"""`python -m cypher.docs`: the page `docs/graph-model.md`, made from `cypher.schema`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from cypher.elements import NodeType, Ownership, Property, RelationshipType, ValueType
from cypher.pack import FORMAT_VERSION
from cypher.schema import NODES, RELATIONSHIPS, SCHEMA_VERSION

_TYPES = {
    ValueType.STRING: "string",
    ValueType.INTEGER: "integer",
    ValueType.FLOAT: "float",
    ValueType.BOOLEAN: "boolean",
    ValueType.STRINGS: "list of strings",
    ValueType.FLOATS: "list of floats",
    ValueType.INTEGERS: "list of integers",
}
_KEPT = {
    Ownership.RUN: "belongs to its run: gone when its scope is loaded without it",
    Ownership.HELD: "held: gone with its run, unless another has said something about it",
    Ownership.SHARED: "shared: gone when nothing refers to it any more",
    Ownership.STRUCTURE: "merged: kept, whatever is loaded",
    Ownership.SYSTEM: "the graph's record of itself; in no pack",
}


def graph_model_page() -> str:
    """The page as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The graph model"
    yield ""
    yield (
        f"Graph model version {SCHEMA_VERSION}, pack format version {FORMAT_VERSION}. Made from "
        "`cypher/schema.py` by `make docs`; change it there."
    )
    yield ""
    yield (
        "Labels, relationship types and properties have the same names in a pack's Parquet "
        "files, in Ladybug and in Neo4j. Every node has an `id`. In a pack, `X.parquet` (or the "
        "files in a folder `X`) holds all nodes labelled `X`, with a column `id`, or all "
        "relationships of type `X`, with columns `source` and `target`. In Cypher, names that "
        "are words of the language, such as `index` and `rank`, stand in backticks."
    )
    yield ""
    yield "```"
    for rel in RELATIONSHIPS:
        yield f"(:{rel.source})-[:{rel.type}]->(:{rel.target})"
    yield "```"
    yield ""
    yield "## Nodes"
    for node in NODES:
        yield from _node(node)
    yield ""
    yield "## Relationships"
    for rel in RELATIONSHIPS:
        yield from _relationship(rel)


def _node(node: NodeType) -> Iterator[str]:
    yield ""
    yield f"### {node.label}"
    yield ""
    yield f"{_sentence(node.description)} Its `id` is `{node.id_form}`. {_sentence(_KEPT[node.ownership])}"
    yield from _properties(node.properties)


def _relationship(rel: RelationshipType) -> Iterator[str]:
    yield ""
    yield f"### {rel.type}"
    yield ""
    key = f" One for each {', '.join(f'`{k}`' for k in rel.key)}." if rel.key else ""
    yield f"`(:{rel.source})-[:{rel.type}]->(:{rel.target})`: {rel.description}.{key}"
    yield from _properties(rel.properties)


def _properties(properties: tuple[Property, ...]) -> Iterator[str]:
    if not properties:
        return
    yield ""
    yield "| property | type | meaning |"
    yield "|---|---|---|"
    for property_ in properties:
        null = "" if property_.required else ", may be null"
        yield f"| `{property_.name}` | {_TYPES[property_.type]}{null} | {property_.description} |"


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:] + "."


if __name__ == "__main__":
    sys.stdout.write(graph_model_page())
