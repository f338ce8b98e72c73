"""Asking about one neuron: for its explanation, for what that lets expect, for judgements."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar, runtime_checkable

from cypher import ids
from ingest.endpoint.endpoint import Endpoint
from ingest.errors import AnswerError
from ingest.explaining import answers, prompting
from ingest.explaining.answers import HIGHEST, Answer
from ingest.explaining.evidence import Known, Passage
from ingest.explaining.groups import groups
from ingest.explaining.prompting import Prompt
from ingest.jobs.explaining.meter import Meter
from ingest.jobs.explaining.outcome import DETECTION, FUZZING, Judged, Made
from ingest.jobs.explaining.reading import Candidate
from ingest.jobs.explaining.settings import OPENAI, ExplainSettings
from ingest.n2g.evidence import FIRING

ATTEMPTS = 3
"""How often an answer that is none is asked for."""
_AT_ONCE = 5
"""Texts in one request for judgements."""
_Taken = TypeVar("_Taken")


@runtime_checkable
class Simulator(Protocol):
    """Says what an explanation lets expect."""

    async def expected(
        self, candidate: Candidate, made: Made, passages: Sequence[Passage]
    ) -> list[list[float]]:
        """The expected activation of each token of each passage, 0 to 10.

        Raises AnswerError if there is none.
        """
        ...


@dataclass(frozen=True, slots=True)
class GraphSimulator:
    """Runs the token graph, which a template's sentence is the words of."""

    async def expected(
        self, candidate: Candidate, made: Made, passages: Sequence[Passage]
    ) -> list[list[float]]:
        """Of the token graph."""
        known, trie = candidate.known, candidate.trie
        if known is None or trie is None:
            raise AnswerError("has no token graph")
        scale = HIGHEST / known.maximum
        return [
            [min(HIGHEST, max(0.0, scale * value)) for value in trie.predict(passage.tokens)]
            for passage in passages
        ]


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks a language model."""

    endpoint: Endpoint
    settings: ExplainSettings
    meter: Meter

    async def expected(
        self, candidate: Candidate, made: Made, passages: Sequence[Passage]
    ) -> list[list[float]]:
        """Of a model that reads the sentence, one request for each passage."""
        prompts = simulations(self.settings, made.text, passages)
        lengths = [len(passage.tokens) for passage in passages]
        return await asyncio.gather(
            *(
                self.taken(candidate.id, prompt, partial(answers.activations, n_tokens=length))
                for prompt, length in zip(prompts, lengths, strict=True)
            )
        )

    async def explanations(self, candidate: Candidate) -> list[Made]:
        """One for each group of examples, and one for the whole, which comes first.

        Raises AnswerError if there is none for the whole.
        """
        found: list[Made] = []
        asked = explanations(self.settings, candidate)
        texts = await asyncio.gather(
            *(self.taken(candidate.id, prompt, answers.explanation) for prompt, _, _ in asked),
            return_exceptions=True,
        )
        for at, (text, (_, about, scored)) in enumerate(zip(texts, asked, strict=True)):
            if isinstance(text, AnswerError) and at:
                continue  # a group without a sentence; the neuron has one
            if isinstance(text, BaseException):
                raise text
            made = self.made(candidate.id, text, about=about, scored=scored)
            if made.id not in {other.id for other in found}:
                found.append(made)
        return found

    def made(
        self,
        neuron: str,
        text: str,
        *,
        about: tuple[str, ...] = (),
        scored: Sequence[Passage] = (),
        revises: str | None = None,
    ) -> Made:
        """An explanation that the model wrote."""
        assert self.settings.endpoint is not None
        model = self.settings.endpoint.model
        return Made(
            ids.explanation_id(neuron, OPENAI, text, model=model),
            text,
            about,
            explainer=OPENAI,
            explainer_model=model,
            prompt_version=self.settings.prompts,
            scored=scored,
            revises=revises,
        )

    async def judged(self, known: Known, made: Made) -> list[Judged]:
        """Detection and fuzzing, where there are examples of both kinds."""
        found = []
        for kind, prompts, truth in judgements(self.settings, known, made.text):
            parts = await asyncio.gather(
                *(
                    self.taken(known.id, prompt, partial(answers.judgements, count=count))
                    for prompt, count in prompts
                )
            )
            given = tuple(answer for part in parts for answer in part)
            found.append(Judged(kind, given, truth))
        return found

    async def taken(self, neuron: str, prompt: Prompt, take: Callable[[Answer], _Taken]) -> _Taken:
        """What an answer says, asked for again if it is none. Raises AnswerError at last."""
        try:
            for attempt in range(ATTEMPTS):
                try:
                    return take(await self.endpoint.ask(prompt, attempt))
                except AnswerError as error:
                    last = error
            raise last
        finally:
            self.meter.answered(neuron)


def explanations(
    settings: ExplainSettings, candidate: Candidate
) -> list[tuple[Prompt, tuple[str, ...], tuple[Passage, ...]]]:
    """What is asked to explain a neuron: the prompt, what it is about, what it is scored on."""
    known = candidate.known
    assert known is not None
    patterns = known.patterns if settings.patterns else ()
    whole = prompting.explain(settings.prompts, known, known.shown, patterns=patterns)
    found = [(whole, tuple[str, ...](), known.scored)]
    roots = candidate.trie.roots if candidate.trie is not None else ()
    for group in groups(known, roots, settings.groups):
        own = [p for p in patterns if p.token in group.tokens]
        prompt = prompting.explain(settings.prompts, known, group.shown, patterns=own)
        found.append((prompt, group.tokens, group.scored))
    return found


def simulations(settings: ExplainSettings, text: str, passages: Sequence[Passage]) -> list[Prompt]:
    """What is asked to simulate an explanation."""
    return [prompting.simulate(settings.prompts, text, passage.tokens) for passage in passages]


def judgements(
    settings: ExplainSettings, known: Known, text: str
) -> list[tuple[str, list[tuple[Prompt, int]], tuple[bool, ...]]]:
    """What is asked for detection and fuzzing: prompts with their sizes, and what is true.

    As delphi defines them. Detection shows texts, and asks in which of them the neuron fires.
    Fuzzing shows texts with marked tokens, and asks whether these make it fire: where it fires
    they are those on which it does, elsewhere as many at the places of such a text.
    """
    passages = list(known.judged)
    random.Random(known.id).shuffle(passages)  # noqa: S311  (an order, not a secret)
    truth = tuple(known.fires(passage) for passage in passages)
    if len(set(truth)) < 2:
        return []
    texts = [passage.tokens for passage in passages]
    marks = _marks(known, passages, truth)
    detect: list[tuple[Prompt, int]] = []
    fuzz: list[tuple[Prompt, int]] = []
    for first in range(0, len(passages), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        count = len(texts[part])
        detect.append((prompting.detect(settings.prompts, text, texts[part]), count))
        marked = list(zip(texts[part], marks[part], strict=True))
        fuzz.append((prompting.fuzz(settings.prompts, text, marked), count))
    return [(DETECTION, detect, truth), (FUZZING, fuzz, truth)]


def _marks(known: Known, passages: Sequence[Passage], truth: Sequence[bool]) -> list[list[bool]]:
    """Which tokens of each passage are marked."""
    half = FIRING * known.maximum
    firing = [[value >= half for value in passage.activations] for passage in passages]
    patterns = [marks for marks, fires in zip(firing, truth, strict=True) if fires]
    found, used = [], 0
    for passage, marks, fires in zip(passages, firing, truth, strict=True):
        if fires:
            found.append(marks)
            continue
        pattern = patterns[used % len(patterns)]
        used += 1
        length = len(passage.tokens)
        places = {at % length for at, mark in enumerate(pattern) if mark}
        found.append([at in places for at in range(length)])
    return found
