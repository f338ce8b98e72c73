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

    public: bool = False
    """Whether strangers may ask: `PUBLIC`'s values take the place of the defaults below."""

    statement_seconds: float = 10.0
    """How long one statement may take."""
    request_seconds: float = 60.0
    """How long a request may take, from its first byte to the last of its answer."""
    receive_seconds: float = 10.0
    """How long a client may take to send a request's head, and again its body."""
    shutdown_seconds: float = 20.0
    """How long requests under way may take to finish once the server is told to stop."""
    poll_seconds: float = 1.0
    """How often a new load of a file is looked for."""

    max_page: int = 1000
    """The largest `first`."""
    max_nodes: int = 20_000
    """The most nodes of one kind that one step of an operation may ask about."""
    max_text_tokens: int = 200
    """The longest text, in tokens, that may be asked about."""
    max_rows: int = 100_000
    """The most rows of a table."""
    max_depth: int = 16
    """How deep an operation may be nested."""
    max_aliases: int = 100
    """Fields of an operation that may have an alias, each use of a fragment counted."""
    max_directives: int = 50
    """Directives of an operation, each use of a fragment counted."""
    max_repeats: int = 100
    """Fields of one name that an operation may select at one place."""
    max_tokens: int = 2000
    """Lexical tokens in a request's document."""
    max_characters: int = 50_000
    """Characters in a request's document."""
    max_cost: int = 500_000
    """Values that an operation may answer with, every list as long as it may be."""
    max_batch: int = 20
    """Operations in one request, where `batching` allows several."""
    max_filter_depth: int = 8
    """How deep `and`, `or`, `not` and the filters of other neurons may be nested in a filter."""
    max_filter_conditions: int = 60
    """Conditions in a filter, those on other neurons included."""
    max_filter_list: int = 1000
    """The most tokens, words or ids in one list of a filter."""
    max_filter_hops: int = 3
    """How many neurons away a filter may lead: `similarTo` in `connectsTo` is two."""
    max_filter_patterns: int = 10
    """Patterns that a filter may look for; two neurons away each counts as 20, three away as 400."""
    max_body_bytes: int = 200_000
    """The largest request body."""
    max_concurrent: int = 64
    """Requests that are worked on at a time; more wait."""
    max_waiting: int = 2000
    """Requests that may wait; more are told to come back."""
    cache_bytes: int = 64_000_000
    """How much memory answers may take that are kept to be given again."""
    compress_bytes: int = 1000
    """From which size on an answer is compressed."""
    rate_per_minute: int = 600
    """Requests of a key in a minute."""

    cypher: bool = True
    """Whether ad-hoc Cypher is answered, at /cypher."""
    cypher_rows: int = 100_000
    """The most rows of its answers."""
    cypher_bytes: int = 32_000_000
    """The most bytes of its answers, as they come from the graph."""
    cypher_memory_bytes: int = 1_000_000_000
    """The most memory that one of its statements may take."""
    cypher_concurrent: int = 2
    """Its statements at a time; each has a process."""
    cypher_wait_seconds: float = 2.0
    """How long one of its statements waits for others to end before it is turned away."""

    batching: bool = False
    """Whether one request may hold several operations."""
    introspection: bool = True
    """Whether the schema may be asked for."""
    suggestions: bool = True
    """Whether an error about a name says which names are like it."""
    graphiql: bool = False
    """Whether a browser is shown GraphiQL at /graphql. It loads its code from unpkg.com."""

    keys: str = ""
    """A file of keys, as `neurocypher key` writes it: only they may ask. Empty: anyone may."""
    queries: str = ""
    """A folder of `.graphql` files, each answered at `/q/` and its name. Empty: none."""
    cors_origins: str = ""
    """Origins whose pages may ask, separated by commas; `*` for any. Empty: none."""


PUBLIC: Mapping[str, float | int | bool | str] = {
    "statement_seconds": 5.0,
    "request_seconds": 15.0,
    "max_page": 500,
    "max_rows": 10_000,
    "max_depth": 12,
    "max_aliases": 30,
    "max_directives": 10,
    "max_repeats": 50,
    "max_tokens": 1000,
    "max_characters": 10_000,
    "max_cost": 100_000,
    "max_filter_patterns": 5,
    "max_body_bytes": 50_000,
    "max_concurrent": 16,
    "max_waiting": 500,
    "rate_per_minute": 120,
    "cypher_rows": 10_000,
    "cypher_bytes": 8_000_000,
    "cypher_memory_bytes": 500_000_000,
    "introspection": False,
    "suggestions": False,
}
"""What `public` changes; a value that is given itself is kept."""


def settings_from(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings that the environment names, defaults for the rest.

    Raises ServeError, which names the variable, if a value is no number that makes sense.
    """
    given: dict[str, float | int | bool | str] = {}
    for field in fields(Settings):
        variable = _PREFIX + field.name.upper()
        text = environment.get(variable)
        if text:
            given[field.name] = _value(variable, text, type(field.default))
    defaults = PUBLIC if given.get("public") else {}
    return Settings(**{**defaults, **given})  # type: ignore[arg-type]  # each is of its default's type


def _value(variable: str, text: str, kind: type) -> float | int | bool | str:
    if kind is str:
        return text
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
