"""No attack gets through the door for ad-hoc Cypher, nor takes more than it may, on either engine."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from cypher.adhoc import Door, Limits, admit
from cypher.adhoc.limits import MIB
from cypher.adhoc.process import Process
from cypher.errors import CypherError, QueryError, StatementRefusedError
from cypher.graph import Value
from cypher.url import Dialect, parse_graph_url
from tests.cypher.statement_files import ATTACKS, all_statements, statements
from tests.cypher.watched import watched
from tests.loaded import anyio_backend, small_graph_url, tables
from tests.whole import whole_graph

__all__ = ["anyio_backend", "small_graph_url", "tables"]

PARAMETERS: dict[str, Value] = {
    "x": 1, "label": "Token", "labels": ["Token"], "type": "READS", "property": "id",
}  # fmt: skip
LIMITS = Limits(
    seconds=0.25, rows=1000, bytes=MIB, memory=192 * MIB, concurrency=2, wait_seconds=60, threads=1
)
ANSWER_SECONDS = LIMITS.seconds + 20
"""Until a refusal is there, on a machine that does much else, a process restarted meanwhile."""
PROCESS_BYTES = 160 * MIB
"""What a process has before it is asked anything: Python, the engine, the open graph."""


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    """A folder that attacks name: nothing in it may be read, and nothing change."""
    folder = tmp_path / "canary"
    folder.mkdir()
    (folder / "secret.csv").write_text("a,b\nsecret,1\n")
    yield folder
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["secret.csv"]
    assert (folder / "secret.csv").read_text() == "a,b\nsecret,1\n"


def test_there_are_enough_of_them() -> None:
    found = all_statements(ATTACKS)
    assert len(found) == len(set(found)) >= 200


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("name", ["writes", "files", "settings", "hidden"])
def test_the_guard_refuses_whatever_does_not_only_read_this_graph(
    name: str, dialect: Dialect
) -> None:
    passed = []
    for statement in statements(ATTACKS / f"{name}.cypher"):
        with contextlib.suppress(StatementRefusedError):
            admit(statement, PARAMETERS, dialect)
            passed.append(statement)
    assert passed == []


@pytest.fixture
async def door(small_graph_url: str) -> AsyncIterator[Door]:
    """A door with small limits."""
    opened = Door(parse_graph_url(small_graph_url), LIMITS)
    yield opened
    await opened.close()


@pytest.mark.slow
@pytest.mark.anyio
async def test_none_gets_through_or_takes_more_than_it_may(
    small_graph_url: str, door: Door, canary: Path
) -> None:
    before = await asyncio.to_thread(whole_graph, small_graph_url)
    answered: list[str] = []
    late: list[str] = []
    refusals: Counter[str] = Counter()

    async def attack(statement: str) -> None:
        began = time.monotonic()
        try:
            async with door.ask(statement.replace("CANARY", str(canary)), PARAMETERS) as answer:
                await answer.rows()
        except QueryError as error:
            refusals[getattr(error, "limit", type(error).__name__)] += 1
        else:
            answered.append(statement)
        if time.monotonic() - began > ANSWER_SECONDS:
            late.append(statement)

    with watched() as seen:
        waiting = iter(all_statements(ATTACKS))

        async def attacker() -> None:
            for statement in waiting:
                await attack(statement)

        await asyncio.gather(*(attacker() for _ in range(LIMITS.concurrency)))
    # An engine may be clever enough to answer within the limits what was meant to break them.
    demanding = statements(ATTACKS / "resources.cypher")
    assert set(answered) <= set(demanding)
    assert len(answered) <= len(demanding) // 10
    assert late == []
    assert refusals["StatementRefusedError"] > refusals["QueryTimeoutError"] > 0
    assert "concurrency" not in refusals
    assert 0 < seen.child <= PROCESS_BYTES + LIMITS.memory
    assert seen.own <= 128 * MIB
    assert await asyncio.to_thread(whole_graph, small_graph_url) == before
    assert list(canary.iterdir()) == [canary / "secret.csv"]


@pytest.mark.slow
@pytest.mark.anyio
async def test_what_got_past_the_guard_would_be_held_off_all_the_same(
    small_graph_url: str, canary: Path
) -> None:
    """The process alone: no file, no connection, no write. (A folder it could make: EXPORT does.)"""
    url = parse_graph_url(small_graph_url)
    before = await asyncio.to_thread(whole_graph, small_graph_url)
    process = await Process.start(url, LIMITS, None, left_over="")
    leaked = []
    for name in ("writes", "files"):
        for attack in statements(ATTACKS / f"{name}.cypher"):
            text = attack.replace("CANARY", str(canary))
            if not process.alive:
                process = await Process.start(url, LIMITS, None, left_over="")
            try:
                parts = [part async for part in process.run(uuid.uuid4().hex, text, PARAMETERS)]
            except CypherError:
                continue
            if "secret" in str(parts) or "root:" in str(parts):
                leaked.append(attack)
    await process.kill()
    assert leaked == []
    assert await asyncio.to_thread(whole_graph, small_graph_url) == before


@pytest.mark.anyio
async def test_a_process_ends_with_the_one_that_started_it(
    ladybug_graph: str, tmp_path: Path
) -> None:
    from tests.packs import small_pack
    from tests.whole import load

    await asyncio.to_thread(load, ladybug_graph, small_pack(tmp_path / "pack"))
    process = await Process.start(parse_graph_url(ladybug_graph), LIMITS, None, left_over="")
    os.kill(process.pid, 0)
    assert process._child.stdin is not None
    process._child.stdin.close()  # as it is when its parent is gone
    async with asyncio.timeout(20):
        await process._child.wait()
    assert not process.alive
