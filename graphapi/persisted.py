"""`/q/{name}`: queries that stand in files, at URLs that stay.

A folder of `.graphql` files, one query each; its variables are taken from the URL. Whatever
reads JSON by URL can ask them, and a link to one says all of the question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
from graphql import (
    GraphQLError,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    TypeNode,
    is_list_type,
    parse,
    type_from_ast,
    validate,
)
from graphql.language import print_ast
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from graphapi.entry import held, labelled
from graphapi.errors import ServeError, UserError
from graphapi.etags import etag, not_modified, tagged
from graphapi.execution import Executor
from graphapi.media import JSON
from graphapi.metrics import OPERATION
from graphapi.operations import Operation

_AS_TEXT = {"String", "ID"}
"""Types whose values stand in a URL as they are; all others are JSON, or an enum's name."""


@dataclass(frozen=True, slots=True)
class Persisted:
    """One query."""

    name: str
    text: str
    """The document."""
    variables: Mapping[str, TypeNode]
    """The type of each."""


class PersistedQueries:
    """The endpoints of one application."""

    def __init__(self, folder: Path, executor: Executor) -> None:
        self._executor = executor
        self._schema: GraphQLSchema = executor.schema._schema
        self._queries = read_queries(folder, self._schema)
        self._list = orjson.dumps([_described(query) for query in self._queries.values()])

    async def listing(self, request: Request) -> Response:
        """Every query and its variables."""
        del request
        return Response(self._list, media_type=JSON)

    async def query(self, request: Request) -> Response:
        """The answer of one. Raises UserError if there is none, or a variable is wrong."""
        query = self._queries.get(request.path_params["name"])
        if query is None:
            name = request.path_params["name"]
            raise UserError(f"there is no query {name[:100]}; /q lists them.", "NOT_FOUND")
        operation = Operation(query.text, self._variables(query, request.query_params))
        holding = held(request.scope)
        tag = etag(holding.label, self._executor.key(operation, holding.label))
        if (unchanged := not_modified(request.headers, tag)) is not None:
            return unchanged
        answer = await self._executor.answer(operation, holding)
        labelled(request.scope, answer.label)
        request.scope[OPERATION] = query.name
        status = 503 if answer.unavailable else 400 if answer.refused else 200
        response = Response(answer.body, status, media_type=JSON)
        return tagged(response, tag if answer.whole and not answer.label.unfinished else None)

    def _variables(self, query: Persisted, given: QueryParams) -> dict[str, object]:
        if unknown := sorted(set(given.keys()) - query.variables.keys()):
            raise UserError(
                f"query {query.name} has no variable {', '.join(unknown)}; "
                f"it has {', '.join(query.variables) or 'none'}."
            )
        return {name: self._value(query, name, given.getlist(name)) for name in given}

    def _value(self, query: Persisted, name: str, texts: list[str]) -> object:
        kind = type_from_ast(self._schema, query.variables[name])
        bare = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if is_list_type(bare):
            element = bare.of_type
            inner = element.of_type if isinstance(element, GraphQLNonNull) else element
            return [_parsed(str(inner), text) for text in texts]
        if len(texts) != 1:
            raise UserError(f"{name} is given {len(texts)} times; expected once.")
        return _parsed(str(bare), texts[0])


def read_queries(folder: Path, schema: GraphQLSchema) -> dict[str, Persisted]:
    """The queries of a folder. Raises ServeError, which names the file and what is wrong."""
    if not folder.is_dir():
        raise ServeError(f"the folder of queries {folder} does not exist.")
    queries = {}
    for path in sorted(folder.glob("*.graphql")):
        text = path.read_text(encoding="utf-8")
        try:
            document = parse(text)
        except GraphQLError as error:
            raise ServeError(f"{path}: {error.message}") from error
        operations = [
            node for node in document.definitions if isinstance(node, OperationDefinitionNode)
        ]
        if len(operations) != 1 or operations[0].operation is not OperationType.QUERY:
            raise ServeError(f"{path} holds {len(operations)} operations; expected one query.")
        if errors := validate(schema, document):
            raise ServeError(f"{path}: {errors[0].message}")
        definitions = operations[0].variable_definitions or ()
        variables = {node.variable.name.value: node.type for node in definitions}
        queries[path.stem] = Persisted(path.stem, text, variables)
    return queries


def _described(query: Persisted) -> dict[str, object]:
    variables = {name: print_ast(kind) for name, kind in query.variables.items()}
    return {"name": query.name, "url": f"/q/{query.name}", "variables": variables}


def _parsed(kind: str, text: str) -> object:
    if kind in _AS_TEXT:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise UserError("a variable holds half of a character.") from error
        return text
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text  # an enum's name; whatever else it is, the schema says what is expected
