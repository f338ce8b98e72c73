"""Importing OpenAI's activation records, of the published sizes, beside only parsing the files.

Peer, in the same run: reading the same files and parsing them with orjson. The import also checks
every value, finds each text's id, and writes the pack. One process; what is packed is packed in a
thread beside the reading. All of GPT-2-XL is extrapolated from the larger folder.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

import orjson

from ingest.progress import Silent
from ingest.sources import format_called, open_tree
from ingest.sources.job import import_source
from ingest.sources.settings import ImportSettings
from ingest.stop import Stop
from tests.benchmarks.published import corpus, openai
from tests.benchmarks.report import report

GPT2_XL = 307_200
"""Neurons of 48 layers."""
SIZES = (400, 1600)
"""Neurons in the folders: what is measured on the second must need no more memory."""
TEXTS = 60_000
"""Of which the files are made."""


def main() -> None:
    texts = corpus(TEXTS)
    with tempfile.TemporaryDirectory() as name:
        for size in SIZES:
            folder = Path(name) / f"{size}"
            openai(folder, size, texts)
            total = sum(path.stat().st_size for path in folder.rglob("*.json"))
            parsed = _in_child(_parse, folder)
            imported = _in_child(_import, folder)
            packed = sum(p.stat().st_size for p in (Path(name) / f"{size}-pack").rglob("*.parquet"))
            report(f"{size} neurons, size of the files", total / 1e6, "MB")
            report(f"{size} neurons, only parsing", total / parsed[0] / 1e6, "MB/s")
            report(f"{size} neurons, import", total / imported[0] / 1e6, "MB/s")
            report(f"{size} neurons, import to only parsing", parsed[0] / imported[0], "1",
                   at_least=0.5 if size == SIZES[-1] else None)  # fmt: skip
            report(f"{size} neurons, import, memory at most", imported[1], "MiB", at_most=1024)
        times = GPT2_XL / SIZES[-1]
        report("GPT-2-XL, extrapolated: import", times * imported[0] / 3600, "h")
        report("GPT-2-XL, extrapolated: files", times * total / 1e9, "GB")
        report("GPT-2-XL, extrapolated: pack", times * packed / 1e9, "GB")


def _parse(folder: Path) -> None:
    for path in folder.rglob("*.json"):
        orjson.loads(path.read_bytes())


def _import(folder: Path) -> None:
    settings = ImportSettings(str(folder), folder.with_name(f"{folder.name}-pack"))
    with open_tree(settings.location) as tree:
        import_source(format_called("openai"), tree, settings, progress=Silent(), stop=Stop())


def _in_child(job: object, folder: Path) -> tuple[float, float]:
    """Seconds of processor and MiB at most that a job takes in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        found: tuple[float, float] = pool.apply(_measured, (job, folder))
        return found


def _measured(job: object, folder: Path) -> tuple[float, float]:
    assert callable(job)
    before = time.process_time()
    job(folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.process_time() - before, peak


if __name__ == "__main__":
    main()
