"""`neurocypher serve` as a process, for as long as a `with` block lasts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def command(url: str, *options: str) -> list[str]:
    """The command that serves the graph at `url`."""
    return [sys.executable, "-m", "neurocypher", "serve", "--graph", url, *options]


@contextmanager
def serving(url: str, **settings: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server's process and its address; `settings` are named as in `graphapi.settings`."""
    given = {f"NEUROCYPHER_{name.upper()}": str(value) for name, value in settings.items()}
    with subprocess.Popen(
        command(url, "--port", "0"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **given},
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            address = next((word for word in line.split() if word.startswith("http://")), "")
            assert address, f"{line!r}: {process.stderr.read() if process.stderr else ''}"
            yield process, address
        finally:
            process.kill()
