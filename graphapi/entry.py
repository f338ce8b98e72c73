"""Where a request comes in that is answered from the graph.

It holds one load from its beginning to its end, has a limit of time, is given up when its
client goes away, and whatever goes wrong behind is told as JSON with a code: never a trace.
"""

from __future__ import annotations

import asyncio
import logging

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphapi.failure import Failure, failed
from graphapi.loads import Held, Label, Loads
from graphapi.metrics import Metrics
from graphapi.refusal import refuse
from graphapi.settings import Settings
from graphapi.slots import Slots

_LOG = logging.getLogger("graphapi")
_HELD = "neurocypher.held"
LOAD_ID = "neurocypher-load-id"
UNFINISHED = "neurocypher-load-unfinished"


def held(scope: Scope) -> Held:
    """The load that a request holds."""
    found: Held = scope[_HELD]
    return found


def labelled(scope: Scope, label: Label) -> None:
    """Let the answer's headers say `label`; without a call they say the load that is held."""
    scope["neurocypher.label"] = label


class Entry:
    """ASGI: an application that answers from the graph."""

    def __init__(
        self, app: ASGIApp, loads: Loads, slots: Slots, settings: Settings, metrics: Metrics
    ) -> None:
        self._app = app
        self._loads = loads
        self._slots = slots
        self._seconds = settings.request_seconds
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        started = False

        async def sent(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": [*message.get("headers", []), *_headers(scope)]}
            await send(message)

        try:
            async with asyncio.timeout(self._seconds):
                await _while_connected(self._held_through, scope, receive, sent)
        except ClientDisconnect:
            return
        except TimeoutError:
            message = f"the request took longer than {self._seconds:g} s. Ask for less."
            failure = Failure(503, message, "TIMEOUT")
            if started:
                _LOG.warning("an answer was not taken within %g s, and cut off", self._seconds)
                return
        except Exception as error:  # noqa: BLE001  an entry point: logged, and told as an id
            failure = failed(error, "in a request")
            if started:
                return
        else:
            return
        self._metrics.refusals.labels(failure.code).inc()
        await refuse(failure, sent)

    async def _held_through(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._slots.one(), self._loads.hold() as hold:
            scope[_HELD] = hold
            scope["neurocypher.label"] = hold.label
            await self._app(scope, receive, send)


async def _while_connected(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Run `app` until it has ended, or the client has gone; its body is there already."""
    first: Message | None = await receive()
    gone = False

    async def body() -> Message:
        nonlocal first
        if first is None:
            await asyncio.Event().wait()  # for whoever waits for the end: it is cancelled then
        message, first = first, None
        return message or {"type": "http.disconnect"}

    async def watch() -> None:
        nonlocal gone
        while (await receive())["type"] != "http.disconnect":
            pass  # the body, which is there already
        gone = True
        working.cancel()

    working = asyncio.create_task(_run(app, scope, body, send))
    watching = asyncio.create_task(watch())
    try:
        await working
    except asyncio.CancelledError:
        if not gone:
            raise
    finally:
        watching.cancel()


async def _run(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await app(scope, receive, send)


def _headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    label: Label | None = scope.get("neurocypher.label")
    if label is None:
        return []
    headers = [] if label.load_id is None else [(LOAD_ID.encode(), label.load_id.encode())]
    return [*headers, (UNFINISHED.encode(), b"1")] if label.unfinished else headers
