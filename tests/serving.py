"""A server in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def serving(url: str, **settings: object) -> Iterator[str]:
    """The address of a server of the graph at `url`, with these settings (`cypher_rows=5`)."""
    environment = {f"NEUROCYPHER_{name.upper()}": str(value) for name, value in settings.items()}
    command = [sys.executable, "-m", "neurocypher", "serve", "--graph", url, "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, **environment}
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = next((word for word in line.split() if word.startswith("http://")), "")
            assert found, line
            yield found.removesuffix("/graphql")
        finally:
            process.terminate()
