"""The command line in processes that start at once: forked from one that has imported it.

Killing a job many times would else cost seconds of imports for each of its lives.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

_PROGRAM = """
import importlib, json, os, sys

for name in sys.argv[1:]:
    importlib.import_module(name)
from neurocypher.cli import main

for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        sys.argv = ["neurocypher", *json.loads(line)]
        main()
        os._exit(0)
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


class Job:
    """One life of a command: a process that may be killed, and has to be waited for."""

    def __init__(self, parent: subprocess.Popen[str], arguments: Sequence[object]) -> None:
        assert parent.stdin is not None
        assert parent.stdout is not None
        self._out = parent.stdout
        parent.stdin.write(json.dumps([str(argument) for argument in arguments]) + "\n")
        parent.stdin.flush()
        self._pid = int(self._out.readline())

    def kill(self) -> None:
        """SIGKILL."""
        os.kill(self._pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit status, the negative of a signal that ended it."""
        return int(self._out.readline())


class Forked:
    """What starts them, one after the other."""

    def __init__(self, parent: subprocess.Popen[str]) -> None:
        self._parent = parent

    def start(self, *arguments: object) -> Job:
        """Begin `neurocypher …`."""
        return Job(self._parent, arguments)


@contextmanager
def forked(modules: Sequence[str], environment: Mapping[str, str]) -> Iterator[Forked]:
    """A process that has imported these modules, and forks."""
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *modules],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **environment},
    ) as parent:
        try:
            yield Forked(parent)
        finally:
            assert parent.stdin is not None
            parent.stdin.close()
            parent.wait(timeout=60)
