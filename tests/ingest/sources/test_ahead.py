"""Documents that are read ahead are those that are read when they are asked for."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.errors import SourceError
from ingest.sources.ahead import ahead, opened_ahead
from ingest.sources.documents import plain
from ingest.sources.tree import Folder

COUNT = 100


def test_items_come_in_their_order() -> None:
    assert list(ahead(range(COUNT))) == list(range(COUNT))
    assert list(ahead([None, None])) == [None, None]
    assert list(ahead([])) == []


def test_an_error_comes_where_its_item_would() -> None:
    def items() -> Iterator[int]:
        yield from range(3)
        raise SourceError("the fourth")

    found = ahead(items())
    assert [next(found) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(SourceError, match="the fourth"):
        next(found)


def test_only_some_are_found_out_ahead_and_none_after_the_end() -> None:
    asked: list[int] = []

    def items() -> Iterator[int]:
        for number in range(COUNT):
            asked.append(number)
            yield number

    found = ahead(items())
    assert next(found) == 0
    found.close()
    assert len(asked) < 10
    assert not [thread for thread in threading.enumerate() if "ThreadPoolExecutor" in thread.name]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    for number in range(COUNT):
        (tmp_path / f"{number:02}.json").write_text(f'{{"number": {number}, "tokens": ["a"]}}')
    with gzip.open(tmp_path / "packed.json.gz", "wb") as file:
        file.write(b"[1]")
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "null.json").write_text("null")
    (tmp_path / "nan.json").write_text("[NaN, 1]")
    return Folder(tmp_path)


def test_each_file_gives_its_own_document(folder: Folder) -> None:
    names = [f"{number:02}.json" for number in range(COUNT)]
    with opened_ahead(folder, names) as opened:
        found = [plain(opened(name)) for name in names]
    assert found == [{"number": number, "tokens": ["a"]} for number in range(COUNT)]


def test_files_that_nobody_asks_for_are_passed_over(folder: Folder) -> None:
    names = [f"{number:02}.json" for number in range(COUNT)]
    with opened_ahead(folder, names) as opened:
        for name in names[::7]:
            assert plain(opened(name))["number"] == int(name[:2])


def test_what_is_not_listed_is_read_when_it_is_asked_for(folder: Folder) -> None:
    with opened_ahead(folder, ["00.json", "packed.json.gz", "01.json"]) as opened:
        assert plain(opened("00.json"))["number"] == 0
        assert plain(opened("packed.json.gz")) == [1]
        assert plain(opened("50.json"))["number"] == 50
        assert plain(opened("01.json"))["number"] == 1


def test_what_cannot_be_read_ahead_is_judged_when_it_is_asked_for(folder: Folder) -> None:
    names = ["bad.json", "null.json", "nan.json", "none.json", "00.json"]
    with opened_ahead(folder, names) as opened:
        with pytest.raises(SourceError, match=r"bad\.json: found no JSON"):
            opened("bad.json")
        assert opened("null.json") is None
        assert str(plain(opened("nan.json"))) == "[nan, 1]"
        with pytest.raises(SourceError, match=r"none\.json cannot be read: No such file"):
            opened("none.json")
        assert plain(opened("00.json"))["number"] == 0
