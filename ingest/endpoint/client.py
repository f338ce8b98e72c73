"""The door to the `openai` client: one request, sent until it is answered."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import openai
import orjson

from ingest.endpoint.settings import EndpointSettings
from ingest.errors import EndpointError
from ingest.explaining.answers import Answer, Said
from ingest.explaining.prompting import Prompt

_ALTERNATIVES = 20
"""Likeliest tokens to ask for at each place, the most that endpoints give."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0
"""Seconds before an answer that could not be read is asked for again, doubled each time."""
LOGPROBS, STRUCTURED, SAMPLING, NEW_LIMIT = "logprobs", "structured", "sampling", "new_limit"
ABILITIES: Mapping[str, tuple[str, ...]] = {
    LOGPROBS: ("logprobs",),
    STRUCTURED: ("response_format", "json_schema", "schema"),
    SAMPLING: ("temperature", "seed"),
    NEW_LIMIT: ("max_completion_tokens",),
}
"""What an endpoint may lack, with the parameters that it then complains of."""
_DIGIT = re.compile(r"\d")
_FILTERED = {"content_filter", "content_policy_violation"}
"""Codes of a refusal that is about the text and not about the request's form."""
_REFUSED = (openai.BadRequestError, openai.UnprocessableEntityError)

for _name in ("openai", "httpx", "httpx2", "httpcore", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # a line for every request is too much


class UnsupportedError(Exception):
    """The endpoint does not know a parameter; `ability` is what to do without."""

    def __init__(self, ability: str) -> None:
        super().__init__(ability)
        self.ability = ability


class Client:
    """Sends prompts to one model of one endpoint."""

    def __init__(self, settings: EndpointSettings) -> None:
        self._settings = settings
        self._client = openai.AsyncOpenAI(
            api_key=settings.api_key,
            base_url=settings.base_url,
            max_retries=settings.retries,
            timeout=settings.timeout,
        )

    async def close(self) -> None:
        """Close its connections."""
        await self._client.close()

    async def send(
        self,
        prompt: Prompt,
        key: str,
        attempt: int,
        *,
        abilities: Mapping[str, bool],
        hoped: Collection[str] = (),
    ) -> Answer:
        """The answer to a prompt.

        `key` makes repetitions known to endpoints that look for it, so that none is paid for
        twice; `attempt` is the seed. Raises UnsupportedError if the endpoint lacks one of the
        abilities that are only `hoped` for, EndpointError if it cannot be reached or refuses.
        """
        for pause in range(self._settings.retries + 1):
            try:
                text = await self._client.post(
                    "/chat/completions",
                    cast_to=str,
                    body={
                        "model": self._settings.model,
                        "messages": [
                            {"role": "system", "content": prompt.instructions},
                            {"role": "user", "content": _whole(prompt.material)},
                        ],
                        **_parameters(prompt, attempt, abilities),
                    },
                    options={"headers": {"Idempotency-Key": key}},
                )
                return _answer(text)
            except _MalformedError:
                await asyncio.sleep(min(_FIRST_PAUSE * 2**pause, _LONGEST_PAUSE))
            except _REFUSED as error:
                if error.code in _FILTERED:
                    return Answer("", None, "content_filter", (), 0, 0)
                raise self._unsupported(error, [n for n in hoped if abilities[n]]) from error
            except openai.OpenAIError as error:
                raise self._failed(error) from error
        raise EndpointError(
            f"{self._settings.base_url} gave {self._settings.retries + 1} answers that cannot be "
            f"read as a chat completion. Is it an OpenAI-compatible endpoint?"
        )

    def _unsupported(self, error: openai.APIStatusError, hoped: Sequence[str]) -> Exception:
        """What to do without, or an EndpointError if it is none of what was hoped for."""
        said = f"{error.param or ''} {error.message}".casefold()
        for ability in hoped:
            if any(name in said for name in ABILITIES[ability]):
                return UnsupportedError(ability)
        return UnsupportedError(hoped[0]) if hoped else self._failed(error)

    def _failed(self, error: openai.OpenAIError) -> EndpointError:
        where, kept = self._settings.base_url, "The answers so far are kept."
        if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
            return EndpointError(f"{where} does not accept the key in OPENAI_API_KEY. {kept}")
        if isinstance(error, openai.NotFoundError):
            return EndpointError(
                f"{where} knows no model {self._settings.model!r}, or is no OpenAI-compatible "
                f"endpoint (its address ends in /v1 with most). {kept}"
            )
        if isinstance(error, openai.APIStatusError):
            said = error.message.replace(self._settings.api_key, "…")[:200]
            return EndpointError(
                f"{where} answers {error.status_code} after {self._settings.retries + 1} attempts: "
                f"{said} {kept} Give the same command again later."
            )
        return EndpointError(
            f"{where} cannot be reached, or does not answer within {self._settings.timeout:g} s, "
            f"after {self._settings.retries + 1} attempts. {kept} Give the same command again."
        )


class _MalformedError(Exception):
    """The endpoint's answer is JSON, but no chat completion."""


def _whole(text: str) -> str:
    """Text without halves of UTF-16 pairs, which cannot be sent, nor kept."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _parameters(prompt: Prompt, attempt: int, abilities: Mapping[str, bool]) -> dict[str, Any]:
    limit = "max_completion_tokens" if abilities[NEW_LIMIT] else "max_tokens"
    found: dict[str, Any] = {limit: prompt.max_tokens}
    if abilities[SAMPLING]:
        # an answer that was no answer would come again at 0
        found |= {"temperature": 0.0 if attempt == 0 else 0.7, "seed": attempt}
    if abilities[LOGPROBS] and prompt.logprobs:
        found |= {"logprobs": True, "top_logprobs": _ALTERNATIVES}
    if abilities[STRUCTURED]:
        schema = {"name": prompt.name, "strict": True, "schema": prompt.schema}
        found["response_format"] = {"type": "json_schema", "json_schema": schema}
    return found


def _answer(text: str) -> Answer:
    """Of a chat completion's JSON. Raises _MalformedError if it is none.

    It is read by hand: for the tens of thousands of numbers of a simulation's probabilities the
    client's own typed objects take four times as long, which would bound the answers per second.
    """
    try:
        found = _parsed(text)
        choice, usage = found["choices"][0], found.get("usage")
        message = choice["message"]
        said, refusal = message.get("content"), message.get("refusal")
        if not isinstance(said, str | None) or not isinstance(refusal, str | None):
            raise _MalformedError
        logprobs = choice.get("logprobs")
        return Answer(
            _whole(said or ""),
            None if refusal is None else _whole(refusal),
            str(choice.get("finish_reason")),
            _said((logprobs or {}).get("content") or ()),
            0 if usage is None else int(usage["prompt_tokens"]),
            0 if usage is None else int(usage["completion_tokens"]),
        )
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise _MalformedError from error


def _parsed(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)  # half of a UTF-16 pair, which orjson does not read


def _said(content: Sequence[Any]) -> tuple[Said, ...]:
    """Token by token, of the alternatives those with a digit in them: the rest tells nothing."""
    found = []
    for token in content:
        others = {
            _whole(other["token"]): round(math.exp(min(float(other["logprob"]), 0.0)), 9)
            for other in (token, *(token.get("top_logprobs") or ()))
            if _DIGIT.search(other["token"])
        }
        found.append(Said(_whole(token["token"]), others))
    return tuple(found)
