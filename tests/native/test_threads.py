"""While much is parsed, other threads run: none would wait for the interpreter's lock."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest

from cypher.native import native

TEXTS = orjson.dumps(["one", "two", "three"] * 50_000)
TRIES = 500


@pytest.fixture
def _no_turns() -> Iterator[None]:
    """The interpreter takes its lock from no thread: each has it until it gives it away."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1_000_000)
    yield
    sys.setswitchinterval(before)


def another_runs(call: Callable[[], object]) -> bool:
    """Whether another thread, which waits for its turn only, gets one during some of many calls."""
    has_run: list[bool] = []
    go = threading.Lock()
    go.acquire()

    def run() -> None:
        with go:
            has_run.append(True)

    other = threading.Thread(target=run)
    other.start()
    go.release()
    for _ in range(TRIES):
        call()
        if has_run:
            break
    found = bool(has_run)
    other.join()
    return found


@pytest.mark.usefixtures("_no_turns")
def test_others_run_while_it_parses(tmp_path: Path) -> None:
    path = tmp_path / "texts.json"
    path.write_bytes(TEXTS)
    assert another_runs(lambda: native.parse(TEXTS))
    assert another_runs(lambda: native.parse_several([TEXTS]))
    assert another_runs(lambda: native.parse_files([path], 1 << 30))
    assert another_runs(lambda: native.items([TEXTS]))


@pytest.mark.usefixtures("_no_turns")
def test_none_runs_while_the_lock_is_held() -> None:
    """What the test above would see of a parser that keeps it."""
    assert not another_runs(lambda: native.digests(b"", [TEXTS[:1000]], 16))
