"""`/graphql`: by POST or GET, as the GraphQL-over-HTTP specification says."""

from __future__ import annotations

import orjson
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send
from strawberry.http.ides import get_graphql_ide_html

from graphapi.entry import held, labelled
from graphapi.errors import UserError
from graphapi.etags import etag, not_modified, tagged
from graphapi.execution import Answer, Executor
from graphapi.failure import Failure, failed
from graphapi.media import GRAPHQL, JSON, accepted
from graphapi.metrics import OPERATION
from graphapi.operations import Operation, requested
from graphapi.settings import Settings


class GraphQLView:
    """ASGI: answers operations from the load that the request holds."""

    def __init__(self, executor: Executor, settings: Settings) -> None:
        self._executor = executor
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        response = await self.respond(Request(scope, receive))
        response.headers.setdefault("vary", "accept")  # and what compressing adds
        await response(scope, receive, send)

    async def respond(self, request: Request) -> Response:
        """The response to a request."""
        if request.method not in ("GET", "POST"):
            error = UserError("GraphQL is asked by GET or POST.", "METHOD_NOT_ALLOWED")
            return _refused(failed(error, "in a request"), JSON)
        accept = request.headers.get("accept")
        asks = request.method == "POST" or "query" in request.query_params
        if not asks and accepted(accept, ("text/html", JSON, GRAPHQL)) == "text/html":
            return self._page()
        media = accepted(accept, (JSON, GRAPHQL))
        if media is None:
            message = f"answers are {JSON} or {GRAPHQL}; Accept is {accept!r}."
            return _refused(failed(UserError(message, "NOT_ACCEPTABLE"), "in a request"), JSON)
        try:
            operation = await requested(request, self._settings)
            if isinstance(operation, list):
                return await self._batch(operation, request)
            return await self._single(operation, request, media)
        except UserError as error:
            return _refused(failed(error, "in a request"), media)

    async def _single(self, operation: Operation, request: Request, media: str) -> Response:
        holding = held(request.scope)
        tag = None
        if request.method == "GET":
            key = self._executor.key(operation, holding.label)
            tag = etag(holding.label, key, media) if key else None
            if (unchanged := not_modified(request.headers, tag)) is not None:
                return unchanged
        answer = await self._executor.answer(operation, holding)
        labelled(request.scope, answer.label)
        request.scope[OPERATION] = answer.operation
        status = 503 if answer.unavailable else 400 if answer.refused and media == GRAPHQL else 200
        response = Response(answer.body, status, media_type=media)
        if answer.unavailable:
            response.headers["retry-after"] = "1"
        if request.method == "GET":
            tagged(response, tag if answer.whole and not answer.label.unfinished else None)
        return response

    async def _batch(self, operations: list[Operation], request: Request) -> Response:
        holding = held(request.scope)
        answers: list[Answer] = []
        for operation in operations:  # one after another: a batch is no way around the limits
            answers.append(await self._executor.answer(operation, holding))
        unfinished = next((answer for answer in answers if answer.label.unfinished), answers[0])
        labelled(request.scope, unfinished.label)
        request.scope[OPERATION] = "batch"
        body = b"[" + b",".join(answer.body for answer in answers) + b"]"
        return Response(body, media_type=JSON)

    def _page(self) -> Response:
        """GraphiQL, if it is wanted; else the page that needs no other server."""
        if self._settings.graphiql:
            return HTMLResponse(get_graphql_ide_html(graphql_ide="graphiql"))
        return RedirectResponse("/")


def _refused(failure: Failure, media: str) -> Response:
    body = orjson.dumps({"errors": [failure.formatted()]})
    response = Response(body, failure.status, media_type=media)
    if failure.status == 405:
        response.headers["allow"] = "GET, POST"
    return response
