"""Rows that every stage writes: its run, what it covers and what it lacks."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from importlib.metadata import version

from cypher import ids
from cypher.pack import PackWriter
from ingest.jobs.settings import Stage
from ingest.layers import NeuronLayer

Row = dict[str, object]
NEVER_FIRES = "never fires"
NO_GRAPH = "has no token graph"
_TOOLS = ("neurocypher", "torch", "transformers", "transformer-lens")


def now() -> str:
    """The time, ISO 8601, UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")  # noqa: UP017


def write_run(
    writer: PackWriter,
    stage: Stage,
    *,
    model: str,
    started_at: str,
    counts: Mapping[str, object],
) -> None:
    """Add the stage's `IngestRun`, the only row that tells of time and versions."""
    row: Row = {
        "id": stage.run_id,
        "job": stage.job,
        "source": stage.source,
        "model_id": model,
        "settings": _json(stage.inputs),
        "versions": _json(
            {"python": platform.python_version(), **{name: version(name) for name in _TOOLS}}
        ),
        "counts": _json(counts),
        "started_at": started_at,
        "finished_at": now(),
    }
    writer.add("IngestRun", [row])


def write_coverage(
    writer: PackWriter,
    stage: Stage,
    *,
    model: str,
    layer: NeuronLayer,
    kind: str,
    absent: Mapping[int, str],
) -> None:
    """Add `COVERS` for a layer, and `LACKS` for its neurons that have no `kind` and why."""
    writer.add(
        "COVERS",
        [
            {
                "source": stage.run_id,
                "target": ids.layer_id(model, layer.name),
                "n_present": layer.n_neurons - len(absent),
                "n_absent": len(absent),
            }
        ],
    )
    writer.add("LACKS", _lacks(stage.run_id, model, layer.name, kind, absent.items()))


def _lacks(
    run: str, model: str, layer: str, kind: str, absent: Iterable[tuple[int, str]]
) -> list[Row]:
    return [
        {
            "source": ids.neuron_id(model, layer, index),
            "target": run,
            "kind": kind,
            "reason": reason,
            "run_id": run,
        }
        for index, reason in absent
    ]


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
