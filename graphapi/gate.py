"""Who may ask, and how often. What says whether the server is alive is open to all."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from graphapi.failure import Failure
from graphapi.keys import Key, key_of
from graphapi.metrics import Metrics
from graphapi.rates import Rates
from graphapi.refusal import refuse
from graphapi.settings import Settings

_OPEN = {"/healthz", "/readyz"}


class Gate:
    """ASGI middleware: 401 without a key where keys are needed, 429 for who asks too often.

    Without keys, the rate is held in public mode only, and by address.
    """

    def __init__(
        self, app: ASGIApp, *, keys: Sequence[Key], settings: Settings, metrics: Metrics
    ) -> None:
        self._app = app
        self._keys = keys
        self._settings = settings
        self._metrics = metrics
        self._rates = Rates(time.monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or refuse it."""
        if scope["type"] != "http" or scope["path"] in _OPEN:
            await self._app(scope, receive, send)
            return
        rate = self._settings.rate_per_minute
        if self._keys:
            key = key_of(Headers(scope=scope), self._keys)
            if key is None:
                await self._refuse_unknown(send)
                return
            who, rate = f"key {key.name}", key.rate_per_minute or rate
        elif self._settings.public:
            who = f"address {(scope.get('client') or ('unknown',))[0]}"
        else:
            await self._app(scope, receive, send)
            return
        wait = self._rates.wait(who, rate)
        if wait:
            message = f"more than {rate} requests in a minute: ask again in {wait:.1f} s."
            headers = [(b"retry-after", str(math.ceil(wait)).encode())]
            self._metrics.refusals.labels("TOO_MANY_REQUESTS").inc()
            await refuse(Failure(429, message, "TOO_MANY_REQUESTS"), send, headers)
            return
        await self._app(scope, receive, send)

    async def _refuse_unknown(self, send: Send) -> None:
        message = (
            "this server answers those who have a key: send it as `Authorization: Bearer KEY`, "
            "as `X-API-Key: KEY`, or as the password in the URL."
        )
        headers = [(b"www-authenticate", b'Bearer, Basic realm="NeuroCypher"')]
        self._metrics.refusals.labels("UNAUTHENTICATED").inc()
        await refuse(Failure(401, message, "UNAUTHENTICATED"), send, headers)
