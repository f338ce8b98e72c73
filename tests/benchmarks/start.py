"""How soon the command line answers: `neurocypher --help` beside a bare Python."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from tests.benchmarks.report import report

_TIMES = 15
_BOUND = 500.0
"""Milliseconds."""


def main() -> None:
    bare = _median([sys.executable, "-c", "pass"])
    answered = _median([sys.executable, "-m", "neurocypher", "--help"])
    report("python -c pass, p50", bare, "ms")
    report("neurocypher --help, p50", answered, "ms", at_most=_BOUND)


def _median(command: list[str]) -> float:
    times = []
    for _ in range(_TIMES):
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(1000 * (time.perf_counter() - begin))
    return statistics.median(times)


if __name__ == "__main__":
    main()
