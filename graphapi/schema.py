"""The schema, and what bounds the operations on it."""

from __future__ import annotations

from functools import partial

import strawberry
from graphql import ASTValidationRule, GraphQLError, NoSchemaIntrospectionCustomRule
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from graphapi.breadth import BreadthFirstExecutor
from graphapi.checking import Checks
from graphapi.cursors import attribute
from graphapi.query import Query
from graphapi.settings import Settings


class _Schema(strawberry.Schema):
    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Nothing: `graphapi.failure` logs what has to be, once."""


def make_schema(settings: Settings) -> strawberry.Schema:
    """The schema with the limits of `settings`."""
    rules: list[type[ASTValidationRule]] = []
    if not settings.introspection:
        rules.append(NoSchemaIntrospectionCustomRule)
    return _Schema(
        query=Query,
        execution_context_class=BreadthFirstExecutor,
        config=StrawberryConfig(
            disable_field_suggestions=not settings.suggestions, default_resolver=attribute
        ),
        extensions=[
            partial(Checks, settings, tuple(rules)),
        ],
    )
