"""The job that imports a source: unit by unit into packs of their own, then all in one.

PACK.work/
    job.json                    what the job was asked for
    unit-….json                 what a unit was about; written before its pack
    unit-…/                     its pack; once it is there, the unit is done
"""

from __future__ import annotations

import json
import platform
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from cypher import ids
from cypher.files import sync
from cypher.pack import Pack, PackWriter, open_pack
from ingest.errors import OutputError, SourceError
from ingest.jobs.work import WorkFolder, open_work_folder
from ingest.progress import Progress
from ingest.sources.beside import working_beside
from ingest.sources.format import Choice, Format, Unit, Wanted
from ingest.sources.known_texts import KnownTexts
from ingest.sources.outbox import Outbox
from ingest.sources.said import Bad
from ingest.sources.settings import ImportSettings
from ingest.sources.sink import Sink
from ingest.sources.token_ranks import ranked_by_token
from ingest.sources.tree import Tree
from ingest.stop import Stop

JOB = "import"
_LISTED = 1000
"""Bad records that the run itself names."""
_STRUCTURE = ("Model", "Layer", "HAS_LAYER")
_RANKED = {"ACTIVATES_ON": "activation", "CONDITIONED_ON": "importance"}
"""Tables that are ranked by token, over all units, and by what."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did."""

    neurons: int
    """That the source says something about."""
    bad: tuple[Bad, ...]
    """Records that were left out."""


@dataclass(frozen=True, slots=True)
class _Done:
    """A unit whose pack is there."""

    pack: Pack
    present: Mapping[str, list[int]]
    bad: tuple[Bad, ...]
    counts: Mapping[str, int]


def import_source(
    format_: Format, tree: Tree, settings: ImportSettings, *, progress: Progress, stop: Stop
) -> Report:
    """Make the pack `settings.output` of a source, or go on making it.

    Raises SourceError at what is not of the format, OutputError if something stands there,
    WorkFolderError, PackError; InterruptedJobError if it was stopped: what was done is kept, and
    the same settings go on from there.
    """
    if settings.output.exists():
        if not settings.replace:
            raise OutputError(
                f"{settings.output} exists already. Write the pack elsewhere, or add --replace to "
                f"replace it."
            )
        open_pack(settings.output)
    wanted = _wanted(format_, tree, settings)
    units = list(format_.units(tree, wanted))
    source = settings.source or format_.name
    inputs = _inputs(format_, wanted, tree, units, skip_bad=settings.skip_bad)
    run_id = ids.run_id(JOB, source, inputs)
    work = open_work_folder(settings.output, {"source": source, **inputs}, restart=settings.restart)
    started = _now()
    texts = KnownTexts()
    n_files = sum(len(unit.files) for unit in units)
    with progress.stage(f"import {format_.name}", n_files, "files") as advance:
        for unit in units:
            stop.check(f"importing {unit.name}")
            if _pack_of(work, unit).exists():
                for shard in open_pack(_pack_of(work, unit)).shards("Sequence", ["id"]):
                    texts.update(map(str, shard.column("id").to_pylist()))
            else:
                _import_unit(
                    format_, unit, tree, work, Sinks(wanted, source, run_id, settings, texts)
                )
            advance(len(unit.files))
    progress.note("putting the pack together")
    done = [_done(work, unit) for unit in units]
    if not any(unit.bad or unit.counts.keys() - set(_STRUCTURE) for unit in done):
        work.remove()
        raise SourceError(
            f"{tree.name}: of what is wanted (layers {wanted.layers.text or 'all'}, neurons "
            f"{wanted.neurons.text or 'all'}) its {n_files} files say nothing. Ask for others with "
            f"--layers and --neurons."
        )
    report = _assemble(settings, done, wanted, Run(run_id, source, inputs, started))
    work.remove()
    return report


@dataclass(frozen=True, slots=True)
class Sinks:
    """What every unit's sink is made with."""

    wanted: Wanted
    source: str
    run_id: str
    settings: ImportSettings
    texts: KnownTexts


@dataclass(frozen=True, slots=True)
class Run:
    """The import's `IngestRun`."""

    id: str
    source: str
    inputs: Mapping[str, object]
    started_at: str


def _wanted(format_: Format, tree: Tree, settings: ImportSettings) -> Wanted:
    model = settings.model or format_.model(tree)
    if model is None:
        raise SourceError(
            f"{tree.name} does not say which model it is about. Name it with --model, such as "
            f"gpt2-small."
        )
    return Wanted(
        ids.model_id(model),
        Choice.of(settings.layers, "--layers"),
        Choice.of(settings.neurons, "--neurons"),
    )


def _inputs(
    format_: Format, wanted: Wanted, tree: Tree, units: list[Unit], *, skip_bad: bool
) -> dict[str, object]:
    """What the run is known by: which files, by name and size, and what was asked of them."""
    listed = [f"{unit.name}/{name}/{tree.size(name)}" for unit in units for name in unit.files]
    return {
        "format": format_.name,
        "version": format_.version,
        "model_id": wanted.model,
        "layers": wanted.layers.text,
        "neurons": wanted.neurons.text,
        "skip_bad": skip_bad,
        "files": len(listed),
        "listing": ids.digest(*listed),
    }


def _pack_of(work: WorkFolder, unit: Unit) -> Path:
    return work.root / f"unit-{unit.name}"


def _said_of(work: WorkFolder, unit: Unit) -> Path:
    return work.root / f"unit-{unit.name}.json"


def _import_unit(format_: Format, unit: Unit, tree: Tree, work: WorkFolder, made: Sinks) -> None:
    with PackWriter(_pack_of(work, unit)) as writer, working_beside() as beside:
        outbox = Outbox(
            made.wanted.model, made.source, made.run_id, writer, beside, known_texts=made.texts
        )
        sink = Sink(made.wanted, made.source, made.run_id, outbox, skip_bad=made.settings.skip_bad)
        format_.read(unit, tree, sink)
        sink.close()
        said = {
            "present": {layer: sorted(found) for layer, found in sink.said.present.items()},
            "bad": [asdict(bad) for bad in sink.said.bad],
            "counts": dict(outbox.counts),
        }
        path = _said_of(work, unit)
        path.write_text(json.dumps(said), encoding="utf-8")
        sync(path)


def _done(work: WorkFolder, unit: Unit) -> _Done:
    said = json.loads(_said_of(work, unit).read_bytes())
    bad = tuple(Bad(**one) for one in said["bad"])
    return _Done(open_pack(_pack_of(work, unit)), said["present"], bad, said["counts"])


def _assemble(settings: ImportSettings, done: list[_Done], wanted: Wanted, run: Run) -> Report:
    """One pack of all units' packs; what several say of the model and its layers is merged."""
    present: dict[str, set[int]] = defaultdict(set)
    counts: Counter[str] = Counter()
    for unit in done:
        counts.update(unit.counts)
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
        for name, rows in _structure(done).items():
            writer.add(name, rows)
        for unit in done:
            writer.adopt(unit.pack, but=(*_STRUCTURE, *_RANKED))
        for name, value in _RANKED.items():
            writer.add(name, ranked_by_token([unit.pack.table(name) for unit in done], value))
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
        writer.add("IngestRun", [_run_row(run, wanted, counts, bad)])
    return Report(sum(map(len, present.values())), bad)


def _structure(done: list[_Done]) -> dict[str, list[dict[str, object]]]:
    """`Model`, `Layer` and `HAS_LAYER` rows. Raises SourceError where units disagree."""
    merged: dict[str, dict[object, dict[str, object]]] = {name: {} for name in _STRUCTURE}
    for unit in done:
        for name in _STRUCTURE:
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
    found: dict[str, object] = {name: count for name, count in sorted(counts.items()) if count}
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
        "finished_at": _now(),
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def summary(path: Path, report: Report) -> Iterator[str]:
    """What the pack holds, what was left out, and what to do with it, line by line."""
    pack = open_pack(path)
    tables = (
        ("Example", "examples"), ("Explanation", "explanations"), ("Score", "scores"),
        ("Simulation", "simulations"), ("TokenGraph", "token graphs"), ("Circuit", "circuits"),
    )  # fmt: skip
    found = [f"{pack.rows(table):,} {what}" for table, what in tables if pack.rows(table)]
    weights = sum(
        pack.rows(table) for table in ("READS", "WRITES", "CONNECTS_TO", "CONNECTED_FROM")
    )
    if weights:
        found.append(f"{weights:,} weights")
    yield "; ".join([f"{report.neurons:,} neurons", *found])
    if report.bad:
        yield f"Left out {len(report.bad):,} records:"
        for one in report.bad:
            yield f"  {one.message}"
    yield f"The pack is {path}. Load it into a graph:"
    yield f"  neurocypher load {path} --graph ladybug://graph.lbug"
