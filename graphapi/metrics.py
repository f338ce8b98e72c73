"""What is counted and timed, for Prometheus. The only module that knows its client."""

from __future__ import annotations

import time

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
OPERATION = "neurocypher.operation"
"""Where a request's scope says which kind of operation, statement or table it was."""


class Metrics:
    """The figures of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.requests = Histogram(
            "neurocypher_request_seconds",
            "How long requests took, from their head to the end of their answer.",
            ["route", "operation", "status"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.in_progress = Gauge(
            "neurocypher_requests_in_progress", "Requests under way.", registry=self.registry
        )
        self.statements = Histogram(
            "neurocypher_statement_seconds",
            "How long statements took in the engine.",
            ["kind"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.cache = Counter(
            "neurocypher_cache_lookups",
            "Answers that were looked for among those kept.",
            ["outcome"],
            registry=self.registry,
        )
        self.cache_bytes = Gauge(
            "neurocypher_cache_bytes", "Size of the answers kept.", registry=self.registry
        )
        self.refusals = Counter(
            "neurocypher_refusals",
            "Requests that were refused, by the code that the client was given.",
            ["code"],
            registry=self.registry,
        )
        self.loads = Counter(
            "neurocypher_loads_served", "Loads that were moved to.", registry=self.registry
        )

    def text(self) -> tuple[bytes, str]:
        """All figures as Prometheus reads them, and the media type of that."""
        return generate_latest(self.registry), CONTENT_TYPE_LATEST


class Measured:
    """ASGI middleware that times every request."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and see how long it takes."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = "none"

        async def seen(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        scope[OPERATION] = ""
        began = time.perf_counter()
        self._metrics.in_progress.inc()
        try:
            await self._app(scope, receive, seen)
        finally:
            self._metrics.in_progress.dec()
            labels = (_route(scope["path"]), scope[OPERATION], status)
            self._metrics.requests.labels(*labels).observe(time.perf_counter() - began)


_ROUTES = {"/", "/graphql", "/cypher", "/tables", "/q", "/metrics", "/healthz", "/readyz"}


def _route(path: str) -> str:
    """A bounded name: what anybody can write into a path must not make a time series."""
    if path in _ROUTES:
        return path
    first = f"/{path.split('/', 2)[1]}" if path.startswith("/") else ""
    return f"{first}/*" if first in ("/tables", "/q") else "other"
