"""Importing published formats, of the published sizes, beside only parsing the same files.

Peer, in the same run: reading the files, unpacking them and parsing them with orjson. An import also
checks every value, finds each text's id, and writes the pack: in one process, what is packed in a
thread beside the reading, so speeds are by the clock, and want two idle cores; the share of
processor time stands beside them. Each is run five times, in turn, in a process of its own, and
the fastest counts. Memory is that of the whole process, of two formats at two sizes. All that is published about each
of GPT-2-XL's neurons, which is OpenAI's, Neuroscope's and N2G's, is extrapolated from these.

    python -m tests.benchmarks.import [FORMAT …] [NEURONS …]
"""

from __future__ import annotations

import gzip
import multiprocessing
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson
import pyarrow

from ingest.progress import Silent
from ingest.sources import format_called, open_tree
from ingest.sources.job import import_source
from ingest.sources.settings import ImportSettings
from ingest.stop import Stop
from tests.benchmarks.published import WRITERS, Corpus, corpus
from tests.benchmarks.report import report

GPT2_XL = 307_200
"""Neurons of 48 layers."""
TEXTS = 60_000
"""Of which the files are made."""
TIMES = 5
_SPEED = 0.5
"""Of only parsing, that an import of a format's largest folder is to have. Of a smaller one, which is
done in about a second, it is not asked: what begins and ends an import takes a large part of that."""
_OF_GPT2_XL = ("openai", "neuroscope", "n2g")
"""Formats in which there is a file about each of its neurons."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a job took."""

    seconds: float
    """By the clock."""
    processor: float
    """Seconds, of all threads."""
    memory: float
    """MiB at most, of the whole process."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What importing a folder takes, and what only parsing its files does."""

    parsed: float
    """Seconds by the clock."""
    cost: Cost
    """Of the import."""
    total: int
    """Bytes of the files, unpacked."""
    packed: int
    """Bytes of the pack."""

    def times(self, factor: float) -> Measured:
        """The same of so many times as many files."""
        cost = Cost(factor * self.cost.seconds, factor * self.cost.processor, self.cost.memory)
        return Measured(
            factor * self.parsed, cost, round(factor * self.total), round(factor * self.packed)
        )


def main() -> None:
    texts = corpus(TEXTS)
    of_gpt2_xl: dict[str, Measured] = {}
    with tempfile.TemporaryDirectory() as name:
        for format_ in [given for given in sys.argv[1:] if not given.isdecimal()] or WRITERS:
            sizes = tuple(int(given) for given in sys.argv[1:] if given.isdecimal())
            found = _report_sizes(format_, sizes or WRITERS[format_][1], Path(name), texts)
            if format_ in _OF_GPT2_XL:
                of_gpt2_xl[format_] = found
    for format_, measured in of_gpt2_xl.items():
        _report_gpt2_xl(format_, [measured])
    if len(of_gpt2_xl) == len(_OF_GPT2_XL):
        _report_gpt2_xl("all three", list(of_gpt2_xl.values()), at_least=_SPEED)


def _report_sizes(format_: str, sizes: Sequence[int], root: Path, texts: Corpus) -> Measured:
    """What the largest folder takes, as often as it goes into GPT-2-XL."""
    write, _ = WRITERS[format_]
    found = []
    for size in sizes:
        folder = root / format_
        write(folder, size, texts)
        at_least = _SPEED if size == sizes[-1] else None
        called = f"{format_}, {size}" if len(sizes) > 1 else format_
        found.append(_report(format_, called, folder, at_least=at_least))
        shutil.rmtree(folder)
    if len(found) > 1:
        peaks = [one.cost.memory for one in found]
        larger = sizes[-1] / sizes[0]
        what = f"{format_}, memory at {larger:.0f} times the size, to that at one"
        report(what, peaks[-1] / peaks[0], "1")
    return found[-1].times(GPT2_XL / sizes[-1])


def _report_gpt2_xl(called: str, found: list[Measured], at_least: float | None = None) -> None:
    called = f"GPT-2-XL, extrapolated, {called}"
    seconds = sum(one.cost.seconds for one in found)
    report(f"{called}: import", seconds / 3600, "h")
    report(f"{called}: files", sum(one.total for one in found) / 1e9, "GB")
    report(f"{called}: pack", sum(one.packed for one in found) / 1e9, "GB")
    share = sum(one.parsed for one in found) / seconds
    report(f"{called}: import to only parsing", share, "1", at_least=at_least)


def _report(format_: str, called: str, folder: Path, at_least: float | None = _SPEED) -> Measured:
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
    return Measured(peer, Cost(fastest.seconds, fastest.processor, memory), total, packed)


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
