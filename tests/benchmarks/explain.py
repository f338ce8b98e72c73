"""Answers per second of the job that explains, from an endpoint that answers in one second.

The endpoint is a process of its own; the job asks it with concurrency 64, through the real
client, and keeps every answer on disk before it is used.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.endpoint.counting import TokenCounter
from ingest.endpoint.endpoint import Endpoint
from ingest.endpoint.journal import Journal
from ingest.endpoint.settings import EndpointSettings
from ingest.explaining import prompting
from ingest.stop import Stop
from tests.benchmarks.report import report
from tests.shared import model_path

_CONCURRENCY, _SECONDS, _CALLS = 64, 1.0, 640
_TEXT = ["Once", " upon", " a", " time", ",", " there", " was", " a"] * 8


def main() -> None:
    with _served() as (url, key), tempfile.TemporaryDirectory() as folder:
        settings = EndpointSettings(
            "m",
            url,
            key,
            Path(folder),
            concurrency=_CONCURRENCY,
            tokenizer=str(model_path() / "tokenizer.json"),
        )
        seconds, busy = asyncio.run(_asked(settings))
    report(f"answers, concurrency {_CONCURRENCY}, {_SECONDS:g} s each", _CALLS / seconds, "1/s",
           at_least=55.0)  # fmt: skip
    report("of what the endpoint could give", _CALLS / seconds / _CONCURRENCY * _SECONDS, "1")
    report("processor time of the job for an answer", 1000 * busy / _CALLS, "ms")


async def _asked(settings: EndpointSettings) -> tuple[float, float]:
    """Seconds, and seconds of the processor, for all answers.

    What the endpoint can do is found out before.
    """
    with Journal(settings.answers) as journal:
        endpoint = Endpoint(settings, journal, TokenCounter(settings.tokenizer), Stop())
        await endpoint.ask(prompting.simulate("1", "the first", _TEXT))
        prompts = [prompting.simulate("1", f"sentence {n}", _TEXT) for n in range(_CALLS)]
        begin, busy = time.perf_counter(), time.process_time()
        await asyncio.gather(*(endpoint.ask(prompt) for prompt in prompts))
        seconds, busy = time.perf_counter() - begin, time.process_time() - busy
        await endpoint.close()
    return seconds, busy


@contextmanager
def _served() -> Iterator[tuple[str, str]]:
    """The address and the key of an endpoint."""
    command = [sys.executable, "-m", "tests.endpoint", "--seconds", str(_SECONDS)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.match(r"OPENAI_BASE_URL=(\S+) OPENAI_API_KEY=(\S+)", server.stdout.readline())
        assert found is not None
        try:
            yield found[1], found[2]
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
