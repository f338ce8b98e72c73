"""What a job will do: its runs, its calls, their tokens, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cypher.pack import Pack, open_pack
from ingest.endpoint.counting import TokenCounter
from ingest.endpoint.endpoint import endpoint_key, key_of
from ingest.endpoint.journal import Journal
from ingest.errors import AnswerError
from ingest.explaining import answers
from ingest.explaining.evidence import Passage
from ingest.explaining.prompting import Prompt
from ingest.jobs.explaining.asking import explanations, judgements, simulations
from ingest.jobs.explaining.reading import Candidate, PackKnown
from ingest.jobs.explaining.rows import Runs
from ingest.jobs.explaining.settings import (
    NONE,
    OPENAI,
    SCORE_VERSION,
    TEMPLATE,
    ExplainSettings,
)
from ingest.jobs.settings import Stage
from ingest.sentence import VERSION, sentence

Written = Callable[[Prompt], str | None]
_UNKNOWN = "x" * 300
"""Stands for a sentence that is not known yet: as long as one may become."""


def runs_of(settings: ExplainSettings, pack: Pack) -> Runs:
    """The runs of a job, known by the pack's content and the settings."""
    where = settings.where
    common: dict[str, object] = {
        "pack": pack.digest,
        "where": {
            "layers": where.layers,
            "neurons": where.neurons,
            "ids": None if where.ids is None else sorted(where.ids),
            "unexplained": where.unexplained,
            "unscored": where.unscored,
            "below": where.below,
        },
    }
    asked = settings.endpoint if settings.asks else None
    model = None if asked is None else asked.model
    explain = score = None
    if settings.explainer != NONE:
        own: dict[str, object] = {"prompt_version": VERSION}
        if settings.explainer == OPENAI:
            own = {
                "explainer_model": model,
                "prompt_version": settings.prompts,
                "patterns": settings.patterns,
                "groups": settings.groups,
                "shown": settings.shown,
                "refine": settings.refine,
            }
        explain = Stage("explain", settings.explainer, {**common, **own})
    simulator, scorer = settings.simulator, None
    if simulator != NONE:
        inputs: dict[str, object] = {"version": SCORE_VERSION, "scored": settings.scored}
        if simulator == OPENAI:
            assert model is not None
            scorer = model
            simulator = f"{OPENAI}:{_part(model)}"
            inputs |= {
                "prompt_version": settings.prompts,
                "judged": settings.judge * settings.judged,
            }
        explained = "" if explain is None else explain.run_id
        score = Stage("score", simulator, {**common, **inputs, "explained": explained})
    models = [row["id"] for row in pack.table("Model", ["id"]).to_pylist()]
    return Runs(models[0] if len(models) == 1 else "", explain, score, simulator, scorer)


def _part(model: str) -> str:
    """A model's name as a part of an id."""
    return "".join("_" if c in "/@#" or c.isspace() else c for c in model)


def calls_of(settings: ExplainSettings, candidate: Candidate) -> int:
    """Requests that a neuron needs if every answer is one, without rounds of refining."""
    return sum(1 for _ in prompts_of(settings, candidate, lambda _: None))


@dataclass(slots=True)
class Planned:
    """Calls of one kind."""

    calls: int = 0
    kept: int = 0
    """Of these, answered already."""
    prompt_tokens: int = 0
    """Of those that are not."""
    bounded: int = 0
    """Of those, calls whose prompts can only be bounded: they hold a sentence yet to be written."""
    answer_tokens: int = 0
    """The most that their answers may have."""


def dry_run(settings: ExplainSettings) -> tuple[int, dict[str, Planned], bool]:
    """The neurons meant, what would be asked by kind, and whether tokens are counted exactly.

    Nothing is asked. Raises as `explain_pack` does.
    """
    settings.check()
    known = PackKnown(open_pack(settings.pack), settings)
    asked = settings.endpoint
    if asked is None or not settings.asks:
        return sum(len(known.read(layer).candidates) for layer in known.layers), {}, True
    found: dict[str, Planned] = {}
    seen: set[str] = set()
    neurons = 0
    with Journal(asked.answers) as journal:
        counter = TokenCounter(asked.tokenizer, journal.overhead(endpoint_key(asked)))

        def written(prompt: Prompt) -> str | None:
            for attempt in range(3):
                answer = journal.get(key_of(asked, prompt, attempt))
                if answer is None:
                    return None
                try:
                    return answers.explanation(answer)
                except AnswerError:
                    continue
            return ""

        for layer in known.layers:
            for candidate in known.read(layer).candidates:
                neurons += 1
                for prompt, is_known in prompts_of(settings, candidate, written):
                    key = key_of(asked, prompt, 0)
                    if is_known and key in seen:
                        continue
                    seen.add(key)
                    one = found.setdefault(prompt.name, Planned())
                    one.calls += 1
                    if is_known and key in journal:
                        one.kept += 1
                        continue
                    one.prompt_tokens += counter.prompt(prompt)
                    one.bounded += not is_known
                    one.answer_tokens += prompt.max_tokens
    return neurons, found, counter.exact


def prompts_of(
    settings: ExplainSettings, candidate: Candidate, written: Written
) -> Iterator[tuple[Prompt, bool]]:
    """Each request about a neuron, and whether its text is known to the letter.

    `written` gives the sentence that a prompt was answered with: None if it was not asked, and
    nothing if there is none.
    """
    known = candidate.known
    if known is None:
        return
    texts: list[tuple[str | None, tuple[Passage, ...]]] = []
    if settings.explainer == OPENAI and known.shown:
        for prompt, _, scored in explanations(settings, candidate):
            yield prompt, True
            texts.append((written(prompt), scored))
    elif settings.explainer == TEMPLATE and known.patterns:
        texts.append((sentence(known.patterns), known.scored))
    elif settings.explainer == NONE:
        texts += [(row["text"], known.scored) for row in candidate.explanations]
    if settings.simulator != OPENAI:
        return
    for text, scored in texts:
        if text == "":
            continue
        given = _UNKNOWN if text is None else text
        for prompt in simulations(settings, given, scored):
            yield prompt, text is not None
        if settings.judge:
            for _, prompts, _ in judgements(settings, known, given):
                yield from ((prompt, text is not None) for prompt, _ in prompts)
