"""What the module is said to offer, and what the tests do where it is not installed."""

from __future__ import annotations

import ast
import inspect
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cypher.native import INTERFACE, native
from tests.cli import without

ROOT = Path(__file__).parents[2]
STUB = ROOT / "native" / "neurocypher_native.pyi"


def _functions(body: list[ast.stmt]) -> Iterator[tuple[str, list[str]]]:
    """Each function, and the names of its parameters but for `self`."""
    for node in body:
        if isinstance(node, ast.FunctionDef):
            names = [one.arg for one in [*node.args.posonlyargs, *node.args.args]]
            yield node.name, [name for name in names if name != "self"]


def _parameters(function: object) -> list[str]:
    if not callable(function):
        return []  # a property
    return [name for name in inspect.signature(function).parameters if name != "self"]


def test_its_types_are_told_of_all_that_it_has() -> None:
    stub = ast.parse(STUB.read_text(encoding="utf-8"))
    classes = [node for node in stub.body if isinstance(node, ast.ClassDef)]
    functions = dict(_functions(stub.body))
    names = {*functions, *(one.name for one in classes), "INTERFACE"}
    assert names == {*vars(native)["__all__"]}
    assert {name: _parameters(getattr(native, name)) for name in functions} == functions
    for one in classes:
        found = getattr(native, one.name)
        methods = dict(_functions(one.body))  # of one that is told twice, the longer comes last
        plain = {name: names for name, names in methods.items() if not name.startswith("__")}
        offered = [name for name in vars(found) if not name.startswith("__")]
        assert {name: _parameters(getattr(found, name)) for name in offered} == plain
        assert methods.keys() - plain.keys() <= vars(found).keys()


def test_one_of_another_interface_is_not_used_and_said_to_be_there() -> None:
    program = """
import types
sys.modules["neurocypher_native"] = types.ModuleType("neurocypher_native")
from cypher.native import IS_THERE
print(IS_THERE)
"""
    run = subprocess.run(without([], program), cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"
    assert "neurocypher-native is of another version" in run.stderr
    assert "pip install ./native" in run.stderr
    assert vars(native)["INTERFACE"] == INTERFACE


@pytest.mark.slow
@pytest.mark.parametrize(("ci", "outcome"), [("", "1 skipped"), ("true", "1 error")])
def test_without_it_tests_are_skipped_but_never_in_ci(ci: str, outcome: str) -> None:
    name = "test_its_types_are_told_of_all_that_it_has"
    program = f"import pytest; sys.exit(pytest.main([{__file__!r}, '-k', {name!r}]))"
    run = subprocess.run(
        without(["neurocypher_native"], program), cwd=ROOT, env={**os.environ, "CI": ci},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert outcome in run.stdout.splitlines()[-1]
    assert "neurocypher_native is not installed" in run.stdout
