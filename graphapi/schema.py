"""The schema, and what bounds the operations on it."""

from __future__ import annotations

from functools import partial

import strawberry
from graphql import GraphQLError
from strawberry.extensions import (
    AddValidationRules,
    MaxTokensLimiter,
    ParserCache,
    QueryDepthLimiter,
    ValidationCache,
)
from strawberry.types import ExecutionContext

from graphapi.query import Query
from graphapi.settings import Settings


class _Schema(strawberry.Schema):
    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Nothing: `graphapi.failure` logs what has to be, once."""


def make_schema(settings: Settings) -> strawberry.Schema:
    """The schema with the limits of `settings`."""
    # The limiter makes a new rule each time that it is made, and a document that was validated
    # by other rules is validated again: so it is made once.
    depth = QueryDepthLimiter(max_depth=settings.max_depth).validation_rules
    return _Schema(
        query=Query,
        extensions=[
            partial(MaxTokensLimiter, max_token_count=settings.max_tokens),
            partial(AddValidationRules, depth),
            ParserCache,
            ValidationCache,
        ],
    )
