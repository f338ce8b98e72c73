"""GraphQL over HTTP, as the specification's own audits see it: all pass, recommendations included."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.graphapi.serving import serving
from tests.node import node_modules
from tests.packs import small_pack
from tests.whole import load

AUDIT = Path(__file__).parent / "audit"
N_AUDITS = 61
"""Of the pinned version."""


@pytest.fixture(scope="module")
def audits() -> Path:
    """The module of the audits, installed once at the version of `audit/package.json`."""
    return node_modules(AUDIT, "graphql-http") / "graphql-http" / "lib" / "audits" / "index.mjs"


@pytest.mark.slow
def test_every_audit_passes(audits: Path, ladybug_graph: str, tmp_path: Path) -> None:
    load(ladybug_graph, small_pack(tmp_path / "pack"))
    with serving(ladybug_graph) as (_, address):
        command = ["node", str(AUDIT / "audit.mjs"), str(audits), address]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    results = json.loads(done.stdout)
    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == N_AUDITS
