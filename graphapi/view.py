"""`/graphql`: one operation per request, by POST or GET."""

from __future__ import annotations

import orjson
from cross_web import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse
from strawberry.types import ExecutionResult

from cypher.graph import Graph
from graphapi.body_limit import BodyTooLargeError
from graphapi.context import Context
from graphapi.failure import internal, logged, told
from graphapi.reader import Reader
from graphapi.schema import make_schema
from graphapi.settings import Settings


class GraphQLView(GraphQL[Context, None]):
    """Strawberry's view with our errors, our JSON and a context of each request's own."""

    def __init__(self, graph: Graph, settings: Settings) -> None:
        super().__init__(make_schema(settings), graphql_ide="graphiql", subscription_protocols=())
        self._graph = graph
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer. Whatever goes wrong, the answer is JSON with a code."""
        try:
            response = await self.run(Request(scope, receive))
        except HTTPException as error:
            told_error = {"message": error.reason, "extensions": {"code": "BAD_REQUEST"}}
            response = _json({"errors": [told_error]}, error.status_code)
        except BodyTooLargeError:
            raise
        except Exception as error:  # noqa: BLE001  an entry point: logged, and told as an id
            response = _json({"errors": [internal(logged(error, "in a request"))]}, 500)
        await response(scope, receive, send)

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        """A context with a reader that lives as long as the request."""
        del request, response
        return Context(self._graph, Reader(self._graph, self._settings), self._settings)

    async def process_result(
        self, request: Request, result: ExecutionResult
    ) -> GraphQLHTTPResponse:
        """The response, with what a client may know of its errors."""
        del request
        answer: GraphQLHTTPResponse = {"data": result.data}
        if result.errors:
            answer["errors"] = [told(error) for error in result.errors]
        return answer

    async def render_graphql_ide(self, request: Request) -> Response:
        """GraphiQL, if it is wanted; else the page that needs no other server."""
        if self._settings.graphiql:
            return await super().render_graphql_ide(request)
        return RedirectResponse("/")

    def decode_json(self, data: str | bytes) -> object:
        """What JSON says; orjson refuses lone surrogates, which no engine can take."""
        return orjson.loads(data)

    def encode_json(self, data: object) -> bytes:
        """JSON."""
        return orjson.dumps(data)


def _json(content: object, status: int) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")
