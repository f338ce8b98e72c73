"""A statement's parameters out of a query string: each of the catalogue's types."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.datastructures import QueryParams

from cypher.catalogue import Column, Statement
from cypher.graph import Value
from graphapi.errors import UserError
from graphapi.regular import safe_pattern
from graphapi.settings import Settings

LIMIT = "limit"
"""The parameter that bounds a statement's rows: it has a default and a highest value."""
PATTERN = "pattern"
"""The parameter that is a regular expression."""

_LEAST, _MOST = -(2**63), 2**63 - 1


def parameters_from(
    given: QueryParams, statement: Statement, settings: Settings
) -> dict[str, Value]:
    """The statement's parameters as the query string has them.

    A list is given by naming its parameter once for each entry; a text that may be left out is
    empty then. Raises UserError, which says what was found and what is expected, if one is missing,
    unknown or not of its type.
    """
    known = {parameter.name: parameter for parameter in statement.parameters}
    if unknown := sorted(set(given.keys()) - known.keys()):
        raise UserError(
            f"table {statement.name} has no parameter {', '.join(unknown)}; "
            f"it has {', '.join(sorted(known)) or 'none'}."
        )
    return {name: _parameter(given, known[name], settings) for name in known}


def described(parameter: Column, settings: Settings) -> Mapping[str, object]:
    """A parameter as `/tables` lists it."""
    listed = {
        "name": parameter.name,
        "type": parameter.type,
        "description": parameter.description,
        "required": parameter.name != LIMIT and not parameter.nullable,
    }
    if listed["required"]:
        return listed
    return {**listed, "default": settings.max_rows if parameter.name == LIMIT else ""}


def _parameter(given: QueryParams, parameter: Column, settings: Settings) -> Value:
    texts = given.getlist(parameter.name)
    name = parameter.name
    if parameter.type in _LISTS:
        if not texts:
            raise UserError(f"{name} is missing; expected {name}=… once for each of them.")
        if len(texts) > settings.max_nodes:
            raise UserError(f"{name} has {len(texts)} entries; the limit is {settings.max_nodes}.")
        return [_one(name, text, _LISTS[parameter.type]) for text in texts]
    if not texts and name == LIMIT:
        return settings.max_rows
    if not texts and parameter.nullable:
        return ""
    if len(texts) != 1:
        raise UserError(f"{name} is given {len(texts)} times; expected once: a {parameter.type}.")
    value = _one(name, texts[0], parameter.type)
    if name == LIMIT and not 0 <= int(str(value)) <= settings.max_rows:
        raise UserError(f"{name} is {value}; it may be 0 to {settings.max_rows}.")
    return safe_pattern(str(value)) if name == PATTERN else value


def _one(name: str, text: str, kind: str) -> Value:
    try:
        return _PARSERS[kind](text)
    except ValueError as error:
        raise UserError(f"{name} is {text[:100]!r}; expected {_EXPECTED[kind]}.") from error


def _integer(text: str) -> int:
    value = int(text) if len(text) <= 20 else _MOST + 1
    if not _LEAST <= value <= _MOST:
        raise ValueError(text)
    return value


def _float(text: str) -> float:
    value = float(text)
    if value - value != 0:  # neither engine takes what is not finite
        raise ValueError(text)
    return value


def _boolean(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _string(text: str) -> str:
    text.encode()  # lone surrogates are ValueErrors: no engine can take them
    return text


_LISTS = {"strings": "string", "floats": "float"}
_PARSERS: dict[str, Callable[[str], Value]] = {
    "string": _string,
    "integer": _integer,
    "float": _float,
    "boolean": _boolean,
}
_EXPECTED = {
    "string": "a text",
    "integer": "a whole number of at most 64 bits",
    "float": "a finite number",
    "boolean": "true or false",
}
