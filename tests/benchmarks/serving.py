"""`neurocypher serve` in a process of its own, for as long as a `with` block lasts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served(url: str, *, cached: bool = True) -> Iterator[str]:
    """The address of a server of the graph at `url`; `cached` says whether it keeps answers."""
    command = [sys.executable, "-m", "neurocypher", "serve", "--graph", url, "--port", "0"]
    environment = dict(os.environ)
    if not cached:
        environment["NEUROCYPHER_CACHE_BYTES"] = "1"  # less than any answer has
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        found = re.search(r"http://[\d.:]+", server.stdout.readline())
        assert found is not None
        try:
            yield found[0]
        finally:
            server.terminate()
