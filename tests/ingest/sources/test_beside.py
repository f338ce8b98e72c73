"""Jobs beside the reading: in their order, no more after one that failed, and not too many."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from ingest.sources.beside import Beside, working_beside


def test_jobs_are_done_in_their_order() -> None:
    done: list[int] = []
    with working_beside() as beside:
        for number in range(50):
            beside.do(lambda number=number: done.append(number))  # type: ignore[misc]
        beside.wait()
        assert done == list(range(50))


def test_after_a_job_that_failed_none_is_begun() -> None:
    done: list[int] = []
    held = threading.Event()

    def fail() -> None:
        held.wait()
        raise OSError("the disk is full")

    with working_beside() as beside:
        beside.do(fail)
        beside.do(lambda: done.append(1))
        beside.do(lambda: done.append(2))
        held.set()
        with pytest.raises(OSError, match="the disk is full"):
            beside.wait()
    assert not done


def test_what_failed_is_raised_where_a_later_job_is_given() -> None:
    done: list[int] = []

    def fail() -> None:
        raise OSError("the disk is full")

    def give(beside: Beside) -> None:
        beside.do(fail)
        for _ in range(100):
            beside.do(lambda: done.append(1))

    with working_beside() as beside, pytest.raises(OSError, match="the disk is full"):
        give(beside)
    assert not done


def test_what_ends_jobs_comes_after_them_and_beside_those_that_follow() -> None:
    done: list[str] = []
    held = threading.Event()

    def end() -> None:
        held.wait()
        done.append("end")

    with working_beside() as beside:
        beside.do(lambda: done.append("first"))
        beside.end(end)
        beside.do(lambda: done.append("second"))
        beside.do(held.set)
        beside.wait()
    assert done == ["first", "second", "end"]


def test_what_did_not_end_well_is_raised() -> None:
    def fail() -> None:
        raise OSError("the disk is full")

    with working_beside() as beside:
        beside.do(fail)
        beside.end(lambda: pytest.fail("the job before it failed"))
        with pytest.raises(OSError, match="the disk is full"):
            beside.wait()
    with working_beside() as beside:
        beside.end(fail)
        with pytest.raises(OSError, match="the disk is full"):
            beside.wait()


def test_jobs_of_one_name_are_done_in_their_order_and_those_of_others_meanwhile() -> None:
    done: dict[str, list[int]] = {"a": [], "b": []}
    both = threading.Barrier(2, timeout=10)

    def meet() -> None:
        both.wait()

    with working_beside() as beside, beside.side_by_side() as do:
        for name in "ab":
            do(name, meet)
        for number in range(50):
            for name in "ab":
                do(name, partial(done[name].append, number))
    assert done == {"a": list(range(50)), "b": list(range(50))}


def test_the_first_that_failed_is_raised_once_all_others_are_done() -> None:
    done: list[str] = []

    def fail(why: str) -> None:
        raise OSError(why)

    def give() -> None:
        with working_beside() as beside, beside.side_by_side() as do:
            do("a", partial(fail, "first"))
            do("a", partial(done.append, "a"))
            do("b", partial(fail, "second"))
            do("c", partial(done.append, "c"))

    with pytest.raises(OSError, match="first"):
        give()
    assert done == ["c"]


def test_what_fails_where_jobs_are_given_is_raised_once_these_are_done() -> None:
    done: list[int] = []

    def give() -> None:
        with working_beside() as beside, beside.side_by_side() as do:
            do("a", partial(done.append, 1))
            raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        give()
    assert done == [1]
