"""Asking: within limits, within the budget, and never twice."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

from ingest.endpoint.client import ABILITIES, LOGPROBS, Client, UnsupportedError
from ingest.endpoint.counting import TokenCounter
from ingest.endpoint.journal import Journal, Kept, request_key
from ingest.endpoint.pace import Pace
from ingest.endpoint.settings import EndpointSettings
from ingest.endpoint.spending import Purse
from ingest.errors import InterruptedJobError
from ingest.explaining.answers import Answer
from ingest.explaining.prompting import Prompt, canonical
from ingest.stop import Stop


def key_of(settings: EndpointSettings, prompt: Prompt, attempt: int) -> str:
    """What tells this request from all others."""
    return request_key(settings.base_url, settings.model, canonical(prompt), attempt)


def endpoint_key(settings: EndpointSettings) -> str:
    """What tells this model of this endpoint from all others."""
    return request_key(settings.base_url, settings.model)


@dataclass(slots=True)
class Tally:
    """What was asked so far."""

    calls: int = 0
    """Answers that came from the endpoint."""
    reused: int = 0
    """Answers that were there."""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    """Of the answers that came, as the endpoint counted."""


class Endpoint:
    """A model that answers prompts. Whatever it answered once, it answers from the journal."""

    def __init__(
        self, settings: EndpointSettings, journal: Journal, counter: TokenCounter, stop: Stop
    ) -> None:
        self.tally = Tally()
        price = settings.price
        spent = price.of(journal.prompt_tokens, journal.completion_tokens) if price else 0.0
        self.purse = Purse(price, settings.budget, spent)
        self._settings = settings
        self._journal = journal
        self._counter = counter
        self._stop = stop
        self._client = Client(settings)
        self._pace = Pace(settings.requests_per_minute, settings.tokens_per_minute)
        self._places = asyncio.Semaphore(settings.concurrency)
        self._under_way: dict[str, asyncio.Task[Answer]] = {}
        self._name = endpoint_key(settings)
        known = journal.abilities(self._name)
        self._abilities = {name: known.get(name, True) for name in ABILITIES}
        self._sure = set(known)
        """What was found out; the rest is hoped for."""
        self._finding_out = asyncio.Lock()
        self._closing = False

    async def ask(self, prompt: Prompt, attempt: int = 0) -> Answer:
        """The answer to a prompt, from the journal or from the endpoint.

        Raises EndpointError, BudgetError, or InterruptedJobError once a stop is requested.
        """
        key = key_of(self._settings, prompt, attempt)
        found = self._journal.get(key)
        if found is not None:
            self.tally.reused += 1
            return found
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._asked(key, prompt, attempt))
            self._under_way[key] = task
            task.add_done_callback(partial(self._ended, key))
        return await asyncio.shield(task)  # whoever is cancelled, the answer is kept

    async def close(self) -> None:
        """Wait for what is under way, which is paid for, and close the connections."""
        self._closing = True
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        await self._client.close()

    def _ended(self, key: str, task: asyncio.Task[Answer]) -> None:
        self._under_way.pop(key, None)
        if not task.cancelled():
            task.exception()  # whoever asked has it, or has gone

    def _check(self) -> None:
        """Raise InterruptedJobError if no more is to be asked."""
        self._stop.check("asking the language model")
        if self._closing:
            raise InterruptedJobError("the job has ended; the language model is not asked again.")

    async def _asked(self, key: str, prompt: Prompt, attempt: int) -> Answer:
        reserved, used = 0.0, (0, 0)
        try:
            async with self._places:
                self._check()
                content = self._counter.content(prompt)
                tokens = content + self._counter.overhead
                await self._pace.wait(tokens + prompt.max_tokens)
                reserved = await self.purse.reserve(tokens, prompt.max_tokens)
                self._check()
                answer = await self._sent(key, prompt, attempt)
            used = (answer.prompt_tokens, answer.completion_tokens)
            counted = content if self._counter.exact else None
            await self._journal.add(key, Kept(answer, counted, self._name))
        finally:
            await self.purse.settle(reserved, *used)
        self.tally.calls += 1
        self.tally.prompt_tokens += answer.prompt_tokens
        self.tally.completion_tokens += answer.completion_tokens
        return answer

    async def _sent(self, key: str, prompt: Prompt, attempt: int) -> Answer:
        """Send it; while it is not sure what the endpoint can do, one at a time."""
        needed = {name for name in ABILITIES if prompt.logprobs or name != LOGPROBS}
        if needed <= self._sure:
            return await self._client.send(prompt, key, attempt, abilities=self._abilities)
        async with self._finding_out:
            while True:
                self._check()
                try:
                    answer = await self._client.send(
                        prompt, key, attempt, abilities=self._abilities, hoped=needed - self._sure
                    )
                except UnsupportedError as error:
                    self._abilities[error.ability] = False
                    continue
                if prompt.logprobs and not any(said.others for said in answer.said):
                    self._abilities[LOGPROBS] = False  # it takes the parameter, and does nothing
                self._sure |= needed
                self._journal.learn(
                    self._name, {name: self._abilities[name] for name in sorted(self._sure)}
                )
                return answer
