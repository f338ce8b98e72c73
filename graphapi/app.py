"""The application: a graph, over HTTP."""

from __future__ import annotations

from importlib.resources import files

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from cypher.errors import GraphError, QueryError
from cypher.graph import Graph
from graphapi.body_limit import BodyLimit
from graphapi.examples import EXAMPLES
from graphapi.failure import logged
from graphapi.settings import Settings
from graphapi.types.state import read_state
from graphapi.view import GraphQLView


def create_app(graph: Graph, settings: Settings | None = None) -> Starlette:
    """An application that answers from `graph`, which whoever opened it closes."""
    settings = settings or Settings()
    page = _page()

    async def index(_: Request) -> Response:
        return HTMLResponse(page)

    async def healthz(_: Request) -> Response:
        return _json({"status": "ok"})

    async def readyz(_: Request) -> Response:
        try:
            state = await read_state(graph, timeout=settings.statement_seconds)
        except (GraphError, QueryError) as error:
            return _json({"status": "unavailable", "id": logged(error, "in /readyz")}, 503)
        unfinished = [str(load) for load in state.unfinished]
        return _json({"status": "ok", "load_id": state.load_id, "unfinished": unfinished})

    view = GraphQLView(graph, settings)
    return Starlette(
        routes=[
            Route("/", index),
            Route("/graphql", view),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
        ],
        middleware=[Middleware(BodyLimit, max_bytes=settings.max_body_bytes)],
    )


def _page() -> str:
    """The page at `/`: an editor and the example queries; it loads nothing from elsewhere."""
    template = (files("graphapi") / "index.html").read_text(encoding="utf-8")
    examples = [{"question": example.question, "text": example.text} for example in EXAMPLES]
    # `<` is escaped so that no text can end the script that it stands in
    return template.replace("EXAMPLES", orjson.dumps(examples).decode().replace("<", "\\u003c"))


def _json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")
