"""Querying, loading and serving need none of the extras: shown by an install without them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMMANDS = {path.stem for path in (ROOT / "neurocypher" / "commands").glob("[!_]*.py")}
HEAVY = {"torch", "transformers", "transformer_lens", "openai", "ray", "datasets", "jaxtyping"}

IMPORT_ALL = """
import importlib, importlib.util, json, pkgutil, sys
imported = []
for name in ("cypher", "graphapi", "neurocypher"):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
            imported.append(module.name)
print(json.dumps({
    "from": package.__file__,
    "imported": imported,
    "loaded": sorted({name.partition(".")[0] for name in sys.modules}),
    "installed": [name for name in json.loads(sys.argv[1]) if importlib.util.find_spec(name)],
}))
"""

HELP = """
import json, sys
from neurocypher.cli import main
sys.argv = ["neurocypher", "--help"]
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)))
"""


def _run(*command: str | Path, cwd: Path) -> str:
    run = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert run.returncode == 0, f"{command[:3]} failed:\n{run.stdout}{run.stderr}"
    return run.stdout


def _files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }


@pytest.fixture(scope="module")
def base_install(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of a new environment that holds the package and no extra."""
    folder = tmp_path_factory.mktemp("base-install")
    venv = folder / "venv"
    if uv := shutil.which("uv"):
        _run(uv, "venv", "--quiet", "--python", sys.executable, venv, cwd=folder)
        install: list[str | Path] = [uv, "pip", "install", "--python", venv / "bin" / "python"]
    else:
        _run(sys.executable, "-m", "venv", venv, cwd=folder)
        install = [venv / "bin" / "pip", "install", "--prefer-binary"]
    _run(*install, "--quiet", ROOT, cwd=folder)
    return venv / "bin"


@pytest.mark.slow
def test_no_extra_is_imported_or_installed(base_install: Path, tmp_path: Path) -> None:
    python = base_install / "python"
    said = json.loads(_run(python, "-I", "-c", IMPORT_ALL, json.dumps(sorted(HEAVY)), cwd=tmp_path))
    assert said["from"].startswith(str(base_install.parent)), "the checkout was imported instead"
    assert {f"neurocypher.commands.{name}" for name in COMMANDS} <= set(said["imported"])
    assert said["installed"] == []
    assert HEAVY.isdisjoint(said["loaded"])


@pytest.mark.slow
def test_every_file_is_installed(base_install: Path) -> None:
    [site_packages] = base_install.parent.glob("lib/*/site-packages")
    for package in ("cypher", "graphapi", "ingest", "neurocypher"):
        assert _files(site_packages / package) == _files(ROOT / package)


@pytest.mark.slow
def test_help_lists_the_commands_and_each_has_help(base_install: Path, tmp_path: Path) -> None:
    program = base_install / "neurocypher"
    listed = _run(program, "--help", cwd=tmp_path).partition("Commands:\n")[2].partition("\n\n")[0]
    assert set(re.findall(r"^  (\w\S*)", listed, re.MULTILINE)) == COMMANDS
    for command in sorted(COMMANDS):
        assert f"neurocypher {command}" in _run(program, command, "--help", cwd=tmp_path)


def test_help_imports_no_engine_and_no_server(tmp_path: Path) -> None:
    output = _run(sys.executable, "-c", HELP, cwd=tmp_path)
    modules = set(json.loads(output.splitlines()[-1]))
    in_vain = {
        *HEAVY, "numpy", "pyarrow", "ladybug", "neo4j", "strawberry", "starlette", "uvicorn",
        "rich.progress",
    }  # fmt: skip
    assert modules & in_vain == set()
