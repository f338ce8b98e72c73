"""What the environment says. The only module of this package that reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields

from graphapi.errors import ServeError

_PREFIX = "NEUROCYPHER_"


@dataclass(frozen=True, slots=True)
class Settings:
    """The server's limits. Each is read from `NEUROCYPHER_` and its name in capitals."""

    statement_seconds: float = 10.0
    """How long one statement may take."""
    max_page: int = 1000
    """The largest `first`."""
    max_nodes: int = 20_000
    """The most nodes of one kind that one step of an operation may ask about."""
    max_depth: int = 16
    """How deep an operation may be nested."""
    max_tokens: int = 2000
    """Lexical tokens in a request's document."""
    max_body_bytes: int = 200_000
    """The largest request body."""
    shutdown_seconds: float = 20.0
    """How long requests under way may take to finish once the server is told to stop."""
    graphiql: bool = False
    """Whether a browser is shown GraphiQL at /graphql. It loads its code from unpkg.com."""


def settings_from(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the environment names, defaults for the rest.

    Raises ServeError, which names the variable, if a value is no number that makes sense.
    """
    given: dict[str, float | int | bool] = {}
    for field in fields(Settings):
        variable = _PREFIX + field.name.upper()
        text = environment.get(variable)
        if text:
            given[field.name] = _value(variable, text, type(field.default))
    return Settings(**given)  # type: ignore[arg-type]  # each is of its default's type


def _value(variable: str, text: str, kind: type) -> float | int | bool:
    if kind is bool:
        if text not in ("0", "1"):
            raise ServeError(f"{variable} is {text!r}; expected 0 or 1.")
        return text == "1"
    try:
        number: float | int = kind(text)
    except ValueError as error:
        wanted = "a whole number" if kind is int else "a number"
        raise ServeError(f"{variable} is {text!r}; expected {wanted}.") from error
    if not number > 0:
        raise ServeError(f"{variable} is {text}; expected more than 0.")
    return number
