"""The rules that keep the packages apart, read off the source of every module."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[1]

MAY_IMPORT = {
    "cypher": set[str](),
    "ingest": {"cypher"},
    "graphapi": {"cypher"},
    "neurocypher": {"cypher", "ingest", "graphapi"},
}
"""Which of our packages each may import, besides itself."""

ONE_DOOR = {
    "transformer_lens",
    "transformers",
    "openai",
    "neo4j",
    "ladybug",
    "datasets",
    "ray",
    "prometheus_client",
    "neurocypher_native",
}
"""Foreign libraries that one module per package deals with, so that one place knows their ways."""

ARROW_MODULES = (
    "cypher/tables.py",
    "cypher/pack/",
    "cypher/engines/",
    "cypher/load/",
    "cypher/dump/",
    "cypher/formats/arrow.py",
    "cypher/id_columns.py",
)
"""Where `cypher` touches pyarrow: the rooms between a pack and an engine, and the one that gives
answers as Arrow. The packages above it hand rows to these."""

LINES = 300
LONGER = {"cypher/schema.py"}
"""The graph model is one long table."""


@dataclass(frozen=True, slots=True)
class Module:
    path: str
    """From the repository's root, with forward slashes."""
    source: str
    tree: ast.Module

    @property
    def package(self) -> str:
        return PurePosixPath(self.path).parts[0]


def _module(path: str, source: str) -> Module:
    return Module(path, source, ast.parse(source, path))


MODULES = [
    _module(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    for package in MAY_IMPORT
    for path in sorted((ROOT / package).rglob("*.py"))
]


RUST = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "native" / "src").rglob("*.rs"))
}
"""What is compiled, by its path."""


def _imported(module: Module) -> Iterator[tuple[str, int]]:
    """The top-level names that a module imports, anywhere in it, each with its line."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    yield alias.name.partition(".")[0], node.lineno
            case ast.ImportFrom(module=str(name), level=0):
                yield name.partition(".")[0], node.lineno
            case ast.Call(
                func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name)), *_]
            ):
                yield name.partition(".")[0], node.lineno
            case _:
                pass


def wrong_way(module: Module) -> Iterator[str]:
    allowed = MAY_IMPORT[module.package] | {module.package}
    ours = {*MAY_IMPORT, "tests"}
    for name, line in _imported(module):
        if name in ours - allowed:
            yield f"{module.path}:{line} imports {name}"


def arrow_elsewhere(module: Module) -> Iterator[str]:
    if module.package != "cypher" or module.path.startswith(ARROW_MODULES):
        return
    for name, line in _imported(module):
        if name == "pyarrow":
            yield f"{module.path}:{line} imports pyarrow"


ENTRY_POINTS = {"graphapi/entry.py"}
"""Where a request comes in: whatever goes wrong behind it is logged and told as an id."""


def blanket_except(module: Module) -> Iterator[str]:
    if module.package == "neurocypher" or module.path in ENTRY_POINTS:
        return  # an entry point may have a last word: to the user, or in the log
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        if isinstance(last := node.body[-1], ast.Raise) and last.exc is None:
            continue  # cleaning up on the way out catches nothing
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        if any(
            kind is None or ast.unparse(kind) in {"Exception", "BaseException"} for kind in kinds
        ):
            yield f"{module.path}:{node.lineno} catches everything"


def reads_environment(module: Module) -> Iterator[str]:
    if PurePosixPath(module.path).name == "settings.py":
        return
    for node in ast.walk(module.tree):
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "getenv"):
                yield f"{module.path}:{node.lineno} reads the environment"
            case ast.ImportFrom(module="os", names=names) if any(
                alias.name in {"environ", "getenv"} for alias in names
            ):
                yield f"{module.path}:{node.lineno} reads the environment"
            case _:
                pass


def too_long(module: Module) -> Iterator[str]:
    n_lines = len(module.source.splitlines())
    if n_lines > LINES and module.path not in LONGER:
        yield f"{module.path} has {n_lines} lines, more than {LINES}"


Rule = Callable[[Module], Iterator[str]]
RULES: list[Rule] = [wrong_way, arrow_elsewhere, blanket_except, reads_environment, too_long]


@pytest.mark.parametrize("rule", RULES)
def test_every_module_keeps_the_rule(rule: Rule) -> None:
    assert [violation for module in MODULES for violation in rule(module)] == []


def test_a_foreign_library_has_one_door_per_package() -> None:
    doors: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for module in MODULES:
        for name, _ in _imported(module):
            if name in ONE_DOOR:
                doors[module.package, name].add(module.path)
    assert {door: paths for door, paths in doors.items() if len(paths) > 1} == {}


def test_compiled_modules_are_short_too() -> None:
    assert RUST
    assert {path for path, source in RUST.items() if len(source.splitlines()) > LINES} == set()


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (wrong_way, "ingest/a.py", "from graphapi.settings import Settings"),
        (wrong_way, "graphapi/a.py", "def late():\n    import ingest.mining"),
        (wrong_way, "cypher/a.py", "importlib.import_module('ingest.jobs')"),
        (wrong_way, "neurocypher/a.py", "import tests.conftest"),
        (arrow_elsewhere, "cypher/ids.py", "import pyarrow.parquet as pq"),
        (blanket_except, "cypher/a.py", "try: f()\nexcept Exception as e: log(e)"),
        (blanket_except, "ingest/a.py", "try: f()\nexcept: pass"),
        (blanket_except, "graphapi/a.py", "try: f()\nexcept (OSError, BaseException): pass"),
        (blanket_except, "cypher/a.py", "try: f()\nexcept Exception as e: raise E() from e"),
        (reads_environment, "cypher/a.py", "import os\nos.environ.get('X')"),
        (reads_environment, "ingest/a.py", "from os import getenv"),
        (too_long, "cypher/a.py", "x = 1\n" * 301),
    ],
)
def test_a_rule_finds_what_breaks_it(rule: Rule, path: str, source: str) -> None:
    assert len(list(rule(_module(path, source)))) == 1


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (wrong_way, "neurocypher/a.py", "import ingest.jobs, graphapi.app, cypher.graph"),
        (wrong_way, "cypher/a.py", "import neo4j\nfrom cypher.ids import neuron_id"),
        (blanket_except, "cypher/a.py", "try: f()\nexcept BaseException:\n    undo()\n    raise"),
        (reads_environment, "graphapi/settings.py", "import os\nos.environ['X']"),
    ],
)
def test_a_rule_lets_the_rest_be(rule: Rule, path: str, source: str) -> None:
    assert list(rule(_module(path, source))) == []
