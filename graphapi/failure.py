"""How an operation fails: what the client is told, and what only the log says.

What a user caused is told as it is, with a code. Anything else is logged with an id, and the
client is told that id and nothing more.
"""

from __future__ import annotations

import logging
import uuid

from graphql import GraphQLError, GraphQLFormattedError, GraphQLSyntaxError
from graphql.language import VariableDefinitionNode, VariableNode

from cypher.errors import GraphUnavailableError, QueryTimeoutError
from graphapi.errors import UserError

_LOG = logging.getLogger("graphapi")


def told(error: GraphQLError) -> GraphQLFormattedError:
    """One of the `errors` of a response."""
    message, code, unexpected = _cause(error)
    extensions: dict[str, object] = {"code": code}
    if unexpected is not None:
        error_id = logged(unexpected, f"at {'.'.join(map(str, error.path or ())) or 'the root'}")
        extensions["id"] = error_id
        message = message.format(id=error_id)
    formatted: GraphQLFormattedError = {"message": message, "extensions": extensions}
    if error.locations:
        formatted["locations"] = [place.formatted for place in error.locations]
    if error.path is not None:
        formatted["path"] = error.path
    return formatted


def logged(error: BaseException, where: str) -> str:
    """Log an error that is nobody's fault but ours; its id, for the client to quote."""
    error_id = uuid.uuid4().hex[:12]
    _LOG.error("error %s %s", error_id, where, exc_info=error)
    return error_id


def internal(error_id: str) -> GraphQLFormattedError:
    """What a client is told of an error that was logged."""
    return {
        "message": _INTERNAL.format(id=error_id),
        "extensions": {"code": "INTERNAL_SERVER_ERROR", "id": error_id},
    }


_INTERNAL = "internal error {id}: the server's log says more."
_UNAVAILABLE = "the graph cannot be reached now ({id}). Ask again later."


def _cause(error: GraphQLError) -> tuple[str, str, BaseException | None]:
    """Message and code; and what is to be logged, whose id the message then takes."""
    match error.original_error:
        case UserError() as cause:
            return str(cause), cause.code, None
        case QueryTimeoutError() as cause:
            return f"{cause} Ask for less, or for smaller pages.", "TIMEOUT", None
        case GraphUnavailableError() as cause:
            return _UNAVAILABLE, "GRAPH_UNAVAILABLE", cause
        case None | GraphQLError():
            return error.message, _refusal(error), None
        case cause:
            return _INTERNAL, "INTERNAL_SERVER_ERROR", cause


def _refusal(error: GraphQLError) -> str:
    """The code of an operation that never ran, or whose values do not fit."""
    if isinstance(error, GraphQLSyntaxError):
        return "GRAPHQL_PARSE_FAILED"
    if error.path is not None or any(
        isinstance(node, VariableDefinitionNode | VariableNode) for node in error.nodes or ()
    ):
        return "BAD_USER_INPUT"
    return "GRAPHQL_VALIDATION_FAILED"
