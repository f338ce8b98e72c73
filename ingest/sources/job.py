"""The job that imports a source: unit by unit into packs of their own, then all in one.

PACK.work/
    job.json                    what the job was asked for
    unit-….json, unit-…/        what was done: see `units`
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cypher import ids
from cypher.pack import open_pack
from ingest.arrow_memory import system_memory
from ingest.collecting import seldom_collected
from ingest.errors import OutputError, SourceError
from ingest.jobs.work import open_work_folder
from ingest.progress import Progress
from ingest.sources.assembly import JOB, STRUCTURE, Report, Run, assemble, now
from ingest.sources.beside import working_beside
from ingest.sources.format import Choice, Format, Unit, Wanted
from ingest.sources.remote import Remote
from ingest.sources.settings import ImportSettings
from ingest.sources.tree import Tree, sizes
from ingest.sources.units import Making, done_unit, import_unit
from ingest.stop import Stop

_ABSENCES = frozenset({"Neuron", "HAS_NEURON", "LACKS"})
"""Tables of what a source says that only says what it has not."""


@system_memory()
@seldom_collected()
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
    asked = {"source": source, **inputs}
    if isinstance(tree, Remote) and tree.is_refreshed:
        asked["refresh"] = True  # of a job that was none of it, units may be of other files
    work = open_work_folder(settings.output, asked, restart=settings.restart)
    started = now()
    making = Making(wanted, source, run_id, settings.skip_bad)
    n_files = sum(len(unit.files) for unit in units)
    with (
        progress.stage(f"import {format_.name}", n_files, "files") as advance,
        working_beside() as beside,
    ):
        for unit in units:
            stop.check(f"importing {unit.name}")
            import_unit(format_, unit, tree, work, making, beside=beside)
            advance(len(unit.files))
        beside.wait()
    progress.note("putting the pack together")
    done = [done_unit(work, unit) for unit in units]
    said = {name for unit in done for name in unit.counts} - set(STRUCTURE)
    any_bad = any(unit.bad for unit in done)
    if isinstance(tree, Remote) and said and said <= _ABSENCES and not any_bad:
        work.remove()
        raise SourceError(
            f"{tree.name}: none of the {n_files} files of what is wanted is there. Check the "
            f"address, --layers and --neurons."
        )
    if not said and not any_bad:
        work.remove()
        raise SourceError(
            f"{tree.name}: of what is wanted (layers {wanted.layers.text or 'all'}, neurons "
            f"{wanted.neurons.text or 'all'}) its {n_files} files say nothing. Ask for others with "
            f"--layers and --neurons."
        )
    report = assemble(
        settings, done, wanted, Run(run_id, source, inputs, started),
        texts_once=making.texts.all_known,
    )  # fmt: skip
    work.remove()
    return report


def _wanted(format_: Format, tree: Tree, settings: ImportSettings) -> Wanted:
    try:
        model = settings.model or format_.model(tree)
    except SourceError as error:
        if not settings.skip_bad:
            raise
        raise SourceError(
            f"{error} Which model it is about is read there: name it with --model to go on."
        ) from error
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
    listed = [
        f"{unit.name}/{name}/{size}"
        for unit in units
        for name, size in zip(unit.files, sizes(tree, unit.files), strict=True)
    ]
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
