"""GraphQL over HTTP, as the specification's own audits see it: all pass, recommendations included."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.graphapi.serving import serving
from tests.packs import small_pack
from tests.whole import load

AUDIT = Path(__file__).parent / "audit"
CACHE = Path(__file__).parents[2] / ".cache" / "graphql-http"
N_AUDITS = 61
"""Of the pinned version."""


@pytest.fixture(scope="module")
def audits() -> Path:
    """The module of the audits, installed once at the version of `audit/package.json`."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        reason = "Node and npm are not on the path"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    wanted = (AUDIT / "package.json").read_text(encoding="utf-8")
    installed = CACHE / "package.json"
    if not installed.exists() or installed.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(CACHE, ignore_errors=True)
        CACHE.mkdir(parents=True)
        making = CACHE / "making"
        making.mkdir()
        (making / "package.json").write_text(wanted, encoding="utf-8")
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(command, cwd=making, check=True, timeout=300)
        (making / "node_modules").rename(CACHE / "node_modules")
        installed.write_text(wanted, encoding="utf-8")
        shutil.rmtree(making)
    return CACHE / "node_modules" / "graphql-http" / "lib" / "audits" / "index.mjs"


@pytest.mark.slow
def test_every_audit_passes(audits: Path, ladybug_graph: str, tmp_path: Path) -> None:
    load(ladybug_graph, small_pack(tmp_path / "pack"))
    with serving(ladybug_graph) as (_, address):
        command = ["node", str(AUDIT / "audit.mjs"), str(audits), address]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    results = json.loads(done.stdout)
    assert [result for result in results if result["status"] != "ok"] == []
    assert len(results) == N_AUDITS
