from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import WorkFolderError
from ingest.jobs.work import open_work_folder

JOB = {"mine top_k": 20, "mine layers": [0, 1]}


def test_it_is_found_again_by_the_same_job_only(tmp_path: Path) -> None:
    work = open_work_folder(tmp_path / "pack", JOB, restart=False)
    assert work.root == tmp_path / "pack.work"
    (work.root / "kept").touch()
    assert open_work_folder(tmp_path / "pack", dict(JOB), restart=False) == work
    with pytest.raises(WorkFolderError, match=r"mine top_k: 20 there, 7 here.*--restart"):
        open_work_folder(tmp_path / "pack", {**JOB, "mine top_k": 7}, restart=False)
    assert (work.root / "kept").exists()


def test_restart_throws_it_away(tmp_path: Path) -> None:
    work = open_work_folder(tmp_path / "pack", JOB, restart=False)
    (work.root / "kept").touch()
    open_work_folder(tmp_path / "pack", {**JOB, "mine top_k": 7}, restart=True)
    assert not (work.root / "kept").exists()
    open_work_folder(tmp_path / "pack", {**JOB, "mine top_k": 7}, restart=False)
    work.remove()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("restart", [False, True])
def test_a_folder_of_someone_else_is_left_alone(tmp_path: Path, restart: bool) -> None:
    foreign = tmp_path / "pack.work"
    foreign.mkdir()
    (foreign / "thesis.txt").touch()
    with pytest.raises(WorkFolderError, match="not a work folder of this program"):
        open_work_folder(tmp_path / "pack", JOB, restart=restart)
    assert (foreign / "thesis.txt").exists()
