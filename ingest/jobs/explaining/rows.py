"""From outcomes to rows of the graph."""

from __future__ import annotations

import json
import platform
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from cypher import ids
from cypher.pack import PackWriter
from ingest.explaining.evidence import BOTH
from ingest.jobs.explaining.outcome import CHANCE, Made, Outcome
from ingest.jobs.explaining.reading import Layer
from ingest.jobs.records import Row, now
from ingest.jobs.settings import Stage

EXPLANATION, SCORE = "explanation", "score"
"""What a neuron may lack."""
_PLACES = 6
"""Decimal places kept of a score, and fewer of an expected activation."""
_TOOLS = ("neurocypher", "openai", "numpy")


@dataclass(frozen=True, slots=True)
class Runs:
    """The two runs of a job: one that explained, and one that scored."""

    model: str
    explain: Stage | None
    score: Stage | None
    simulator: str
    """What scores are known by: the simulator, and the model that it asks."""
    scorer_model: str | None


@dataclass(frozen=True, slots=True)
class Before:
    """What the pack has of a layer's explanations."""

    rows: Mapping[str, Mapping[str, Any]]
    """By id."""
    owned: frozenset[str]
    """Ids of those that neurons have."""
    revises: frozenset[tuple[str, str]]
    """Revisions, each with what it was made from."""


def write_layer(
    writer: PackWriter,
    runs: Runs,
    layer: Layer,
    outcomes: Sequence[Outcome],
    before: Before,
) -> set[str]:
    """Add what came out for a layer's neurons. The runs that rows now come from."""
    tables: dict[str, list[Row]] = {}

    def add(table: str, **values: object) -> None:
        tables.setdefault(table, []).append(values)

    for outcome in outcomes:
        for made in outcome.made:
            _explanation(add, runs, outcome.neuron, made, before)
            if runs.score is not None:
                _scores(add, runs, runs.score.run_id, made)
    for stage, kind in ((runs.explain, EXPLANATION), (runs.score, SCORE)):
        if stage is None:
            continue
        lacking = {o.neuron: o.lacks[kind] for o in outcomes if kind in o.lacks}
        if kind == EXPLANATION and not lacking and stage.run_id not in _runs_of(tables):
            continue  # all that was to be said had been said
        for neuron, reason in lacking.items():
            run = stage.run_id
            add("LACKS", source=neuron, target=run, kind=kind, reason=reason, run_id=run)
        add(
            "COVERS",
            source=stage.run_id,
            target=layer.id,
            n_present=len(outcomes) - len(lacking),
            n_absent=len(lacking),
        )
    for table, rows in tables.items():
        writer.add(table, rows)
    return _runs_of(tables)


def write_runs(
    writer: PackWriter,
    runs: Runs,
    *,
    written: Collection[str],
    started_at: str,
    counts: Mapping[str, object],
) -> None:
    """Add the `IngestRun`s; one that explained and has nothing `written` is none."""
    for stage in (runs.explain, runs.score):
        if stage is None or (stage is runs.explain and stage.run_id not in written):
            continue
        row: Row = {
            "id": stage.run_id,
            "job": stage.job,
            "source": stage.source,
            "model_id": runs.model,
            "settings": _json(stage.inputs),
            "versions": _json({"python": platform.python_version(), **_versions()}),
            "counts": _json(counts),
            "started_at": started_at,
            "finished_at": now(),
        }
        writer.add("IngestRun", [row])


def _explanation(add: Any, runs: Runs, neuron: str, made: Made, before: Before) -> None:
    """Its row, new or as it was but for the score, and whose it is.

    A revision that scored no better is nobody's, and hangs on what it revises alone.
    """
    score = rounded(made.headline)
    old = before.rows.get(made.id)
    if old is not None and made.measured:
        add("Explanation", **{**old, "score": score})
    if runs.explain is None:
        return
    run = runs.explain.run_id
    if old is None:
        add(
            "Explanation",
            id=made.id,
            text=made.text,
            explainer=made.explainer,
            explainer_model=made.explainer_model,
            prompt_version=made.prompt_version,
            about=list(made.about) or None,
            score=score,
            run_id=run,
        )
    if made.kept and made.id not in before.owned:
        add("HAS_EXPLANATION", source=neuron, target=made.id, run_id=run)
    if made.revises is not None and (made.id, made.revises) not in before.revises:
        add("REVISES", source=made.id, target=made.revises, run_id=run)


def _runs_of(tables: Mapping[str, Sequence[Row]]) -> set[str]:
    return {str(row["run_id"]) for rows in tables.values() for row in rows if "run_id" in row}


def _scores(add: Any, runs: Runs, run: str, made: Made) -> None:
    """Its scores, and the simulations that they were taken from."""
    common = {"source": runs.simulator, "scorer_model": runs.scorer_model, "run_id": run}
    found: list[Row] = []
    for one in made.measured:
        after = one.score.calibrated
        found.append(
            {
                "id": ids.score_id(
                    made.id, runs.simulator, one.score.kind, examples=one.examples, calibrated=after
                ),
                "kind": one.score.kind,
                "value": rounded(one.score.value),
                "null_value": rounded(one.null),
                "examples": one.examples,
                "calibrated": after,
                "n_examples": one.n_examples,
            }
        )
    for judged in made.judged:
        found.append(
            {
                "id": ids.score_id(made.id, runs.simulator, judged.kind, examples=BOTH),
                "kind": judged.kind,
                "value": rounded(judged.value),
                "null_value": CHANCE,
                "examples": BOTH,
                "n_examples": len(judged.truth),
            }
        )
    for row in found:
        add("Score", **row, **common)
        add("HAS_SCORE", source=made.id, target=row["id"], run_id=run)
    pairs = zip(made.expected, made.scored, strict=bool(made.expected))
    for number, (expected, passage) in enumerate(pairs, start=1):
        own = ids.simulation_id(made.id, runs.simulator, number, calibrated=False)
        add(
            "Simulation",
            id=own,
            number=number,
            calibrated=False,
            examples=passage.bucket,
            expected_activations=[round(value, 3) + 0.0 for value in expected],
            activations=list(passage.activations),
            scale="0 to 10, where 10 is the neuron's maximum",
            **common,
        )
        add("HAS_SIMULATION", source=made.id, target=own, run_id=run)
        add("OF", source=own, target=passage.id, run_id=run)


def rounded(value: float | None) -> float | None:
    """A score as it is kept."""
    return None if value is None else round(value, _PLACES) + 0.0  # no -0.0


def _versions() -> dict[str, str]:
    found = {}
    for name in _TOOLS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
