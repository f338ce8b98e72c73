"""The server: real sockets, Starlette and uvicorn, on a free port in a thread of its own."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from tokenizers import Tokenizer

from tests.endpoint.chaos import Chaos
from tests.endpoint.rules import Rule, echo, said
from tests.shared import model_path

KEY = "sk-a-key-that-must-appear-nowhere"
_OVERHEAD = 11
"""Tokens that the chat format adds to two messages, as OpenAI's does."""


@dataclass
class LocalEndpoint:
    """A running server and its books."""

    rule: Rule = echo
    chaos: Chaos | None = None
    logprobs: bool = True
    structured: bool = True
    """Whether it knows these; what it does not know it refuses with a 400."""
    seconds: float = 0.0
    """How long it takes to answer."""
    retry_after: float = 0.05
    overhead: int = _OVERHEAD
    wrapped: bool = False
    """Whether each sentence that it is asked for comes without the JSON that was asked for."""
    gate: int | None = None
    """How many answers it sends; more are held back until it is raised, or who asks is gone."""
    port: int = 0
    paid: Counter[str] = field(default_factory=Counter)
    """Answers that were sent, by the hash of their request."""
    sent: int = 0
    """All of them."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    """Of these."""
    under_way: int = 0
    most_under_way: int = 0
    seen: list[dict[str, Any]] = field(default_factory=list)
    """The requests that were answered."""
    arrivals: list[float] = field(default_factory=list)
    """When each request came, by the monotonic clock."""
    bound: str = "127.0.0.1"

    def __post_init__(self) -> None:
        self._tokenizer: Tokenizer = Tokenizer.from_file(str(model_path() / "tokenizer.json"))

    @property
    def url(self) -> str:
        """What `OPENAI_BASE_URL` is set to."""
        return f"http://{self.bound}:{self.port}/v1"

    @property
    def environment(self) -> dict[str, str]:
        """Of a process that asks it."""
        return {"OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": KEY}

    def cost(self, prompt: float, completion: float) -> float:
        """Dollars that it would charge, at prices per million tokens."""
        return (self.prompt_tokens * prompt + self.completion_tokens * completion) / 1e6

    def count(self, text: str) -> int:
        """Tokens of a text."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    async def answer(self, request: Request) -> Response:
        """POST /v1/chat/completions."""
        self.arrivals.append(time.monotonic())
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return _error(401, f"Incorrect API key provided: {KEY}")
        body = await request.json()
        if "response_format" in body and not self.structured:
            return _error(400, "response_format is not supported", "response_format")
        if "logprobs" in body and not self.logprobs:
            return _error(400, "This model does not support this parameter.", "logprobs")
        name = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(self.seconds)
            while self.gate is not None and self.sent >= self.gate:
                if await request.is_disconnected():
                    return Response()
                await asyncio.sleep(0.005)
            trouble = self.chaos.trouble(name) if self.chaos else None
            if trouble:
                return await self._spoiled(request, trouble, body)
            response = JSONResponse(self._completion(body))
            self.paid[name] += 1
            self.sent += 1
            self.seen.append(body)
            return response
        finally:
            self.under_way -= 1

    def _completion(self, body: dict[str, Any], *, count: bool = True) -> dict[str, Any]:
        instructions, material = (message["content"] for message in body["messages"])
        found = self.rule(instructions, material)
        refusal = found.get("refusal")
        text, tokens = (None, None) if refusal else said(found, logprobs="logprobs" in body)
        if self.wrapped and "explanation" in found:
            text = str(found["explanation"])
        prompt = self.count(instructions) + self.count(material) + self.overhead
        limit = body.get("max_completion_tokens") or body["max_tokens"]
        # stories260K's tokenizer makes more tokens of digits than those that limits are made for
        completion = min(limit, self.count(text or refusal or ""))
        if count:
            self.prompt_tokens += prompt
            self.completion_tokens += completion
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": body["model"],
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": text, "refusal": refusal},
                    "finish_reason": "stop",
                    "logprobs": {"content": tokens, "refusal": None} if tokens else None,
                }
            ],
            "usage": {
                "prompt_tokens": prompt,
                "completion_tokens": completion,
                "total_tokens": prompt + completion,
            },
        }

    async def _spoiled(self, request: Request, trouble: str, body: dict[str, Any]) -> Response:
        if trouble == "429":
            return _error(429, "slow down", headers={"retry-after": str(self.retry_after)})
        if trouble == "500":
            return _error(500, "something broke")
        if trouble == "timeout":
            await asyncio.sleep(60)
        if trouble == "malformed":
            return Response('{"choices": [{', media_type="application/json")
        if trouble == "truncated":
            return _Truncated(json.dumps(self._completion(body, count=False)))
        cycle: Any = request._receive.__self__  # type: ignore[attr-defined]
        cycle.transport.abort()
        return Response()


class _Truncated(Response):
    """Promises its whole length, sends half, and closes the connection."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        half = bytes(self.body[: len(self.body) // 2])
        await send({"type": "http.response.body", "body": half, "more_body": True})
        receive.__self__.transport.close()


def _error(
    status: int, message: str, param: str | None = None, headers: dict[str, str] | None = None
) -> Response:
    error = {"message": message, "type": "error", "param": param, "code": None}
    return JSONResponse({"error": error}, status, headers)


@contextmanager
def running_endpoint(endpoint: LocalEndpoint) -> Iterator[LocalEndpoint]:
    """The endpoint while it serves, on a free port."""
    routes = [Route("/v1/chat/completions", endpoint.answer, methods=["POST"])]
    config = uvicorn.Config(
        Starlette(routes=routes), host=endpoint.bound, port=0, log_level="critical",
        timeout_graceful_shutdown=1, http="h11",
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        endpoint.port = server.servers[0].sockets[0].getsockname()[1]
        yield endpoint
    finally:
        server.should_exit = True
        thread.join(timeout=30)
