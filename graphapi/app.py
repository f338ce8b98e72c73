"""The application: a graph, over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import orjson
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route, request_response
from starlette.types import ASGIApp

from cypher.adhoc import Door
from cypher.errors import GraphError, QueryError
from cypher.graph import Graph
from graphapi.compression import Compressed
from graphapi.cypher_endpoint import CypherEndpoint
from graphapi.entry import LOAD_ID, UNFINISHED, Entry
from graphapi.examples import EXAMPLES
from graphapi.execution import Executor
from graphapi.failure import logged
from graphapi.gate import Gate
from graphapi.keys import read_keys
from graphapi.loads import Loads
from graphapi.metrics import Measured, Metrics
from graphapi.persisted import PersistedQueries
from graphapi.result_cache import ResultCache
from graphapi.settings import Settings
from graphapi.slots import Slots
from graphapi.tables import Tables
from graphapi.view import GraphQLView
from graphapi.whole_body import WholeBody

Answering = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Service:
    """An application and what it is made of."""

    app: Starlette
    loads: Loads
    """What it answers from; whoever made it closes it."""


def create_app(
    graph: Graph, settings: Settings | None = None, door: Door | None = None
) -> Starlette:
    """An application that answers from `graph`, which whoever opened it closes."""
    return create_service(graph, settings or Settings(), door).app


def create_service(graph: Graph, settings: Settings, door: Door | None = None) -> Service:
    """An application that answers from `graph`, and from what takes its place.

    With a `door` to the same graph it answers ad-hoc Cypher too.
    """
    metrics = Metrics()
    loads = Loads(
        graph,
        state_seconds=settings.statement_seconds,
        moved=metrics.loads.inc,
    )
    slots = Slots(settings.max_concurrent, settings.max_waiting)
    cache = ResultCache(settings.cache_bytes, metrics)
    executor = Executor(settings, cache, metrics)
    tables = Tables(settings, cache, metrics)

    def entry(app: ASGIApp) -> Entry:
        return Entry(app, loads, slots, settings, metrics)

    def reads(path: str, answer: Answering) -> Route:
        return Route(path, entry(request_response(answer)), methods=["GET"])

    routes: list[BaseRoute] = [
        Route("/graphql", entry(GraphQLView(executor, settings))),
        reads("/tables", tables.listing),
        reads("/tables/{file}", tables.table),
        *_pages(loads, metrics),
    ]
    if door is not None:
        routes.append(Route("/cypher", entry(CypherEndpoint(door, metrics))))
    if settings.queries:
        persisted = PersistedQueries(Path(settings.queries), executor)
        routes += [reads("/q", persisted.listing), reads("/q/{name}", persisted.query)]
    return Service(Starlette(routes=routes, middleware=_middleware(settings, metrics)), loads)


def _middleware(settings: Settings, metrics: Metrics) -> list[Middleware]:
    """What every request goes through, the outermost first."""
    around = [Middleware(Measured, metrics=metrics)]
    if settings.cors_origins:
        around.append(
            Middleware(
                CORSMiddleware,
                allow_origins=[origin.strip() for origin in settings.cors_origins.split(",")],
                allow_methods=["GET", "POST"],
                allow_headers=["authorization", "content-type", "x-api-key"],
                expose_headers=["etag", "retry-after", LOAD_ID, UNFINISHED],
            )
        )
    keys = read_keys(Path(settings.keys)) if settings.keys else []
    return [
        *around,
        Middleware(Gate, keys=keys, settings=settings, metrics=metrics),
        Middleware(Compressed, min_bytes=settings.compress_bytes),
        Middleware(
            WholeBody,
            max_bytes=settings.max_body_bytes,
            seconds=settings.receive_seconds,
            metrics=metrics,
        ),
    ]


def _pages(loads: Loads, metrics: Metrics) -> list[Route]:
    """What is answered without the graph, or about whether it can be read."""
    page = _page()

    async def index(_: Request) -> Response:
        return HTMLResponse(page)

    async def figures(_: Request) -> Response:
        text, media = metrics.text()
        return Response(text, headers={"content-type": media})

    async def healthz(_: Request) -> Response:
        return _json({"status": "ok"})

    async def readyz(_: Request) -> Response:
        try:
            state = await loads.state()
        except (GraphError, QueryError) as error:
            return _json({"status": "unavailable", "id": logged(error, "in /readyz")}, 503)
        unfinished = [str(load) for load in state.unfinished]
        return _json({"status": "ok", "load_id": state.load_id, "unfinished": unfinished})

    return [
        Route("/", index),
        Route("/metrics", figures),
        Route("/healthz", healthz),
        Route("/readyz", readyz),
    ]


def _page() -> str:
    """The page at `/`: an editor and the example queries; it loads nothing from elsewhere."""
    template = (files("graphapi") / "index.html").read_text(encoding="utf-8")
    examples = [{"question": example.question, "text": example.text} for example in EXAMPLES]
    # `<` is escaped so that no text can end the script that it stands in
    return template.replace("EXAMPLES", orjson.dumps(examples).decode().replace("<", "\\u003c"))


def _json(content: object, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")
