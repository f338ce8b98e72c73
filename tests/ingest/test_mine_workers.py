"""Mining in two processes: stopped, or with one of them lost, it is gone on with as if it were one."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.errors import InterruptedJobError, ModelError, WorkerError
from ingest.jobs.task import Task
from ingest.progress import Advance, Beside, Silent, nothing
from ingest.subject import Subject
from tests.ingest.test_mine import corpus_file, files, mined, mined_by, task_for

__all__ = ["corpus_file", "mined"]  # fixtures
pytestmark = pytest.mark.slow


class Watched(Silent):
    """Calls a function when the first tokens are read."""

    def __init__(self, act: Callable[[], None]) -> None:
        self._act = act

    @contextmanager
    def stage(
        self, name: str, total: int, unit: str, beside: Beside = nothing
    ) -> Iterator[Advance]:
        acted = False

        def advance(count: int) -> None:
            nonlocal acted
            if name == "mine" and count and not acted:
                acted = True
                self._act()

        yield advance


def gone_on_with(task: Task, whole: Task) -> None:
    """The rest is read in this process, and no byte is another."""
    again = task_for(task.subject, task.settings.corpus, task.settings.output)
    mined_by(again)
    assert files(again) == files(whole)


def test_a_stop_reaches_the_workers(
    subject: Subject, corpus_file: Path, mined: tuple[Task, object], tmp_path: Path
) -> None:
    task = task_for(subject, corpus_file, tmp_path / "pack", workers=2)

    def stop() -> None:
        task.stop.requested = True

    with pytest.raises(InterruptedJobError, match="stopped while mining"):
        mined_by(replace(task, progress=Watched(stop)))
    assert multiprocessing.active_children() == []
    gone_on_with(task, mined[0])


def test_a_worker_is_lost(
    subject: Subject, corpus_file: Path, mined: tuple[Task, object], tmp_path: Path
) -> None:
    task = task_for(subject, corpus_file, tmp_path / "pack", workers=2)

    def lose() -> None:
        multiprocessing.active_children()[0].kill()

    with pytest.raises(WorkerError, match=r"exit status -9.*fewer --workers"):
        mined_by(replace(task, progress=Watched(lose)))
    assert multiprocessing.active_children() == []
    gone_on_with(task, mined[0])


def test_a_worker_says_what_went_wrong(subject: Subject, corpus_file: Path, tmp_path: Path) -> None:
    task = task_for(subject, corpus_file, tmp_path / "pack", workers=2)
    missing = replace(task, settings=replace(task.settings, model=str(tmp_path / "no-model")))
    with pytest.raises(ModelError, match="no-model"):
        mined_by(missing)
    assert multiprocessing.active_children() == []
