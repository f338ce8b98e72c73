"""The job: every neuron that is meant, layer by layer, into the pack."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from cypher.pack import Pack, PackWriter, extend_pack, open_pack
from cypher.schema import EXPLANATION as EXPLANATION_NODE
from ingest.endpoint.counting import TokenCounter
from ingest.endpoint.endpoint import Endpoint, endpoint_key
from ingest.endpoint.journal import Journal
from ingest.errors import OutputError
from ingest.jobs.explaining.asking import Asker, GraphSimulator, Simulator
from ingest.jobs.explaining.meter import Meter
from ingest.jobs.explaining.outcome import Outcome
from ingest.jobs.explaining.plan import calls_of
from ingest.jobs.explaining.reading import Layer, LayerKnown, PackKnown, owned_explanations
from ingest.jobs.explaining.refining import Reads, Refiner, check_subject
from ingest.jobs.explaining.replaced import replaced
from ingest.jobs.explaining.rows import EXPLANATION, SCORE, Before, write_layer, write_runs
from ingest.jobs.explaining.runs import runs_of
from ingest.jobs.explaining.settings import OPENAI, TOKEN_GRAPH, ExplainSettings
from ingest.jobs.explaining.work import Worker
from ingest.jobs.records import now
from ingest.progress import Progress
from ingest.stop import Stop

_NEURONS_AT_ONCE = 2
"""Neurons that are worked on at once for each request that may be under way."""


@dataclass(slots=True)
class Report:
    """What a job did."""

    neurons: int = 0
    explanations: int = 0
    """New ones, revisions that scored no better left out."""
    revisions: int = 0
    """Sentences made from another, and its mistakes."""
    better: int = 0
    """Of these, those that scored better."""
    scored: int = 0
    """Explanations that were scored."""
    unexplained: int = 0
    """Neurons that there is no explanation of."""
    calls: int = 0
    reused: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    spent: float | None = None
    """Dollars for all answers that are kept; None without a price."""
    lacks: dict[str, int] = field(default_factory=dict)
    """Neurons by what they lack and why."""


def explain_pack(
    settings: ExplainSettings, *, progress: Progress, stop: Stop, model: Reads | None = None
) -> Report:
    """Write `settings.output`: the pack with explanations and scores of the neurons meant.

    `model` reads texts, to refine. Raises ExplainError, EndpointError, BudgetError, PackError,
    or InterruptedJobError; every answer of a language model is kept, and the same settings go
    on from there.
    """
    settings.check()
    pack = open_pack(settings.pack)
    if settings.output.exists() and not settings.replace:
        raise OutputError(
            f"{settings.output} exists already. Write the pack elsewhere, or add --replace."
        )
    known = PackKnown(pack, settings)
    if settings.refine and model is not None:
        check_subject(model, known.layers)
    return asyncio.run(_explained(known, settings, model, progress=progress, stop=stop))


async def _explained(
    known: PackKnown,
    settings: ExplainSettings,
    model: Reads | None,
    *,
    progress: Progress,
    stop: Stop,
) -> Report:
    pack = known.pack
    runs = runs_of(settings, pack)
    started, report = now(), Report()
    additions = settings.output.with_name(f".{settings.output.name}.explained")
    shutil.rmtree(additions, ignore_errors=True)  # what a killed job left
    treated: set[str] = set()
    refuted: set[str] = set()
    written: set[str] = set()
    try:
        async with _asking(settings, stop) as endpoint:
            worker = _worker(settings, endpoint, model)
            with PackWriter(additions) as writer:
                for layer in known.layers:
                    stop.check(f"going on to layer {layer.name}")
                    found = known.read(layer)
                    outcomes = await _layer(worker, found, progress, stop, endpoint)
                    written |= write_layer(writer, runs, layer, outcomes, _before(pack, layer))
                    for made in (made for outcome in outcomes for made in outcome.made):
                        treated.add(made.id)
                        if not made.kept:
                            refuted.add(made.id)
                    _count(report, outcomes)
                if endpoint is not None:
                    _spending(report, endpoint, settings)
                counts = {
                    "neurons": report.neurons,
                    "explanations": report.explanations,
                    "scored": report.scored,
                    "unexplained": report.unexplained,
                    **({"revisions": report.revisions} if settings.refine else {}),
                }
                write_runs(writer, runs, written=written, started_at=started, counts=counts)
        stop.check("putting the pack together")
        added = open_pack(additions)
        extend_pack(
            pack,
            added,
            settings.output,
            dropped=replaced(pack, added, runs, treated, refuted),
            replace=settings.replace,
        )
    finally:
        shutil.rmtree(additions, ignore_errors=True)
    return report


@contextlib.asynccontextmanager
async def _asking(settings: ExplainSettings, stop: Stop) -> AsyncIterator[Endpoint | None]:
    """The language model, if one is asked."""
    asked = settings.endpoint
    if asked is None or not settings.asks:
        yield None
        return
    with Journal(asked.answers) as journal:
        counter = TokenCounter(asked.tokenizer, journal.overhead(endpoint_key(asked)))
        endpoint = Endpoint(asked, journal, counter, stop)
        try:
            yield endpoint
        finally:
            await endpoint.close()


def _worker(settings: ExplainSettings, endpoint: Endpoint | None, model: Reads | None) -> Worker:
    meter = Meter()
    asker = None if endpoint is None else Asker(endpoint, settings, meter)
    simulator: Simulator | None = None
    if settings.simulator == TOKEN_GRAPH:
        simulator = GraphSimulator()
    if settings.simulator == OPENAI:
        simulator = asker
    refiner = None
    if settings.refine and asker is not None and model is not None:
        refiner = Refiner(asker, model, settings.refine)
    return Worker(settings, simulator, asker, refiner, meter)


async def _layer(
    worker: Worker,
    found: LayerKnown,
    progress: Progress,
    stop: Stop,
    endpoint: Endpoint | None,
) -> list[Outcome]:
    """What comes out for a layer's neurons, in their order."""
    settings, waiting = worker.settings, list(enumerate(found.candidates))
    waiting.reverse()
    outcomes: list[Outcome | None] = [None] * len(waiting)
    asked = settings.endpoint if endpoint is not None else None
    at_once = 1 if asked is None else _NEURONS_AT_ONCE * asked.concurrency
    planned = {
        candidate.id: 1 if asked is None else calls_of(settings, candidate)
        for candidate in found.candidates
    }
    unit, name = "neurons" if asked is None else "calls", f"layer {found.layer.name}"
    beside = (lambda: "") if endpoint is None else partial(_spent, endpoint)
    with progress.stage(name, sum(planned.values()), unit, beside) as advance:
        worker.meter.begin(planned, advance)

        async def work() -> None:
            while waiting:
                stop.check("explaining")
                at, candidate = waiting.pop()
                outcomes[at] = await worker.work(found, candidate)
                worker.meter.done(candidate.id)

        tasks = [asyncio.create_task(work()) for _ in range(min(at_once, len(waiting)))]
        try:
            await asyncio.gather(*tasks)
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise
    if endpoint is not None:
        progress.note(_said(endpoint))
    return [outcome for outcome in outcomes if outcome is not None]


def _said(endpoint: Endpoint) -> str:
    tally = endpoint.tally
    text = (
        f"{tally.calls:,} calls ({tally.reused:,} answers were there), "
        f"{tally.prompt_tokens:,} + {tally.completion_tokens:,} tokens"
    )
    return text + (f", {_spent(endpoint)}" if endpoint.purse.priced else "")


def _spent(endpoint: Endpoint) -> str:
    """Money, or without a price tokens."""
    if endpoint.purse.priced:
        return f"${endpoint.purse.spent:.4f} spent"
    return f"{endpoint.tally.prompt_tokens + endpoint.tally.completion_tokens:,} tokens"


def _before(pack: Pack, layer: Layer) -> Before:
    """What the pack has of a layer's explanations."""
    below, columns = f"{layer.id}/", [own.name for own in EXPLANATION_NODE.properties]
    revises = pack.below("REVISES", below, ["source", "target"])
    return Before(
        {row["id"]: row for row in pack.below("Explanation", below, columns)},
        frozenset(owned_explanations(pack, layer)),
        frozenset((row["source"], row["target"]) for row in revises),
    )


def _count(report: Report, outcomes: Sequence[Outcome]) -> None:
    report.neurons += len(outcomes)
    for outcome in outcomes:
        report.explanations += sum(made.is_new and made.kept for made in outcome.made)
        revisions = [made for made in outcome.made if made.revises is not None]
        report.revisions += len(revisions)
        report.better += sum(made.kept for made in revisions)
        report.scored += sum(bool(made.measured) for made in outcome.made)
        report.unexplained += EXPLANATION in outcome.lacks
        for kind in (EXPLANATION, SCORE):
            if kind in outcome.lacks:
                reason = f"{kind}: {outcome.lacks[kind]}"
                report.lacks[reason] = report.lacks.get(reason, 0) + 1


def _spending(report: Report, endpoint: Endpoint, settings: ExplainSettings) -> None:
    tally = endpoint.tally
    report.calls, report.reused = tally.calls, tally.reused
    report.prompt_tokens, report.completion_tokens = tally.prompt_tokens, tally.completion_tokens
    assert settings.endpoint is not None
    if settings.endpoint.price is not None:
        report.spent = endpoint.purse.spent
