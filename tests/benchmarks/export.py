"""Exporting activation records of the published size: speed, and memory that does not grow.

Peer, in the same run: writing the same files with orjson from what was parsed already, one after
the other. The export also reads every value from an embedded graph, and syncs every file.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import orjson

from cypher.dump import open_dump
from cypher.engines import engine_for
from cypher.load import load_pack
from cypher.url import GraphUrl, parse_graph_url
from ingest.exports.asked import Asked
from ingest.exports.openai import write_openai
from ingest.exports.tables import write_jsonl
from ingest.progress import Silent
from ingest.sources import format_called, open_tree
from ingest.sources.format import Choice
from ingest.sources.job import import_source
from ingest.sources.settings import ImportSettings
from ingest.stop import Stop
from tests.benchmarks.published import corpus, openai
from tests.benchmarks.report import report

SIZES = (100, 400)
"""Neurons in the graphs: what is measured on the second must need hardly more memory."""
TEXTS = 20_000
MEMORY = 1024
"""MiB."""


def main() -> None:
    texts = corpus(TEXTS)
    peaks: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        for size in SIZES:
            folder = Path(name) / f"{size}"
            openai(folder / "in", size, texts)
            _load(folder)
            total = sum(path.stat().st_size for path in (folder / "in").rglob("*.json"))
            written, _ = _in_child(_write, folder)
            report(f"{size} neurons, only writing", total / written / 1e6, "MB/s")
            for what, job in (("openai", _export_openai), ("jsonl", _export_jsonl)):
                seconds, peak = _in_child(job, folder)
                peaks.setdefault(what, []).append(peak)
                report(f"{size} neurons, {what}", total / seconds / 1e6, "MB/s")
                report(f"{size} neurons, {what} to only writing", written / seconds, "1")
                report(f"{size} neurons, {what}, memory at most", peak, "MiB", at_most=MEMORY)
            shutil.rmtree(folder)
    for what, (few, many) in peaks.items():
        report(f"{what}, memory for four times as many", many / few, "1", at_most=1.5)


def _load(folder: Path) -> None:
    settings = ImportSettings(str(folder / "in"), folder / "pack")
    with open_tree(settings.location) as tree:
        import_source(format_called("openai"), tree, settings, progress=Silent(), stop=Stop())
    load_pack(folder / "pack", _url(folder), lambda *_: None)


def _url(folder: Path) -> GraphUrl:
    return parse_graph_url(f"ladybug://{folder / 'graph.lbug'}")


def _write(folder: Path) -> float:
    out = folder / "written"
    out.mkdir()
    took = 0.0
    for path in (folder / "in").rglob("*.json"):
        value = orjson.loads(path.read_bytes())
        before = time.process_time()
        (out / path.name).write_bytes(orjson.dumps(value))
        took += time.process_time() - before
    return took


def _export_openai(folder: Path) -> float:
    every = Choice.of(None, "")

    async def export() -> None:
        graph = await engine_for(_url(folder)).open()
        try:
            asked = Asked("openai", every, every)
            await write_openai(graph, folder / "out", asked, progress=Silent())
        finally:
            await graph.close()

    before = time.process_time()
    asyncio.run(export())
    return time.process_time() - before


def _export_jsonl(folder: Path) -> float:
    before = time.process_time()
    with open_dump(_url(folder), folder) as tables:
        write_jsonl(tables, folder / "lines", progress=Silent())
    return time.process_time() - before


def _in_child(job: Callable[[Path], float], folder: Path) -> tuple[float, float]:
    """Seconds of processor, and MiB at most, that a job takes in a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (job, folder))


def _measured(job: Callable[[Path], float], folder: Path) -> tuple[float, float]:
    seconds = job(folder)
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
