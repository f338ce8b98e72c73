"""Putting a pack together of units whose neurons and explanations are one row wherever they stand.

Peer, in the same run: the same with all of these rows held in memory until the end. Each unit has
neurons of its own with a sentence each, and again a quarter of those of the unit before; memory is
that of the whole process, at two sizes.
"""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import tempfile
import time
from pathlib import Path

from cypher import ids
from cypher.pack import PackWriter
from cypher.pack.spill import MOST_BYTES
from tests.benchmarks.report import report

SIZES = (300_000, 1_200_000)
"""Neurons, of which the second takes hardly more memory than the first."""
_UNIT = 20_000
_MODEL, _RUN = "m", "r"


def main() -> None:
    peaks: dict[str, list[float]] = {"held": [], "spilled": []}
    with tempfile.TemporaryDirectory() as name:
        for size in SIZES:
            seconds = {}
            for how, most_bytes in (("held", 1 << 60), ("spilled", MOST_BYTES)):
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    job = (Path(name) / "pack", size, most_bytes)
                    seconds[how], peak = pool.apply(_measured, job)
                peaks[how].append(peak)
                report(f"{size} neurons, {how}: memory at most", peak, "MiB")
                shutil.rmtree(Path(name) / "pack")
            report(
                f"{size} neurons, spilled to held, time", seconds["spilled"] / seconds["held"], "1"
            )
    few, many = peaks["spilled"]
    report("memory for four times as many", many / few, "1", at_most=1.5)
    report("memory of the larger", many, "MiB", at_most=1024)


def _measured(path: Path, size: int, most_bytes: int) -> tuple[float, float]:
    """Seconds of processor and MiB at most."""
    begin = time.process_time()
    with PackWriter(path, most_bytes=most_bytes) as writer:
        for first in range(0, size, _UNIT):
            for table, rows in _unit(max(0, first - _UNIT // 4), first + _UNIT).items():
                writer.add(table, rows, once=True)
    seconds = time.process_time() - begin
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _unit(first: int, last: int) -> dict[str, list[dict[str, object]]]:
    neurons = [ids.neuron_id(_MODEL, 0, index) for index in range(first, last)]
    texts = [f"words about the number {n}, and whatever else it may stand for" for n in neurons]
    said = [ids.explanation_id(n, "e", text) for n, text in zip(neurons, texts, strict=True)]
    layer = ids.layer_id(_MODEL, 0)
    of = {"model_id": _MODEL, "layer_id": layer, "layer_index": 0}
    pairs = list(zip(neurons, said, strict=True))
    return {
        "Neuron": [{"id": n, **of, "index": first + at} for at, n in enumerate(neurons)],
        "HAS_NEURON": [{"source": layer, "target": n} for n in neurons],
        "Explanation": [
            {"id": own, "text": text, "explainer": "e", "run_id": _RUN}
            for own, text in zip(said, texts, strict=True)
        ],
        "HAS_EXPLANATION": [{"source": n, "target": own, "run_id": _RUN} for n, own in pairs],
    }


if __name__ == "__main__":
    main()
