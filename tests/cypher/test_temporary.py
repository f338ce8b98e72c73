"""What killed writers of a pack left is removed; what others are writing is not."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cypher.pack import PackWriter, open_pack

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no folder can be locked there")

WRITING = """
import sys, time
from cypher.pack import PackWriter
with PackWriter(sys.argv[1]) as writer:
    writer.add("Word", [{"id": "a"}])
    print("writing", flush=True)
    time.sleep(600)
"""


def _temporary(folder: Path) -> set[str]:
    return {path.name for path in folder.glob(".*.tmp")}


def test_what_a_killed_writer_left_goes_with_the_next(tmp_path: Path) -> None:
    arguments = [sys.executable, "-c", WRITING, str(tmp_path / "pack")]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"writing\n"
        (own,) = _temporary(tmp_path)
        with PackWriter(tmp_path / "pack") as other:
            other.add("Word", [{"id": "b"}])
            assert len(_temporary(tmp_path)) == 2
        assert _temporary(tmp_path) == {own}  # it is alive
        writer.send_signal(signal.SIGKILL)
    with PackWriter(tmp_path / "other") as other:
        other.add("Word", [{"id": "b"}])
    assert _temporary(tmp_path) == {own}  # and of another pack
    with PackWriter(tmp_path / "pack", replace=True) as other:
        assert len(_temporary(tmp_path) - {own}) == len(_temporary(tmp_path)) == 1
        other.add("Word", [{"id": "c"}])
    assert {path.name for path in tmp_path.iterdir()} == {"pack", "other"}
    assert open_pack(tmp_path / "pack").table("Word").column("id").to_pylist() == ["c"]


def test_a_pack_that_was_being_replaced_is_not_lost(tmp_path: Path) -> None:
    """Killed between the two renamings, when neither stands in its place."""
    whole, retired = tmp_path / ".pack.0123abcd.tmp", tmp_path / ".pack.0123abcd.old"
    for path in (whole, retired):
        path.mkdir()
    with PackWriter(tmp_path / "pack") as writer:
        writer.add("Word", [{"id": "a"}])
    assert whole.is_dir()
    assert retired.is_dir()


def test_two_writers_in_one_process(tmp_path: Path) -> None:
    with PackWriter(tmp_path / "pack", replace=True) as first:
        with PackWriter(tmp_path / "pack", replace=True) as second:
            second.add("Word", [{"id": "a"}])
        first.add("Word", [{"id": "b"}])
    assert open_pack(tmp_path / "pack").table("Word").column("id").to_pylist() == ["b"]
    assert not _temporary(tmp_path)
