"""Many documents at once: the values that each has by itself."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cypher.native import native
from tests.native.plain import refusal
from tests.native.test_parse import NO_JSON, as_python
from tests.native.writing import documents

accepted = documents.filter(lambda data: refusal(data) is None)
DOCUMENTS = [b'{"a": ["b", "c"]}', b"[1, 2.0]", b' "d"\n']
VALUES = [{"a": ["b", "c"]}, [1, 2.0], "d"]


@given(st.lists(accepted, max_size=5))
@example([b"[1, 2]", b'["a"]', b"3", b'["b", 4]', b"[]"])
def test_several_are_the_list_of_each(several: list[bytes]) -> None:
    found = native.parse_several(several)
    expected = [orjson.loads(data) for data in several]
    assert len(found) == len(expected)
    assert repr(found.as_list()) == repr([as_python(item) for item in found]) == repr(expected)


@pytest.mark.parametrize("bad", [*NO_JSON, b"-0", b"1e22"], ids=repr)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_bad_one_is_not_passed_over(bad: bytes, place: int) -> None:
    several = [*DOCUMENTS[:place], bad, *DOCUMENTS[place:]]
    with pytest.raises(ValueError, match=r"."):
        native.parse_several(several)


@given(
    accepted.flatmap(lambda data: st.tuples(st.just(data), st.integers(1, max(1, len(data) - 1))))
)
@example((b'["a", "b"]', 4))
@example((b"[1, 2], [3]", 7))
def test_pieces_of_one_are_no_documents(cut: tuple[bytes, int]) -> None:
    data, at = cut
    pieces = [data[:at], data[at:]]
    if any(map(refusal, pieces)):
        with pytest.raises(ValueError, match=r"."):
            native.parse_several(pieces)
    else:
        assert native.parse_several(pieces).as_list() == [*map(orjson.loads, pieces)]


def written(folder: Path, contents: list[bytes]) -> list[Path]:
    paths = [folder / f"{number}.json" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    return paths


def test_files_have_the_values_of_their_documents(tmp_path: Path) -> None:
    paths = written(tmp_path, DOCUMENTS)
    for asked in (paths, [*map(str, paths)]):
        assert [*map(as_python, native.parse_files(asked, 1 << 20))] == VALUES
    assert native.parse_files([], 1 << 20) == []


@pytest.mark.parametrize("content", [*NO_JSON, b"null", b" null\n", b"-0"], ids=repr)
def test_a_file_without_a_value_has_none_in_its_place(tmp_path: Path, content: bytes) -> None:
    paths = written(tmp_path, [DOCUMENTS[0], content, DOCUMENTS[2]])
    found = [*map(as_python, native.parse_files(paths, 1 << 20))]
    assert found == [VALUES[0], None, VALUES[2]]


def test_nor_has_what_is_no_file(tmp_path: Path) -> None:
    [path] = written(tmp_path, DOCUMENTS[:1])
    (tmp_path / "gone").symlink_to(tmp_path / "missing")
    asked = [tmp_path / "missing", tmp_path, tmp_path / "gone", path / "in it", path]
    found = native.parse_files(asked, 1 << 20)
    assert [*map(as_python, found)] == [None, None, None, None, VALUES[0]]


def test_files_are_read_up_to_a_size_of_all(tmp_path: Path) -> None:
    paths = written(tmp_path, DOCUMENTS)
    sizes = [*map(len, DOCUMENTS)]
    for n_bytes, n_read in [
        (sum(sizes), 3),
        (sum(sizes) - 1, 2),
        (sum(sizes[:2]), 2),
        (sizes[0], 1),
        (0, 0),
    ]:
        found = [*map(as_python, native.parse_files(paths, n_bytes))]
        assert found == [*VALUES[:n_read], *[None] * (3 - n_read)]
