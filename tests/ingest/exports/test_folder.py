"""A folder is there whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import ExportError, OutputError
from ingest.exports.folder import path_part, whole_folder
from ingest.exports.json_files import json_file


def test_it_appears_at_the_end(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out"
    with whole_folder(out) as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "file").write_text("text")
        assert not out.exists()
    assert (out / "deep" / "file").read_text() == "text"
    assert list(out.parent.iterdir()) == [out]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_nothing_is_left_of_what_failed(tmp_path: Path, error: type[BaseException]) -> None:
    def fail() -> None:
        with whole_folder(tmp_path / "out") as folder:
            (folder / "file").write_text("text")
            raise error

    with pytest.raises(error):
        fail()
    assert not list(tmp_path.iterdir())


def test_what_stands_there_stays(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputError, match="exists already"), whole_folder(tmp_path / "out"):
        pass
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\\b", "\0"])
def test_a_name_is_no_way_out(name: str) -> None:
    with pytest.raises(ExportError, match="cannot be that of a file"):
        path_part(name)
    assert path_part("6-res-jb..") == "6-res-jb.."


def test_json_is_written_piece_by_piece(tmp_path: Path) -> None:
    with json_file(tmp_path / "a.json") as file:
        file.open("{")
        file.add(1, key="a")
        file.open("[", key="b")
        file.add([])
        file.add("x")
        file.close()
        file.open("{", key="c")
    assert (tmp_path / "a.json").read_text() == '{"a":1,\n"b":[[],\n"x"],\n"c":{}}'
    with json_file(tmp_path / "none.json"):
        pass
    assert not (tmp_path / "none.json").exists()
