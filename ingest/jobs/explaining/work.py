"""One neuron: explain it, simulate, score, and refine what can be refined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cypher import ids
from ingest.errors import AnswerError
from ingest.explaining.evidence import Passage
from ingest.explaining.groups import scored_of
from ingest.jobs.explaining.asking import Asker, Simulator
from ingest.jobs.explaining.meter import Meter
from ingest.jobs.explaining.outcome import Made, Outcome, measured
from ingest.jobs.explaining.reading import Candidate, LayerKnown
from ingest.jobs.explaining.refining import Refiner
from ingest.jobs.explaining.rows import EXPLANATION, SCORE
from ingest.jobs.explaining.settings import NONE, OPENAI, TEMPLATE, ExplainSettings
from ingest.sentence import EXPLAINER, VERSION, sentence

NO_GRAPH, NO_TEXTS = "has no token graph", "has no example that is in no prompt"


@dataclass(frozen=True, slots=True)
class Worker:
    """What explains and scores neurons."""

    settings: ExplainSettings
    simulator: Simulator | None
    asker: Asker | None
    refiner: Refiner | None
    meter: Meter

    async def work(self, layer: LayerKnown, candidate: Candidate) -> Outcome:
        """What comes out for one neuron."""
        outcome = Outcome(candidate.id)
        try:
            outcome.made = await self._made(candidate)
        except AnswerError as error:
            outcome.lacks[EXPLANATION] = str(error)
        if self.simulator is None:
            return outcome
        for made in outcome.made:
            try:
                await self._score(layer, candidate, made)
            except AnswerError as error:
                outcome.lacks[SCORE] = str(error)
        if self.refiner is not None and candidate.known is not None:
            for first in [made for made in outcome.made if not made.about]:
                async for version in self.refiner.refined(
                    candidate,
                    first,
                    lambda made: self._score(layer, candidate, made),
                    taken=[made.id for made in outcome.made],
                ):
                    version.is_new = version.id not in candidate.known_ids
                    outcome.made.append(version)
        return outcome

    async def _made(self, candidate: Candidate) -> list[Made]:
        """The explanations to score, those that are new among them."""
        settings = self.settings
        if settings.explainer == NONE:
            found = [_found(row, candidate) for row in candidate.explanations]
            if not found:
                raise AnswerError("has no explanation")
            return found
        if candidate.known is None:
            raise AnswerError(candidate.absent)
        if settings.explainer == TEMPLATE:
            return [self._from_template(candidate)]
        if not candidate.known.shown:
            raise AnswerError("has no examples to show")
        assert self.asker is not None
        made = await self.asker.explanations(candidate)
        for one in made:
            one.is_new = one.id not in candidate.known_ids
        return made

    def _from_template(self, candidate: Candidate) -> Made:
        known = candidate.known
        assert known is not None
        if not known.patterns:
            raise AnswerError(NO_GRAPH)
        text = sentence(known.patterns)
        own = ids.explanation_id(candidate.id, EXPLAINER, text)
        is_new = own not in candidate.known_ids
        return Made(
            own, text, is_new=is_new, explainer=EXPLAINER, prompt_version=VERSION,
            scored=known.scored,
        )  # fmt: skip

    async def _score(self, layer: LayerKnown, candidate: Candidate, made: Made) -> None:
        """Simulate, judge and measure. Raises AnswerError if that cannot be."""
        known = candidate.known
        if known is None:
            raise AnswerError(candidate.absent)
        scored: tuple[Passage, ...] = tuple(made.scored)
        if not scored:
            raise AnswerError(NO_TEXTS)
        assert self.simulator is not None
        made.expected = await self.simulator.expected(candidate, made, scored)
        made.measured = measured(known, made, layer.others(known, scored))
        if self.settings.judge and self.settings.simulator == OPENAI:
            assert self.asker is not None
            made.judged = await self.asker.judged(known, made)


def _found(row: Mapping[str, Any], candidate: Candidate) -> Made:
    """An explanation of the pack."""
    known, about = candidate.known, tuple(row["about"] or ())
    scored = () if known is None else scored_of(about, known)
    return Made(row["id"], row["text"], about, is_new=False, scored=scored)
