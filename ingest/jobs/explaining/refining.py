"""Refining an explanation: texts that follow from it, read by the model itself.

The explanation is asked for texts on which the neuron must fire and texts on which it must not.
The model reads them; where the neuron did otherwise, the mistakes go back for a better sentence.
That takes the explanation's place only if it scores better on the examples, which were in no
prompt; all versions are kept, each with the one that it was made from.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from ingest.errors import AnswerError, ExplainError
from ingest.explaining import answers, prompting
from ingest.explaining.prompting import Mistake
from ingest.jobs.explaining.asking import Asker
from ingest.jobs.explaining.outcome import Made
from ingest.jobs.explaining.reading import Candidate, Layer
from ingest.n2g.evidence import FIRING

MOST_MISTAKES = 6
"""Texts that go back in one request."""


@runtime_checkable
class Reads(Protocol):
    """The model whose neurons are explained."""

    @property
    def neurons(self) -> Mapping[str, int]:
        """How many neurons each of its layers has, by the layer's name."""
        ...

    def read(self, neuron: str, texts: Sequence[str]) -> list[tuple[list[str], list[float]]]:
        """Of each text its tokens, and the neuron's activation on each."""
        ...


def check_subject(model: Reads, layers: Sequence[Layer]) -> None:
    """Raise ExplainError if these layers are not the model's, before anything is paid for."""
    for layer in layers:
        own = model.neurons.get(layer.name)
        if own is None or (layer.n_neurons and own != layer.n_neurons):
            raise ExplainError(
                f"the model of --subject has {own or 'no'} neurons in a layer {layer.name}, and "
                f"{layer.id} has {layer.n_neurons}: name the model that the pack's neurons are of, "
                f"or take other layers with --where layers=…."
            )


@dataclass(frozen=True, slots=True)
class Refiner:
    """Finds counterexamples, and a sentence that does without them."""

    asker: Asker
    model: Reads
    rounds: int
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)
    """The model reads for one neuron at a time."""

    async def refined(
        self,
        candidate: Candidate,
        first: Made,
        score: Callable[[Made], Awaitable[None]],
        *,
        taken: Collection[str],
    ) -> AsyncIterator[Made]:
        """Each revision, the last of which may have scored no better than the one before.

        `taken` are the ids of the neuron's other sentences: one of those is no revision.
        """
        best, known = first, candidate.known
        assert known is not None
        seen = {first.id, *taken}
        for _ in range(self.rounds):
            if best.headline is None:
                return
            try:
                better = await self._revised(candidate, best)
            except AnswerError:
                return  # the sentence stays as it is: it has its score
            if better is None or better.id in seen:
                return
            with contextlib.suppress(AnswerError):  # without a score it is a version all the same
                await score(better)
            better.kept = better.headline is not None and better.headline > best.headline
            yield better
            if not better.kept:
                return
            best = better
            seen.add(best.id)

    async def _revised(self, candidate: Candidate, made: Made) -> Made | None:
        """Another sentence, not scored yet; None if the model did as it was told."""
        known, version = candidate.known, self.asker.settings.prompts
        assert known is not None
        fires, silent = await self.asker.taken(
            candidate.id, prompting.sentences(version, made.text), answers.sentences
        )
        async with self.reading:
            read = await asyncio.to_thread(self.model.read, candidate.id, [*fires, *silent])
        half = FIRING * known.maximum
        mistakes = [
            Mistake(at < len(fires), tuple(tokens), tuple(activations))
            for at, (tokens, activations) in enumerate(read)
            if tokens and (max(activations) >= half) is not (at < len(fires))
        ]
        if not mistakes:
            return None
        prompt = prompting.revise(version, made.text, mistakes[:MOST_MISTAKES], known.maximum)
        text = await self.asker.taken(candidate.id, prompt, answers.explanation)
        return self.asker.made(candidate.id, text, scored=made.scored, revises=made.id)
