"""Whatever operation the schema allows, or does not: no 5xx. `make bench NAME=schemathesis` has more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzzing import fuzz
from tests.graphapi.serving import serving
from tests.packs import small_pack
from tests.whole import load

N_CASES = 200


@pytest.mark.slow
def test_no_operation_makes_it_fail(ladybug_graph: str, tmp_path: Path) -> None:
    load(ladybug_graph, small_pack(tmp_path / "pack"))
    with serving(ladybug_graph) as (_, address):
        fuzzed = fuzz(address, n_cases=N_CASES, seed=7, folder=tmp_path)
    assert fuzzed.n_cases >= N_CASES
    assert fuzzed.n_failed == 0, fuzzed.output
