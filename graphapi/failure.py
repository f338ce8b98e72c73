"""How a request fails: what the client is told, and what only the log says.

What a user caused is told as it is, with a code. Anything else is logged with an id, and the
client is told that id and nothing more.
"""

from __future__ import annotations

import logging
import re
import uuid
from dataclasses import dataclass

from graphql import GraphQLError, GraphQLFormattedError, GraphQLSyntaxError
from graphql.language import VariableDefinitionNode, VariableNode

from cypher.errors import GraphError, QueryTimeoutError
from cypher.errors import LimitError as StatementLimitError
from graphapi.errors import LimitError, UserError

_LOG = logging.getLogger("graphapi")

UNAVAILABLE = "GRAPH_UNAVAILABLE"
"""The code of what failed because the graph cannot be reached."""

_STATUS = {
    "BUSY": 503,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "ONLY_QUERIES": 405,
    "NOT_ACCEPTABLE": 406,
    "UNSUPPORTED_MEDIA_TYPE": 415,
}
"""Of codes whose HTTP status is not 400."""

_SUGGESTION = re.compile(r" Did you mean [^?]*\?")


@dataclass(frozen=True, slots=True)
class Failure:
    """What a client is told of a request that failed as a whole."""

    status: int
    """Of HTTP."""
    message: str
    code: str
    error_id: str | None = None
    """What the log calls it, if it was logged."""

    def formatted(self) -> GraphQLFormattedError:
        """The same as one of the `errors` of a response."""
        extensions: dict[str, object] = {"code": self.code}
        if self.error_id is not None:
            extensions["id"] = self.error_id
        return {"message": self.message, "extensions": extensions}


def told(error: GraphQLError, *, suggestions: bool = True) -> GraphQLFormattedError:
    """One of the `errors` of a response."""
    cause = error.original_error
    if cause is None or isinstance(cause, GraphQLError):
        message = error.message if suggestions else _SUGGESTION.sub("", error.message)
        failure = Failure(400, message, _refusal(error))
    else:
        failure = failed(cause, f"at {'.'.join(map(str, error.path or ())) or 'the root'}")
    formatted = failure.formatted()
    if isinstance(cause, LimitError):
        formatted["extensions"] = {**formatted["extensions"], **cause.measured()}
    if error.locations:
        formatted["locations"] = [place.formatted for place in error.locations]
    if error.path is not None:
        formatted["path"] = error.path
    return formatted


def failed(error: BaseException, where: str) -> Failure:
    """What a client is told of `error`, which is logged if it is nobody's fault but ours."""
    match error:
        case UserError():
            return Failure(_STATUS.get(error.code, 400), str(error), error.code)
        case QueryTimeoutError():
            return Failure(503, f"{error} Ask for less, or for smaller pages.", "TIMEOUT")
        case StatementLimitError():
            return Failure(503, f"{error} Ask for less, or for smaller pages.", "MEMORY")
        case GraphError():
            error_id = logged(error, where)
            message = f"the graph cannot be reached now ({error_id}). Ask again later."
            return Failure(503, message, UNAVAILABLE, error_id)
    error_id = logged(error, where)
    message = f"internal error {error_id}: the server's log says more."
    return Failure(500, message, "INTERNAL_SERVER_ERROR", error_id)


def logged(error: BaseException, where: str) -> str:
    """Log an error that is nobody's fault but ours; its id, for the client to quote."""
    error_id = uuid.uuid4().hex[:12]
    _LOG.error("error %s %s", error_id, where, exc_info=error)
    return error_id


def _refusal(error: GraphQLError) -> str:
    """The code of an operation that never ran, or whose values do not fit."""
    if isinstance(error, GraphQLSyntaxError):
        return "GRAPHQL_PARSE_FAILED"
    if error.path is not None or any(
        isinstance(node, VariableDefinitionNode | VariableNode) for node in error.nodes or ()
    ):
        return "BAD_USER_INPUT"
    return "GRAPHQL_VALIDATION_FAILED"
