"""The command line as a user runs it: a process of its own."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ran:
    """What a command printed, and how it ended."""

    status: int
    out: str
    err: str

    @property
    def message(self) -> str:
        """The last line of standard error: where a failure says why."""
        return self.err.strip().splitlines()[-1] if self.err.strip() else ""


def without(names: Sequence[str], program: str) -> list[str]:
    """A command that runs a program of Python's where some modules are not to be had."""
    return [
        sys.executable,
        "-c",
        f"import sys; sys.modules.update(dict.fromkeys({list(names)!r})); {program}",
    ]


_MODULE = "import runpy; runpy.run_module('neurocypher', run_name='__main__', alter_sys=True)"


def neurocypher(
    *arguments: object, environment: dict[str, str] | None = None, lacks: Sequence[str] = ()
) -> Ran:
    """Run `neurocypher …` to its end; as if the modules that it `lacks` were not installed."""
    program = without(lacks, _MODULE) if lacks else [sys.executable, "-m", "neurocypher"]
    done = subprocess.run(
        [*program, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(environment or {})},
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def neurocypher_here(*arguments: object) -> Ran:
    """The same within this process, which has torch already: its import alone takes seconds."""
    from neurocypher.cli import main

    out, err = io.StringIO(), io.StringIO()
    status: object = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([*map(str, arguments)])
        except SystemExit as ended:
            status = ended.code
    assert isinstance(status, int)
    return Ran(status, out.getvalue(), err.getvalue())


def assert_failed(ran: Ran, *expected: str) -> None:
    """One line that holds all of `expected`, no traceback, exit status 1."""
    assert ran.status == 1, ran
    assert "Traceback" not in ran.err, ran.err
    assert ran.message.startswith("neurocypher: "), ran.err
    for text in expected:
        assert text in ran.message
