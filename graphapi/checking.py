"""What stands before an operation is executed: it is parsed, measured and validated, once.

A document that was seen before costs nothing of that. It is known by its text: graphql-core's
documents are hashed by walking them, which took as long as all else that was saved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from graphql import ASTValidationRule, DocumentNode, GraphQLError, GraphQLSchema, parse, validate
from strawberry.extensions import SchemaExtension

from graphapi.errors import TOO_LARGE, UserError
from graphapi.limits import Size, hold, measure
from graphapi.repeats import most_repeated
from graphapi.settings import Settings

_Rules = tuple[type[ASTValidationRule], ...]
_Given = tuple[tuple[str, int | None, bool], ...]
"""Variables that a size may depend on: name, number or length or null, and whether it is a length."""


class Checks(SchemaExtension):
    """Refuses an operation that is above a limit of the settings, or wrong in itself."""

    def __init__(self, settings: Settings, rules: _Rules) -> None:
        self._settings = settings
        self._rules = rules
        """Further ones, beside those of the specification."""

    def on_parse(self) -> Iterator[None]:
        """Parse, as far as tokens and characters are within their limits."""
        context, settings = self.execution_context, self._settings
        text = context.query or ""
        hold("characters", len(text), settings.max_characters)
        try:
            context.graphql_document = _parsed(text, settings.max_tokens)
        except RecursionError as error:
            raise UserError("the operation is nested too deep to be read.", TOO_LARGE) from error
        yield

    def on_validate(self) -> Iterator[None]:
        """Measure; what is too large is not validated."""
        context, settings = self.execution_context, self._settings
        schema, text = context.schema._schema, context.query or ""
        given = _given(context.variables or {})
        size = _measured(schema, text, settings.max_tokens, context.operation_name, given)
        hold("depth", size.depth, settings.max_depth)
        hold("aliases", size.aliases, settings.max_aliases)
        hold("directives", size.directives, settings.max_directives)
        hold("cost", size.cost, settings.max_cost)
        hold(
            "repeats",
            _repeated(text, settings.max_tokens, settings.max_repeats),
            settings.max_repeats,
        )
        rules = (*context.validation_rules, *self._rules)
        context.pre_execution_errors = [*_wrong(schema, text, settings.max_tokens, rules)]
        yield


@lru_cache(maxsize=256)
def _parsed(text: str, max_tokens: int) -> DocumentNode:
    return parse(text, max_tokens=max_tokens)


@lru_cache(maxsize=256)
def _repeated(text: str, max_tokens: int, enough: int) -> int:
    return most_repeated(_parsed(text, max_tokens), enough=enough)


@lru_cache(maxsize=256)
def _wrong(
    schema: GraphQLSchema, text: str, max_tokens: int, rules: _Rules
) -> tuple[GraphQLError, ...]:
    return tuple(validate(schema, _parsed(text, max_tokens), rules))


@lru_cache(maxsize=1024)
def _measured(
    schema: GraphQLSchema, text: str, max_tokens: int, operation_name: str | None, given: _Given
) -> Size:
    variables = {
        name: [None] * (number or 0) if is_length else number for name, number, is_length in given
    }
    return measure(schema, _parsed(text, max_tokens), operation_name, variables)


def _given(variables: Mapping[str, object]) -> _Given:
    found: list[tuple[str, int | None, bool]] = []
    for name, value in variables.items():
        if value is None or type(value) is int:
            found.append((name, value, False))
        elif isinstance(value, list):
            found.append((name, len(value), True))
    return tuple(found)
