"""Statements that people write: by hand, from the documents, and one of each kind for all that
the graph model has."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle, pairwise
from pathlib import Path

from cypher.catalogue import catalogue
from cypher.elements import NodeType, Property, RelationshipType, ValueType
from cypher.graph import Value
from cypher.schema import NODES, RELATIONSHIPS
from cypher.url import Dialect
from tests.cypher.statement_files import HONEST, statements

ROOT = Path(__file__).parents[2]
PARAMETERS: dict[str, Value] = {
    "ids": ["toy/0/1", "toy/1/2"], "token": " play", "limit": 5, "skip": 1, "least": 0.1, "layer": 1,
    "text": "a", "id": "toy/0/1",
}  # fmt: skip
_LITERALS = {"STRING": "'a'", "INT64": "3", "DOUBLE": "0.5", "BOOL": "true"}
"""By what begins the name of a type; the rest of it says that it is a list."""
_VALUES: dict[str, Value] = {"string": "a", "integer": 3, "float": 0.5, "boolean": True}
"""By a parameter's type; the name of a list's is in the plural."""


def _literal(type_: ValueType) -> str:
    literal = _LITERALS[type_.removesuffix("[]")]
    return f"[{literal}]" if type_.endswith("[]") else literal


def _value(type_: str) -> Value:
    return _VALUES[type_] if type_ in _VALUES else [_VALUES[type_.removesuffix("s")]]


@dataclass(frozen=True, slots=True)
class Honest:
    """A statement, and the engines that understand it."""

    text: str
    dialects: tuple[Dialect, ...] = tuple(Dialect)
    parameters: dict[str, Value] = field(default_factory=lambda: PARAMETERS)


def by_hand() -> Iterator[Honest]:
    """Those of `tests/cypher/honest`."""
    for text in statements(HONEST / "both.cypher"):
        yield Honest(text)
    for dialect in Dialect:
        for text in statements(HONEST / f"{dialect}.cypher"):
            yield Honest(text, (dialect,))


def from_documents() -> Iterator[Honest]:
    """The catalogue's, and those of README."""
    for statement in catalogue().values():
        given = {column.name: _value(column.type) for column in statement.parameters}
        for dialect in Dialect:
            yield Honest(statement.texts[dialect], (dialect,), given)
    for block in re.findall(
        r"```bash\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL
    ):
        words = shlex.split(block, comments=True)
        for before, word in pairwise(words):
            if before == "demo" and word.strip().startswith("MATCH"):
                yield Honest(word)


def variations() -> Iterator[Honest]:
    """One of each kind for every label, property and relationship type."""
    for node in NODES:
        yield from map(Honest, _about_label(node))
        for property_ in node.properties:
            yield from map(Honest, _about_property(node, property_))
    for relationship in RELATIONSHIPS:
        yield from map(Honest, _about_type(relationship))
        for property_ in relationship.properties:
            yield from map(Honest, _about_its_property(relationship, property_))


def all_honest() -> list[Honest]:
    """All of them."""
    return [*by_hand(), *from_documents(), *variations()]


_LIMITS = cycle(("LIMIT 10", "LIMIT 1", "SKIP 2 LIMIT 3", "LIMIT $limit", "SKIP $skip LIMIT 5"))


def _about_label(node: NodeType) -> Iterator[str]:
    label = node.label
    yield f"MATCH (n:{label}) RETURN count(*) AS n"
    yield f"MATCH (n:{label}) RETURN n {next(_LIMITS)}"
    yield f"MATCH (x:`{label}`) RETURN x.id AS id ORDER BY id DESC {next(_LIMITS)};"
    yield f"MATCH (n:{label} {{id: $id}}) RETURN n"
    yield f"MATCH (n:{label}) WHERE n.id IN $ids RETURN n.id, n"
    yield f"match (n:{label}) where n.id contains 'a' or n.id ends with 'z' return n.id limit 5"
    yield f"MATCH (n:{label})-[r]-(m) RETURN n.id AS id, count(r) AS degree ORDER BY degree DESC, id {next(_LIMITS)}"
    yield f"// how many there are\nMATCH (n:{label})\nWITH count(n) AS total\nRETURN total /* all */"


def _about_property(node: NodeType, property_: Property) -> Iterator[str]:
    match, name = f"MATCH (n:{node.label})", f"n.`{property_.name}`"
    literal = _literal(property_.type)
    yield f"{match} RETURN n.id AS id, {name} AS value ORDER BY id {next(_LIMITS)}"
    yield f"{match} WHERE {name} IS NOT NULL RETURN count(*) AS known"
    yield f"{match} WHERE {name} = {literal} RETURN n.id {next(_LIMITS)}"
    yield f"{match} RETURN {name} AS value, count(*) AS n ORDER BY n DESC {next(_LIMITS)}"
    if property_.type in (ValueType.INTEGER, ValueType.FLOAT):
        yield f"{match} WHERE {name} > {literal} AND {name} < 10 * {literal} RETURN n.id, {name} ORDER BY {name} DESC {next(_LIMITS)}"
        yield f"{match} RETURN min({name}) AS least, max({name}) AS most, avg({name}) AS mean, sum({name}) AS total"
        yield f"{match} WHERE NOT {name} <= $least RETURN count(DISTINCT {name}) AS n"
    if property_.type is ValueType.STRING:
        yield f"{match} WHERE {name} STARTS WITH $text AND toLower({name}) =~ '.*a.*' RETURN n.id {next(_LIMITS)}"
        yield f"{match} RETURN DISTINCT {name} AS value ORDER BY value {next(_LIMITS)}"
    if property_.type.endswith("[]"):
        yield f"{match} RETURN n.id, size({name}) AS length, {name} AS whole {next(_LIMITS)}"
        yield f"{match} UNWIND {name} AS x RETURN x, count(*) AS n ORDER BY n DESC, x {next(_LIMITS)}"


def _about_type(relationship: RelationshipType) -> Iterator[str]:
    a, r, b = relationship.source, relationship.type, relationship.target
    yield f"MATCH (a:{a})-[r:{r}]->(b:{b}) RETURN count(r) AS n"
    yield f"MATCH (a:{a})-[:{r}]->(b:{b}) RETURN a.id AS source, b.id AS target ORDER BY source, target {next(_LIMITS)}"
    yield f"MATCH (a:{a})-[:{r}]->(b) WITH a, count(b) AS n WHERE n > 1 RETURN a.id, n ORDER BY n DESC {next(_LIMITS)}"
    yield f"MATCH (b:{b})<-[:{r}]-(a:{a}) RETURN b.id AS id, collect(a.id) AS sources ORDER BY id {next(_LIMITS)}"
    yield f"MATCH (a:{a}) WHERE NOT EXISTS {{ MATCH (a)-[:{r}]->(:{b}) }} RETURN a.id ORDER BY a.id {next(_LIMITS)}"
    yield f"MATCH (a:{a}) OPTIONAL MATCH (a)-[:{r}]->(b:{b}) RETURN a.id, b.id ORDER BY a.id, b.id {next(_LIMITS)}"
    yield f"MATCH (a:{a})-[r:{r}]->(b:{b}) RETURN a, r, b {next(_LIMITS)}"
    yield f"MATCH p = (a:{a} {{id: $id}})-[:{r}*1..2]->(b) RETURN p {next(_LIMITS)}"


def _about_its_property(relationship: RelationshipType, property_: Property) -> Iterator[str]:
    match = f"MATCH (a:{relationship.source})-[r:{relationship.type}]->(b:{relationship.target})"
    name, literal = f"r.`{property_.name}`", _literal(property_.type)
    yield f"{match} RETURN a.id, b.id, {name} ORDER BY {name} DESC, a.id, b.id {next(_LIMITS)}"
    yield f"{match} WHERE {name} = {literal} RETURN a.id {next(_LIMITS)}"
    yield f"{match} WHERE {name} IS NULL RETURN count(*) AS n"
    yield f"{match} RETURN {name} AS value, count(*) AS n ORDER BY n DESC, value {next(_LIMITS)}"
    if property_.type in (ValueType.INTEGER, ValueType.FLOAT):
        yield f"{match} WHERE abs({name}) >= {literal} RETURN a.id, {name} AS value ORDER BY abs({name}) DESC {next(_LIMITS)}"
