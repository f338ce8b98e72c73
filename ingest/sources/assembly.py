"""From the packs of all units to one: what several say of the model and its layers is merged."""

from __future__ import annotations

import json
import platform
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version

from cypher import ids
from cypher.pack import PackWriter
from ingest.errors import SourceError
from ingest.sources.ahead import ahead
from ingest.sources.format import Wanted
from ingest.sources.said import Bad
from ingest.sources.settings import ImportSettings
from ingest.sources.token_ranks import ranked_by_token
from ingest.sources.units import Done
from ingest.sources.unranked import RANKED, Unranked

JOB = "import"
STRUCTURE = ("Model", "Layer", "HAS_LAYER")
"""Tables of which every unit has a part of the same few rows."""
_LISTED = 1000
"""Bad records that the run itself names."""
_REPEATED = ("HAS_EXPLANATION", "LACKS")
"""Tables of runs of which several units may have the same row: a sentence is published twice."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did."""

    neurons: int
    """That the source says something about."""
    bad: tuple[Bad, ...]
    """Records that were left out."""


@dataclass(frozen=True, slots=True)
class Run:
    """The import's `IngestRun`."""

    id: str
    source: str
    inputs: Mapping[str, object]
    started_at: str


def assemble(
    settings: ImportSettings, done: list[Done], wanted: Wanted, run: Run, *, texts_once: bool
) -> Report:
    """One pack of all units' packs; what several say of the model and its layers is merged.

    `texts_once` says that no two of the packs hold one text.
    """
    distinct = ["Sequence"] if texts_once else []
    present: dict[str, set[int]] = defaultdict(set)
    for unit in done:
        for layer, places in unit.present.items():
            present[layer].update(places)
    bad = tuple(one for unit in done for one in unit.bad)
    absent = Counter(
        ids.parse_neuron_id(neuron).layer
        for neuron in {one.neuron for one in bad if one.neuron is not None}
        if ids.parse_neuron_id(neuron).index not in present[ids.parse_neuron_id(neuron).layer]
    )
    covered = sorted(layer for layer in present if present[layer] or absent[layer])
    with PackWriter(settings.output, replace=settings.replace) as writer:
        unranked = [unit.unranked for unit in done]
        with ThreadPoolExecutor(len(RANKED)) as threads:
            ranked = threads.map(partial(_rank, writer, unranked, run.id), RANKED)
            for name, rows in _structure(done).items():
                writer.add(name, rows)
            for unit in done:
                writer.adopt(unit.pack, but=STRUCTURE, once=_REPEATED, distinct=distinct)
            writer.add(
                "COVERS",
                [
                    {
                        "source": run.id,
                        "target": ids.layer_id(wanted.model, layer),
                        "n_present": len(present[layer]),
                        "n_absent": absent[layer],
                    }
                    for layer in covered
                ],
            )
            writer.write_kept()
            list(ranked)
        writer.add("IngestRun", [_run_row(run, wanted, writer.rows(), bad)])
    return Report(sum(map(len, present.values())), bad)


def _rank(writer: PackWriter, units: Sequence[Unranked], run_id: str, name: str) -> None:
    with closing(ahead(ranked_by_token(units, name, run_id))) as tables:
        for table in tables:
            writer.add(name, table)


def _structure(done: list[Done]) -> dict[str, list[dict[str, object]]]:
    """`Model`, `Layer` and `HAS_LAYER` rows. Raises SourceError where units disagree."""
    merged: dict[str, dict[object, dict[str, object]]] = {name: {} for name in STRUCTURE}
    for unit in done:
        for name in STRUCTURE:
            for row in unit.pack.table(name).to_pylist():
                key = row.get("id") or (row["source"], row["target"])
                known = merged[name].setdefault(key, {})
                for column, value in row.items():
                    if value is None:
                        continue
                    if known.setdefault(column, value) != value:
                        raise SourceError(
                            f"{name} {key}: the source gives {column} as {known[column]!r} in one "
                            f"place and as {value!r} in another. Import what belongs together."
                        )
    return {name: list(rows.values()) for name, rows in merged.items()}


def _run_row(
    run: Run, wanted: Wanted, counts: Mapping[str, int], bad: tuple[Bad, ...]
) -> dict[str, object]:
    found: dict[str, object] = dict(sorted(counts.items()))
    if bad:
        found["bad_records"] = len(bad)
        found["bad"] = [one.message for one in bad[:_LISTED]]
    tools = {"python": platform.python_version(), "neurocypher": version("neurocypher")}
    return {
        "id": run.id,
        "job": JOB,
        "source": run.source,
        "model_id": wanted.model,
        "settings": json.dumps(run.inputs, sort_keys=True, ensure_ascii=False),
        "versions": json.dumps(tools, sort_keys=True),
        "counts": json.dumps(found, ensure_ascii=False),
        "started_at": run.started_at,
        "finished_at": now(),
    }


def now() -> str:
    """The time, in whole seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")
