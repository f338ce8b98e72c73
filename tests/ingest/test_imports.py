"""What is imported when nothing of a model is asked for."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = {"torch", "transformers", "transformer_lens", "datasets", "openai", "ray"}


def imported_by(program: str) -> set[str]:
    program += "\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in json.loads(done.stdout)}


def test_the_packages_and_the_commands_import_nothing_heavy() -> None:
    packages = "import cypher, ingest, graphapi, neurocypher, ingest.errors, ingest.stop"
    commands = "import neurocypher.cli, neurocypher.commands.ingest, neurocypher.progress"
    assert imported_by(f"{packages}\n{commands}") & (HEAVY | {"numpy", "jaxtyping"}) == set()


def test_inputs_are_checked_before_torch_is_imported() -> None:
    assert imported_by("import ingest.jobs.inputs") & HEAVY == set()
