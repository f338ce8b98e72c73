"""The runs of a job, by what goes into them."""

from __future__ import annotations

from cypher.pack import Pack
from ingest.jobs.explaining.rows import Runs
from ingest.jobs.explaining.settings import (
    NONE,
    OPENAI,
    SCORE_VERSION,
    ExplainSettings,
)
from ingest.jobs.settings import Stage
from ingest.sentence import VERSION


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
            if settings.refine:
                own["subject"] = settings.subject
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
