"""Serving a graph over HTTP until the process is told to stop."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import uvicorn

from cypher.adhoc import Door, Limits
from cypher.engines import engine_for
from cypher.graph import Engine
from cypher.url import GraphUrl
from graphapi.app import create_service
from graphapi.errors import ServeError
from graphapi.protocol import bounded_protocol
from graphapi.settings import Settings, settings_from

_BACKLOG = 2048
"""Connections that may wait to be accepted."""

_FILES = 16_384
"""Open files: connections, for the most part."""

_LAST_PORT = 65535

_YOUNG_OBJECTS = 50_000
"""Made and not yet given up, after which cycles are looked for among them."""

Announce = Callable[[str], None]
"""Called with the server's address once it listens."""


def serve(
    url: GraphUrl,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    announce: Announce = lambda address: None,
    settings: Settings | None = None,
) -> None:
    """Serve the graph at `url`; `port` 0 is any that is free.

    Returns after SIGTERM or Ctrl-C, when the requests under way are answered or their time is
    over. Raises ServeError if it cannot listen there, and whatever opening the graph raises.
    """
    settings = settings or settings_from()
    _allow_connections()
    with closing(_listening(host, port)) as listener, _quiet_signals():
        asyncio.run(_serve(url, listener, announce, settings))


async def _serve(
    url: GraphUrl, listener: socket.socket, announce: Announce, settings: Settings
) -> None:
    engine = engine_for(url)
    revision = _revision(engine)
    door = Door(url, _limits(settings)) if settings.cypher else None
    service = create_service(await engine.open(), settings, door)
    watching = asyncio.create_task(
        service.loads.watch(engine, revision, every=settings.poll_seconds)
    )
    try:
        config = uvicorn.Config(
            service.app,
            http=bounded_protocol(
                head_seconds=settings.receive_seconds, taking_seconds=settings.request_seconds
            ),
            server_header=False,
            lifespan="off",
            log_config=None,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=max(1, round(settings.shutdown_seconds)),
        )
        _spare_collector()
        announce(_address(listener))
        await uvicorn.Server(config).serve(sockets=[listener])
    finally:
        watching.cancel()
        if door is not None:
            await door.close()
        await service.loads.close()


def _spare_collector() -> None:
    """Look for cycles less often, and never among what lasts as long as the process.

    A page of a thousand neurons makes tens of thousands of objects, hardly one of them in a
    cycle; at the usual thresholds a third of its time went to looking.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 10, 10)


def _allow_connections() -> None:
    """Let the process have as many sockets as the system lets it, not the usual 1,024."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  there is none on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(_FILES, hard) if hard != resource.RLIM_INFINITY else _FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _limits(settings: Settings) -> Limits:
    """Those of ad-hoc Cypher."""
    return Limits(
        seconds=settings.statement_seconds,
        rows=settings.cypher_rows,
        bytes=settings.cypher_bytes,
        memory=settings.cypher_memory_bytes,
        concurrency=settings.cypher_concurrent,
        wait_seconds=settings.cypher_wait_seconds,
        send_seconds=settings.request_seconds,
    )


def _revision(engine: Engine) -> object:
    """Read before the graph is opened: what takes its place meanwhile is seen as new."""
    try:
        return engine.revision()
    except OSError:
        return None  # opening it says what is wrong


def _listening(host: str, port: int) -> socket.socket:
    if not 0 <= port <= _LAST_PORT:  # the resolver would take another in its place
        raise ServeError(f"cannot listen at {host}:{port}: ports are 0 to {_LAST_PORT}.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )[0]
        # With the protocol named, asyncio turns Nagle's algorithm off: it costs 40 ms an answer.
        listener = socket.socket(family, kind, protocol)
        try:
            if os.name == "posix":  # elsewhere it would let two servers share a port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(_BACKLOG)
        except BaseException:
            listener.close()
            raise
    except OSError as error:
        raise ServeError(
            f"cannot listen at {host}:{port} ({error.strerror}). Name another with --host and --port, "
            f"or stop what listens there."
        ) from error
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _quiet_signals() -> Iterator[None]:
    """Let a signal that uvicorn has obeyed end there.

    After its graceful shutdown uvicorn raises the signal again for whoever handled it before;
    the default handlers would make an orderly end look like a crash.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
