"""Which statements get one thread, and which connection a caller gets."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import ladybug
from hypothesis import given
from hypothesis import strategies as st

from cypher.engines.quick import Pace, shared_out
from cypher.engines.threads import Threads

SEEK = "MATCH (n:Neuron {id: $id}) RETURN n.id"
SCAN = "MATCH (n:Neuron) RETURN max(n.density)"


def test_who_begins_at_ids_gets_one_thread_and_who_was_quick() -> None:
    pace = Pace()
    assert (pace.threads(SEEK), pace.threads(SCAN)) == (1, 0)
    pace.took(SCAN, 0, 0.1)
    assert pace.threads(SCAN) == 0
    pace.took(SCAN, 0, 0.001)
    assert pace.threads(SCAN) == 1
    pace.took(SCAN, 1, 0.005)  # with more threads it would be no better off
    assert pace.threads(SCAN) == 1
    pace.took(SCAN, 1, 0.1)
    assert pace.threads(SCAN) == 0


@given(st.lists(st.integers(0, 1000), max_size=12), st.integers(1, 5))
def test_works_are_shared_out_each_to_one_part(seconds: list[int], parts: int) -> None:
    shared = shared_out(seconds, parts)
    assert sorted(place for places in shared for place in places) == list(range(len(seconds)))
    assert len(shared) <= parts
    assert all(shared)
    for places in shared:
        own = [seconds[place] for place in places]
        assert own == sorted(own, reverse=True)
        # the last was given to the part that was to end first
        assert sum(own[:-1]) * parts <= sum(seconds)


def test_how_long_a_statement_took_is_known() -> None:
    pace = Pace()
    assert pace.seconds(SCAN) == 0.001
    pace.took(SCAN, 0, 0.25)
    assert pace.seconds(SCAN) == 0.25


def test_only_so_many_are_kept() -> None:
    pace = Pace()
    for number in range(3000):
        pace.took(f"{SCAN} LIMIT {number}", 0, 0.0)
    quick = [number for number in range(3000) if pace.threads(f"{SCAN} LIMIT {number}")]
    assert quick == list(range(quick[0], 3000))
    assert len(quick) <= 1024


def test_a_statement_is_given_one_thread_once_it_was_quick(tmp_path: Path) -> None:
    connection = ladybug.Connection(ladybug.Database(tmp_path / "small.lbug"))
    pace, threads = Pace(), list[int]()

    def count() -> object:
        result = connection.execute("UNWIND range(1, 10) AS number RETURN count(*)")
        assert not isinstance(result, list)
        return result.get_all()

    found = [pace.run(SCAN, threads.append, count) for _ in range(50)]
    assert found == [[[10]]] * 50
    assert (threads[0], threads[-1]) == (0, 1)


def test_the_connection_that_was_given_back_last_is_next_and_has_its_thread(
    tmp_path: Path,
) -> None:
    def where(connection: ladybug.Connection) -> tuple[int, int]:
        return id(connection), threading.get_ident()

    async def ask() -> None:
        database = ladybug.Database(tmp_path / "empty.lbug")
        threads = Threads([ladybug.Connection(database) for _ in range(4)])
        alone = [await threads.run(where) for _ in range(8)]
        assert len(set(alone)) == 1
        at_once = await asyncio.gather(*(threads.run(where) for _ in range(12)))
        again = await asyncio.gather(*(threads.run(where) for _ in range(12)))
        of = dict([*at_once, *again])
        assert all(of[connection] == thread for connection, thread in [*at_once, *again])
        assert len(set(of.values())) == len(of) == 4
        await threads.close()

    asyncio.run(ask())
