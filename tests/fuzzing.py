"""Schemathesis against a server's GraphQL: operations made from its schema, right and wrong ones."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SECONDS = 2
"""The longest that an answer may take."""


@dataclass(frozen=True, slots=True)
class Fuzzed:
    """What came of a run."""

    n_cases: int
    """Operations that were sent."""
    n_failed: int
    """Those answered 500 or above, with an error of the server, or not in time."""
    output: str
    """What Schemathesis printed."""


def fuzz(address: str, *, n_cases: int, seed: int, folder: Path) -> Fuzzed:
    """Send at least `n_cases` operations to the server at `address`.

    Half of them break the schema somewhere. `folder` takes what the program leaves.
    """
    probe = _run(address, 1, seed, folder)
    found = re.search(r"Operations:\s+(\d+) selected", probe)
    assert found, probe
    output = _run(address, -(-n_cases // int(found[1])), seed, folder)
    cases = re.search(r"(\d+) generated, (?:(\d+) found|\d+ passed)", output)
    assert cases, output
    return Fuzzed(int(cases[1]), int(cases[2] or 0), output)


def _run(address: str, per_field: int, seed: int, folder: Path) -> str:
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", address,
        "--max-examples", str(per_field),
        "--checks", "not_a_server_error", "--max-response-time", str(SECONDS),
        "--phases", "fuzzing", "--mode", "all", "--seed", str(seed),
        "--generation-database", "none", "--no-color", "--continue-on-failure",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout
