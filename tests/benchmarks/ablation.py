"""What each ingredient of our Neuron2Graph is worth: `docs/n2g.md` holds the table."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ingest.corpora import open_corpus
from ingest.jobs.mine import mine
from ingest.jobs.settings import Settings, plan
from ingest.jobs.sources import Block, Sample
from ingest.jobs.task import Task
from ingest.jobs.work import open_work_folder
from ingest.mining.kept import Kept, open_kept
from ingest.n2g.build import HeldOut, Known, Setting, experiment, judged, made
from ingest.n2g.fit import Fit
from ingest.n2g.substitute import Predecessors, Tested
from ingest.n2g.trie import size
from ingest.progress import Silent
from ingest.stop import Stop
from ingest.subject import Subject, boot
from tests.benchmarks.n2g import EACH
from tests.benchmarks.protocol import drawn, layers_of, stories
from tests.benchmarks.report import report
from tests.shared import model_path, stories_path

_STEP = 4
"""Every fourth neuron is enough to tell ingredients apart."""


@dataclass(frozen=True, slots=True)
class Case:
    """One neuron, with all that is known of it."""

    known: Known
    tested: list[Tested]
    top: HeldOut
    random: HeldOut


Change = Callable[[Case], tuple[Known, Sequence[Tested], Fit]]


def main() -> None:
    subject = boot(str(model_path()), "cpu")
    _ten_texts(subject)
    _whole_job(subject)


def _ten_texts(subject: Subject) -> None:
    cases = []
    texts = stories(subject)
    for layer in layers_of(subject, texts, drawn(subject.layers, EACH)):
        predecessors = Predecessors.of(layer.tokens, len(subject.texts))
        setting = Setting(subject.columns, layer.layer, subject.begin, predecessors)
        tested = experiment(layer.known, setting)
        for known, held_out in zip(layer.known, layer.held_out, strict=True):
            cases.append(Case(known, tested.get(known.index, []), held_out, held_out))
    changes: dict[str, Change] = {
        "all of it": _whole,
        "without experiments": lambda case: (case.known, (), Fit()),
        "experiments on the token before only": lambda case: (case.known, _nearest(case), Fit()),
        "counter-evidence of experiments only": lambda case: (
            case.known, [_that_fire(one, fires=False) for one in case.tested], Fit(),
        ),
        **_of_the_trie(),
    }  # fmt: skip
    for name, change in changes.items():
        scores, _, nodes = _scored(cases, change)
        report(f"10 texts, {name}", scores, "1")
        report(f"10 texts, {name}, nodes", nodes, "1")


def _whole_job(subject: Subject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        cases = list(_mined(subject, Path(folder)))
        changes: dict[str, Change] = {
            "all of it": _whole,
            "without experiments": lambda case: (case.known, (), Fit()),
            "top texts only": lambda case: (_with(case, firing=None, random=None), case.tested, Fit()),
            "without firing places": lambda case: (_without_firing(case), case.tested, Fit()),
            "without the random sample": lambda case: (_without_random(case), case.tested, Fit()),
            **_of_the_trie(),
            "at most 20 nodes": lambda case: (case.known, case.tested, Fit(max_nodes=20)),
            "half the penalty": lambda case: (case.known, case.tested, Fit(penalty=0.0075)),
        }  # fmt: skip
        for name, change in changes.items():
            top, random, nodes = _scored(cases, change)
            report(f"job, {name}, top texts", top, "1")
            report(f"job, {name}, random text", random, "1")
            report(f"job, {name}, nodes", nodes, "1")


def _of_the_trie() -> dict[str, Change]:
    return {
        "two tokens of context": lambda case: (case.known, case.tested, Fit(depth=2)),
        "four tokens of context": lambda case: (case.known, case.tested, Fit(depth=4)),
        "rates as counted": lambda case: (case.known, case.tested, Fit(shrink=1e-6)),
        "any node that helps": lambda case: (case.known, case.tested, Fit(penalty=0.0)),
    }


def _whole(case: Case) -> tuple[Known, Sequence[Tested], Fit]:
    return case.known, case.tested, Fit()


def _nearest(case: Case) -> list[Tested]:
    """What was found with the token before replaced; its trials come first."""
    found = []
    for one in case.tested:
        own = np.array(one.pivot.tokens[::-1], np.int32)
        same = (one.contexts[:, 2:] == own[2:]).all(1)
        found.append(replace(one, contexts=one.contexts[same], shares=one.shares[same]))
    return found


def _that_fire(one: Tested, *, fires: bool) -> Tested:
    mine = (one.shares >= 0.5) == fires
    return replace(one, contexts=one.contexts[mine], shares=one.shares[mine])


def _with(case: Case, **changes: object) -> Known:
    sources = replace(case.known.sources, **changes)  # type: ignore[arg-type]
    return replace(case.known, sources=sources)


def _without_firing(case: Case) -> Known:
    sources = case.known.sources
    assert sources.firing is not None
    none = replace(
        sources.firing,
        places=sources.firing.places[:0],
        contexts=sources.firing.contexts[:0],
        shares=sources.firing.shares[:0],
    )
    return _with(case, firing=none, bound=np.inf)


def _without_random(case: Case) -> Known:
    sources = case.known.sources
    assert sources.random is not None
    none = replace(
        sources.random,
        places=sources.random.places[:0],
        contexts=sources.random.contexts[:0],
        shares=sources.random.shares[:0],
    )
    return _with(case, random=none, rate=0.0)


def _mined(subject: Subject, folder: Path) -> Iterator[Case]:
    """What the job knows of some neurons, once it has mined."""
    settings = Settings(str(model_path()), stories_path(), folder / "pack")
    corpus = open_corpus(stories_path())
    planned = plan(settings, fingerprint="", corpus_sha256=corpus.sha256, layers=subject.layers)
    work = open_work_folder(settings.output, planned.inputs, restart=False)
    mine(Task(settings, subject, corpus, subject.layers, work, Silent(), Stop()), planned.mine)
    kept = open_kept(work.kept, work.corpus)
    yield from _cases(subject, kept, settings.batch_size)


def _cases(subject: Subject, kept: Kept, batch_size: int) -> Iterator[Case]:
    sample = Sample.of(kept.corpus)
    predecessors = Predecessors.of(np.asarray(kept.corpus.tokens), len(subject.texts))
    for layer in subject.layers:
        whole = slice(0, layer.n_neurons)
        block = Block(subject, kept, sample, layer=layer, neurons=whole, batch_size=batch_size)
        known = [block.known(index) for index in range(0, layer.n_neurons, _STEP)]
        setting = Setting(subject.columns, layer, subject.begin, predecessors)
        tested = experiment(known, setting)
        for neuron in known:
            top, random = block.held_out(neuron.index)
            yield Case(neuron, tested.get(neuron.index, []), top, random)


def _scored(cases: Sequence[Case], change: Change) -> tuple[float, float, float]:
    """Mean F1 on top and on random texts, and the median of nodes."""
    top, random, nodes = [], [], []
    for case in cases:
        known, tested, how = change(case)
        roots, evidence = made(known, tested, how)
        found = judged(known, roots, evidence, top=case.top, random=case.random)
        top.append(found.top.graph.f1)
        random.append(found.random.graph.f1)
        nodes.append(size(roots))
    return _mean(top), _mean(random), float(np.median(nodes))


def _mean(values: Sequence[float | None]) -> float:
    return float(np.mean([value for value in values if value is not None]))


if __name__ == "__main__":
    main()
