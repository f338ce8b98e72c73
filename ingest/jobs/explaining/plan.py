"""What a job will ask, before it asks: its requests, their tokens, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from cypher.pack import open_pack
from ingest.endpoint.counting import TokenCounter
from ingest.endpoint.endpoint import endpoint_key, key_of
from ingest.endpoint.journal import Journal
from ingest.endpoint.settings import EndpointSettings
from ingest.errors import AnswerError
from ingest.explaining import answers, prompting
from ingest.explaining.answers import Answer
from ingest.explaining.evidence import Known, Passage
from ingest.explaining.groups import scored_of
from ingest.explaining.prompting import LISTED_TOKENS, SENTENCE_TOKENS, Prompt
from ingest.jobs.explaining.asking import ATTEMPTS, explanations, judgements, simulations
from ingest.jobs.explaining.reading import Candidate, PackKnown
from ingest.jobs.explaining.refining import MOST_MISTAKES
from ingest.jobs.explaining.settings import NONE, OPENAI, TEMPLATE, ExplainSettings
from ingest.sentence import sentence


@dataclass(frozen=True, slots=True)
class Request:
    """A request that a neuron needs, or may need."""

    prompt: Prompt
    take: Callable[[Answer], object]
    """Raises AnswerError if an answer is none."""
    unwritten: int = 0
    """Tokens, at most, of what stands in the prompt and is yet to be written: as many as the
    answer may have that it comes from. 0 if the prompt is known to the letter."""
    is_certain: bool = True
    """Whether it is asked in any case, or may turn out not to be needed."""


Written = Callable[[Request], str | None]
"""The sentence that a request was answered with: None if it was not asked, nothing if there is
none."""


@dataclass(slots=True)
class Planned:
    """Requests of one kind."""

    calls: int = 0
    kept: int = 0
    """Of these, answered already."""
    uncertain: int = 0
    """Of the others, those that may turn out not to be needed."""
    bounded: int = 0
    """Of the others, those whose prompts hold what is yet to be written, and are taken to be as
    long as they can be."""
    prompt_tokens: int = 0
    """Of those that are not answered."""
    answer_tokens: int = 0
    """The most that their answers may have."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a job would ask."""

    neurons: int
    kinds: dict[str, Planned]
    """By the name of the prompt."""
    exact: bool
    """Whether tokens are counted, and not bounded for want of a tokenizer."""


def dry_run(settings: ExplainSettings) -> Plan:
    """What would be asked, if every answer is one. Nothing is. Raises as `explain_pack` does."""
    settings.check()
    known = PackKnown(open_pack(settings.pack), settings)
    asked = settings.endpoint
    if asked is None or not settings.asks:
        return Plan(sum(len(known.read(layer).candidates) for layer in known.layers), {}, True)
    found: dict[str, Planned] = {}
    seen: set[str] = set()
    neurons = 0
    with Journal(asked.answers) as journal:
        counter = TokenCounter(asked.tokenizer, journal.overhead(endpoint_key(asked)))

        def written(request: Request) -> str | None:
            state, said = _answered(asked, journal, request)
            return str(said) if state else None

        for layer in known.layers:
            for candidate in known.read(layer).candidates:
                neurons += 1
                for request in requests_of(settings, candidate, written):
                    key = key_of(asked, request.prompt, 0)
                    if not request.unwritten and key in seen:
                        continue
                    seen.add(key)
                    one = found.setdefault(request.prompt.name, Planned())
                    one.calls += 1
                    if not request.unwritten and _answered(asked, journal, request)[0]:
                        one.kept += 1
                        continue
                    one.prompt_tokens += counter.prompt(request.prompt) + request.unwritten
                    one.answer_tokens += request.prompt.max_tokens
                    one.bounded += bool(request.unwritten)
                    one.uncertain += not request.is_certain
    return Plan(neurons, found, counter.exact)


def _answered(asked: EndpointSettings, journal: Journal, request: Request) -> tuple[bool, object]:
    """Whether a request will not be asked again, and what its answer says; "" if it says nothing."""
    for attempt in range(ATTEMPTS):
        answer = journal.get(key_of(asked, request.prompt, attempt))
        if answer is None:
            return False, ""
        try:
            return True, request.take(answer)
        except AnswerError:
            continue
    return True, ""


def calls_of(settings: ExplainSettings, candidate: Candidate) -> int:
    """Requests that a neuron may need, at most, if every answer is one."""
    return sum(1 for _ in requests_of(settings, candidate, lambda _: None))


def requests_of(
    settings: ExplainSettings, candidate: Candidate, written: Written
) -> Iterator[Request]:
    """Each request about a neuron."""
    known = candidate.known
    if known is None:
        return
    texts: list[tuple[str | None, tuple[Passage, ...]]] = []
    if settings.explainer == OPENAI and known.shown:
        for prompt, _, scored in explanations(settings, candidate):
            request = Request(prompt, answers.explanation)
            yield request
            texts.append((written(request), scored))
    elif settings.explainer == TEMPLATE and known.patterns:
        texts.append((sentence(known.patterns), known.scored))
    elif settings.explainer == NONE:
        texts += [(row["text"], scored_of(row["about"], known)) for row in candidate.explanations]
    if settings.simulator != OPENAI:
        return
    for text, scored in texts:
        if text != "":
            yield from _scoring(settings, known, text, scored)
    if settings.refine and texts and texts[0][0] != "":
        text, scored = texts[0]
        for _ in range(settings.refine):
            yield from _refining(settings, known, text, scored)
            text = None


def _scoring(
    settings: ExplainSettings,
    known: Known,
    text: str | None,
    scored: tuple[Passage, ...],
    *,
    is_certain: bool = True,
) -> Iterator[Request]:
    """To simulate and judge a sentence; None for one that is yet to be written."""
    unwritten, given = (SENTENCE_TOKENS, "") if text is None else (0, text)
    for prompt, passage in zip(simulations(settings, given, scored), scored, strict=True):
        take = partial(answers.activations, n_tokens=len(passage.tokens))
        yield Request(prompt, take, unwritten, is_certain)
    if settings.judge:
        for _, prompts, _ in judgements(settings, known, given):
            for prompt, count in prompts:
                take_all = partial(answers.judgements, count=count)
                yield Request(prompt, take_all, unwritten, is_certain)


def _refining(
    settings: ExplainSettings, known: Known, text: str | None, scored: tuple[Passage, ...]
) -> Iterator[Request]:
    """A round of it: texts are asked for, a revision, and what that one lets expect."""
    unwritten, given = (SENTENCE_TOKENS, "") if text is None else (0, text)
    asked = prompting.sentences(settings.prompts, given)
    yield Request(asked, answers.sentences, unwritten, is_certain=False)
    revision = prompting.longest_revision(settings.prompts, MOST_MISTAKES)
    unwritten = SENTENCE_TOKENS + LISTED_TOKENS
    yield Request(revision, answers.explanation, unwritten, is_certain=False)
    yield from _scoring(settings, known, None, scored, is_certain=False)
