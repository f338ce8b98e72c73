"""The catalogue of read statements: one `.cypher` file each, with a header, checked on loading.

    // purpose: The neurons that fire on a token, strongest first.
    // param token: string — the token's exact text
    // param limit: integer — how many at most
    // returns neuron_id: string — the neuron
    // returns activation: float — share of its maximum
    MATCH …

Types are string, integer, float, boolean, strings, floats, integers; a `?` behind a returned type says
that it may be null, behind a parameter's, a text, that it may be left out: it is empty then.
`name.neo4j.cypher` or `name.ladybug.cypher` beside `name.cypher` holds the variant of one engine: the
text only, for the header is the same.

A statement with a parameter `ids` answers for many nodes at once, and its first column says
for which. The rows of each are in the same order on every engine; those of several stand among
one another, for sorting by a node's id first would cost Ladybug a quarter of its time.

`UNWIND $ids AS wanted MATCH (n {id: wanted}) OPTIONAL MATCH …` is not a detour: in Ladybug
it alone looks ids up in the index and follows relationships from there. `n.id IN $ids` reads
the whole table for each id, and a plain second MATCH all relationships of the type.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from cypher.errors import QueryError, StatementError
from cypher.fewer_columns import without_columns
from cypher.graph import Graph, Read, Value, rows_of
from cypher.optional_parts import settled
from cypher.url import Dialect

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "float": (float, int),
    "boolean": (bool,),
    "strings": (list,),
    "floats": (list,),
    "integers": (list,),
}
_FIELD = re.compile(r"// (param|returns) (\w+): (\w+)(\??) — (\S.*)\Z")
_PURPOSE = re.compile(r"// purpose: (\S.*)\Z")
_LITERALS = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|//[^\n]*")
_WRITES = re.compile(r"\b(CREATE|MERGE|SET|DELETE|DETACH|REMOVE|DROP|COPY|LOAD|FOREACH)\b", re.I)
_PARAMETER = re.compile(r"\$(\w+)")
_RETURNED = re.compile(r"\bAS\s+`?(\w+)`?\s*(?=,|\Z|\bORDER\b|\bLIMIT\b|\bSKIP\b)", re.I)
_UNBOUNDED = re.compile(r"\[[^\]]*\*(?!\s*(?:SHORTEST\s+)?\d*\.\.\d)[^\]]*\]")
_BATCH = "ids"
"""The parameter of a statement that answers for many nodes at once, and is bounded by them."""


@dataclass(frozen=True, slots=True)
class Column:
    """A parameter or a returned column."""

    name: str
    type: str
    nullable: bool
    """Of a column: whether it may be null. Of a parameter, a text: whether it may be empty, which
    says nothing then, and be left out by whoever asks by hand."""
    description: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One read statement."""

    name: str
    purpose: str
    parameters: tuple[Column, ...]
    columns: tuple[Column, ...]
    texts: Mapping[Dialect, str]

    def asked(
        self, dialect: Dialect, parameters: Mapping[str, Value], *, without: tuple[str, ...] = ()
    ) -> Read:
        """It with these parameters, and `without` some columns, or `cypher.fewer_columns.ORDER`.

        Raises QueryError as `checked` does.
        """
        asked = [column for column in self.columns if column.name not in without]
        columns = tuple(column.name for column in asked)
        required = tuple(column.name for column in asked if not column.nullable)
        text, given = settled(self.texts[dialect], self.checked(parameters))
        return Read(without_columns(text, without) if without else text, given, columns, required)

    def checked(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """`given`, if it is what the statement takes. Raises QueryError."""
        names = {parameter.name for parameter in self.parameters}
        if given.keys() != names:
            raise QueryError(
                f"statement {self.name} takes {', '.join(sorted(names)) or 'no parameters'}; "
                f"given: {', '.join(sorted(given)) or 'none'}."
            )
        for parameter in self.parameters:
            value = given[parameter.name]
            wrong_bool = isinstance(value, bool) and parameter.type != "boolean"
            if wrong_bool or not isinstance(value, _TYPES[parameter.type]):
                raise QueryError(
                    f"statement {self.name}: {parameter.name} is {value!r}; "
                    f"expected {parameter.type}."
                )
        return dict(given)


@cache
def catalogue() -> Mapping[str, Statement]:
    """Every statement by name. Raises StatementError if one is malformed."""
    return load_catalogue(files("cypher") / "statements")


def load_catalogue(folder: Traversable) -> dict[str, Statement]:
    """The statements of a folder. Raises StatementError, which names file and line."""
    texts = {
        item.name.removesuffix(".cypher"): item.read_text(encoding="utf-8")
        for item in sorted(folder.iterdir(), key=lambda item: item.name)
        if item.name.endswith(".cypher")
    }
    statements = {}
    for name, text in texts.items():
        if "." not in name:
            statement = _parsed(name, text)
            variants = {
                dialect: texts.get(f"{name}.{dialect}", statement.texts[dialect])
                for dialect in Dialect
            }
            for dialect, variant in variants.items():
                _check_body(name, dialect, variant, statement)
            bodies = {dialect: _body(variant) for dialect, variant in variants.items()}
            statements[name] = Statement(
                name, statement.purpose, statement.parameters, statement.columns, bodies
            )
    for name in texts:
        base, dot, engine = name.partition(".")
        if dot and (base not in statements or engine not in set(Dialect)):
            raise StatementError(f"{name}.cypher: a variant of no statement, or for no engine.")
    return statements


async def run(graph: Graph, name: str, /, **parameters: Value) -> list[dict[str, Value]]:
    """The rows of the catalogue's statement `name`. Raises QueryError as `Graph.read` does."""
    asked = catalogue()[name].asked(graph.dialect, parameters)
    return (await rows_of(graph, asked)).as_dicts()


def _parsed(name: str, text: str) -> Statement:
    purpose = ""
    fields: dict[str, list[Column]] = {"param": [], "returns": []}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("//"):
            break
        if match := _PURPOSE.match(line):
            purpose = match[1]
        elif (match := _FIELD.match(line)) and match[3] in _TYPES:
            fields[match[1]].append(Column(match[2], match[3], bool(match[4]), match[5]))
        else:
            raise StatementError(
                f"{name}.cypher line {number}: {line!r} is no header line; expected "
                f"`// purpose: …`, `// param name: type — …` or `// returns name: type — …` "
                f"with a type of {', '.join(_TYPES)}."
            )
    if not purpose or not fields["returns"]:
        raise StatementError(f"{name}.cypher line 1: the header has no purpose or no returns.")
    texts = dict.fromkeys(Dialect, text)
    return Statement(name, purpose, tuple(fields["param"]), tuple(fields["returns"]), texts)


def _body(text: str) -> str:
    """The text without the comments that it begins with: what the engine is sent."""
    lines = text.splitlines()
    begin = next(number for number, line in enumerate(lines) if not line.startswith("//"))
    return "\n".join(lines[begin:])


def _check_body(name: str, dialect: Dialect, text: str, statement: Statement) -> None:
    bare = _LITERALS.sub(lambda match: match[0] if match[0][0] == "`" else "''", text)
    declared = {parameter.name for parameter in statement.parameters}
    used = set(_PARAMETER.findall(bare))
    if declared != used:
        raise StatementError(
            f"{name}.cypher ({dialect}): declares {sorted(declared)} and uses {sorted(used)}."
        )
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _WRITES.search(_LITERALS.sub("``", line)):
            raise StatementError(f"{name}.cypher line {number}: {found[0]} in a read statement.")
    last = bare.rpartition("RETURN")[2].strip()
    returned = tuple(_RETURNED.findall(last))
    expected = tuple(column.name for column in statement.columns)
    if returned != expected:
        raise StatementError(
            f"{name}.cypher ({dialect}): returns {', '.join(returned)}; "
            f"the header says {', '.join(expected)}."
        )
    if "ORDER BY" not in last:
        raise StatementError(f"{name}.cypher ({dialect}): the answer has no ORDER BY.")
    if "LIMIT $" not in last and _BATCH not in declared:
        raise StatementError(
            f"{name}.cypher ({dialect}): the answer is not bounded; give it `LIMIT $limit`, or "
            f"a parameter `{_BATCH}`."
        )
    if found := _UNBOUNDED.search(bare):
        raise StatementError(
            f"{name}.cypher ({dialect}): the path {found[0]} has no upper bound; write *1..n."
        )
