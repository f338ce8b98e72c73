"""Importing published formats, of the published sizes, beside only parsing the same files.

Peer, in the same run: reading the files, unpacking them and parsing them with orjson. An import also
checks every value, finds each text's id, and writes the pack: in one process, what is packed in a
thread beside the reading, so speeds are by the clock, and want two idle cores; the share of
processor time stands beside them. Each is run five times, in turn, in a process of its own, and
the fastest counts. Memory is that of the whole process, at two sizes. All of GPT-2-XL is extrapolated
from the larger folder of OpenAI's records.
"""

from __future__ import annotations

import gzip
import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import orjson
import pyarrow

from ingest.progress import Silent
from ingest.sources import format_called, open_tree
from ingest.sources.job import import_source
from ingest.sources.settings import ImportSettings
from ingest.stop import Stop
from tests.benchmarks.published import WRITERS, Corpus, corpus, openai
from tests.benchmarks.report import report

GPT2_XL = 307_200
"""Neurons of 48 layers."""
SIZES = (400, 1600)
"""Neurons in OpenAI's folders: the second needs hardly more memory than the first."""
TEXTS = 60_000
"""Of which the files are made."""
TIMES = 5
_SPEED = 0.5
"""Of only parsing, that an import is to have. Of a folder that is done in a second it is not asked:
what begins and ends an import takes a large part of that."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a job took."""

    seconds: float
    """By the clock."""
    processor: float
    """Seconds, of all threads."""
    memory: float
    """MiB at most, of the whole process."""


def main() -> None:
    only = sys.argv[1:] or ["openai", *WRITERS]
    texts = corpus(TEXTS)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for format_ in only:
            if format_ == "openai":
                _report_openai(root, texts)
                continue
            write, count = WRITERS[format_]
            write(root / format_, count, texts)
            _report(format_, format_, root / format_)


def _report_openai(root: Path, texts: Corpus) -> None:
    peaks = []
    for size in SIZES:
        folder = root / f"{size}"
        openai(folder, size, texts)
        cost, total, packed = _report(
            "openai",
            f"openai, {size} neurons",
            folder,
            at_least=_SPEED if size == SIZES[-1] else None,
        )
        peaks.append(cost.memory)
        shutil.rmtree(folder)
    report("openai, memory at four times the size, to that at one", peaks[1] / peaks[0], "1")
    times = GPT2_XL / SIZES[-1]
    report("GPT-2-XL, extrapolated: import", times * cost.seconds / 3600, "h")
    report("GPT-2-XL, extrapolated: files", times * total / 1e9, "GB")
    report("GPT-2-XL, extrapolated: pack", times * packed / 1e9, "GB")


def _report(
    format_: str, called: str, folder: Path, at_least: float | None = _SPEED
) -> tuple[Cost, int, int]:
    """The import's cost, bytes of the files and of the pack."""
    total = sum(len(_unpacked(path)) for path in folder.rglob("*") if path.is_file())
    parsed, imported = [], []
    for _ in range(TIMES):  # in turn: the machine's own pace changes within a minute
        parsed.append(_in_child(_parse, folder, format_))
        imported.append(_in_child(_import, folder, format_))
    fastest = min(imported, key=lambda cost: cost.seconds)
    peer = min(cost.seconds for cost in parsed)
    pack = _pack_of(folder)
    packed = sum(path.stat().st_size for path in pack.rglob("*.parquet"))
    shutil.rmtree(pack)
    report(f"{called}: only parsing", total / peer / 1e6, "MB/s")
    report(f"{called}: import", total / fastest.seconds / 1e6, "MB/s")
    report(f"{called}: import to only parsing", peer / fastest.seconds, "1", at_least=at_least)
    report(
        f"{called}: the same of processor time",
        min(cost.processor for cost in parsed) / min(cost.processor for cost in imported),
        "1",
    )
    memory = max(cost.memory for cost in imported)
    report(f"{called}: import, memory at most", memory, "MiB", at_most=1024)
    return Cost(fastest.seconds, fastest.processor, memory), total, packed


def _parse(folder: Path, format_: str) -> None:
    for path in folder.rglob("*"):
        if path.name.endswith(".jsonl.gz"):
            with gzip.open(path) as file:
                for line in file:
                    orjson.loads(line)
        elif path.is_file():
            orjson.loads(path.read_bytes())


def _import(folder: Path, format_: str) -> None:
    shutil.rmtree(_pack_of(folder), ignore_errors=True)
    settings = ImportSettings(str(folder), _pack_of(folder))
    with open_tree(settings.location) as tree:
        import_source(format_called(format_), tree, settings, progress=Silent(), stop=Stop())


def _pack_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-pack")


def _unpacked(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def _in_child(job: object, folder: Path, format_: str) -> Cost:
    """What a job takes in a process of its own, whose start is not counted."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        found: Cost = pool.apply(_measured, (job, folder, format_))
        return found


def _measured(job: object, folder: Path, format_: str) -> Cost:
    assert callable(job)
    pyarrow.array([1])  # loads pandas, where it is installed
    processor, begin = time.process_time(), time.perf_counter()
    job(folder, format_)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Cost(seconds, time.process_time() - processor, peak)


if __name__ == "__main__":
    main()
