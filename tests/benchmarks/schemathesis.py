"""10,000 operations that Schemathesis makes of the schema, half of them wrong: no 5xx, none above 2 s.

`ARGS="CASES [SEED]"` runs another number of them. The demo pack, embedded.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from neurocypher.demo import demo_pack
from tests.benchmarks.report import report
from tests.fuzzing import SECONDS, fuzz
from tests.graphapi.serving import serving
from tests.whole import load

_CASES = 10_000


def main() -> None:
    """Run it."""
    given = [int(text) for text in sys.argv[1:]]
    n_cases, seed = (*given, _CASES)[0], (*given[1:], 1)[0]
    with tempfile.TemporaryDirectory() as folder:
        url = f"ladybug://{folder}/demo.lbug"
        load(url, demo_pack())
        with serving(url) as (_, address):
            began = time.monotonic()
            fuzzed = fuzz(address, n_cases=n_cases, seed=seed, folder=Path(folder))
            took = time.monotonic() - began
    if fuzzed.n_failed:
        print(fuzzed.output, file=sys.stderr)
    report("cases of Schemathesis", fuzzed.n_cases, "1", at_least=n_cases)
    report(f"of them failed, or above {SECONDS} s", fuzzed.n_failed, "1", at_most=0)
    report("time for all", took, "s")


if __name__ == "__main__":
    main()
