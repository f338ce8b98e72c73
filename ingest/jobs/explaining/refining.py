"""Refining an explanation: texts that follow from it, read by the model itself.

The explanation is asked for texts on which the neuron must fire and texts on which it must not.
The model reads them; where the neuron did otherwise, the mistakes go back for a better sentence.
That is kept only if it scores better on the examples, which were in no prompt.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from ingest.errors import AnswerError
from ingest.explaining import answers, prompting
from ingest.jobs.explaining.asking import Asker
from ingest.jobs.explaining.outcome import Made
from ingest.jobs.explaining.reading import Candidate
from ingest.n2g.evidence import FIRING

_MOST_MISTAKES = 6
"""Texts that go back in one request."""


@runtime_checkable
class Reads(Protocol):
    """The model whose neurons are explained."""

    def read(self, neuron: str, texts: Sequence[str]) -> list[tuple[list[str], list[float]]]:
        """Of each text its tokens, and the neuron's activation on each."""
        ...


@dataclass(frozen=True, slots=True)
class Refiner:
    """Finds counterexamples, and a sentence that does without them."""

    asker: Asker
    model: Reads
    rounds: int

    async def refined(
        self, candidate: Candidate, first: Made, score: Callable[[Made], Awaitable[None]]
    ) -> AsyncIterator[Made]:
        """Each revision that scored better than the one before."""
        best, known = first, candidate.known
        assert known is not None
        version = self.asker.settings.prompts
        for _ in range(self.rounds):
            if best.headline is None:
                return
            try:
                fires, silent = await self.asker.taken(
                    prompting.sentences(version, best.text), answers.sentences
                )
                mistakes = self._mistakes(candidate, fires, silent)
                if not mistakes:
                    return
                prompt = prompting.revise(version, best.text, mistakes, known.maximum)
                text = await self.asker.taken(prompt, answers.explanation)
                better = self.asker.made(candidate.id, text, scored=first.scored, revises=best.id)
                if better.id in {first.id, best.id}:
                    return
                await score(better)
            except AnswerError:
                return  # the sentence stays as it is: it has its score
            if better.headline is None or better.headline <= best.headline:
                return
            best = better
            yield better

    def _mistakes(
        self, candidate: Candidate, fires: Sequence[str], silent: Sequence[str]
    ) -> list[tuple[bool, list[str], list[float]]]:
        """Whether it should have fired, the tokens, and what it did: those that went wrong."""
        known = candidate.known
        assert known is not None
        expected = [*(True for _ in fires), *(False for _ in silent)]
        read = self.model.read(candidate.id, [*fires, *silent])
        found = []
        for should, (tokens, activations) in zip(expected, read, strict=True):
            if tokens and (max(activations) >= FIRING * known.maximum) is not should:
                found.append((should, tokens, activations))
        return found[:_MOST_MISTAKES]
