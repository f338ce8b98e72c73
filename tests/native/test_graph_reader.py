"""Answers with token graphs: what is new in them, and what is asked for in the wrong way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from cypher.native import native

LEAST = (0.5, 0.5)


def answer(texts: str, *similar: tuple[int, int]) -> dict[str, Any]:
    items = [{"token": text, "required": [], "importance": 1} for text in texts]
    others = [{"layer": layer, "neuron": index, "similarity": 0.5} for layer, index in similar]
    return {"graph": {"subgraph_indices": [0, len(texts)], "graph": items}, "similar": others}


def written(folder: Path, **answers: dict[str, Any]) -> list[str]:
    for name, value in answers.items():
        (folder / name).write_bytes(orjson.dumps(value))
    return [str(folder / name) for name in answers]


def test_only_what_stands_in_none_before_is_new(tmp_path: Path) -> None:
    one, other, third = written(
        tmp_path,
        one=answer("aba", (0, 1), (1, 0)),
        other=answer("cb", (1, 0), (0, 0)),
        third=answer("ca", (0, 0), (2, 2)),
    )
    reader = native.GraphReader()
    first = reader.read([one, other], 1 << 20)
    assert first.new_texts == ["a", "b", "c"]
    assert first.new_similar == [(0, 1), (1, 0), (0, 0)]
    second = reader.read([third], 1 << 20)
    assert (second.new_texts, second.new_similar) == ([], [(2, 2)])
    assert native.GraphReader().read([third], 1 << 20).new_texts == ["c", "a"]


def test_of_an_odd_answer_nothing_is_new(tmp_path: Path) -> None:
    odd = answer("xy", (5, 5))
    odd["graph"]["subgraph_indices"] = [0, 1]
    read = native.GraphReader().read(written(tmp_path, odd=odd, usual=answer("a")), 1 << 20)
    assert (read.new_texts, read.new_similar) == (["a"], [])
    assert [size is None for size in read.sizes()] == [True, False]


def test_so_many_bytes_are_read(tmp_path: Path) -> None:
    paths = written(tmp_path, one=answer("a"), other=answer("bc"), third=answer("d"))
    size = Path(paths[0]).stat().st_size
    read = native.GraphReader().read([*paths, str(tmp_path / "none")], 2 * size)
    assert [size is None for size in read.sizes()] == [False, True, False, True]


def test_positions_left_out_are_bounded(tmp_path: Path) -> None:
    def long(depth: int) -> dict[str, Any]:
        items = [{"token": "a", "required": [1], "importance": 1}]
        items.append({"token": "b", "required": [], "importance": 1})
        return {"graph": {"subgraph_indices": [0, *[1] * depth, 2], "graph": items}}

    paths = written(tmp_path, some=long(1000), most=long(1 << 16), beyond=long((1 << 16) + 2))
    some, most, beyond = native.GraphReader().read(paths, 1 << 24).sizes()
    assert some == 4 * 1001 + 1000 + 2
    assert most is not None
    assert beyond is None


def test_rows_are_those_of_answers_whose_texts_are_named(tmp_path: Path) -> None:
    reader = native.GraphReader()
    read = reader.read(written(tmp_path, one=answer("ab", (0, 1)), odd={}), 1 << 20)
    with pytest.raises(ValueError, match="not all texts"):
        reader.rows([(read, 0)], ["m/0/0@s"], ["m/0/0"], LEAST)
    reader.name(["a", None])
    assert reader.rows([(read, 0)], ["m/0/0@s"], ["m/0/0"], LEAST)["tokens"][1] == b"a"
    for place in (1, 2):
        with pytest.raises(ValueError, match=f"no answer stands at {place}"):
            reader.rows([(read, place)], ["m/0/0@s"], ["m/0/0"], LEAST)
        with pytest.raises(ValueError, match=f"no answer stands at {place}"):
            reader.similar([(read, place)], ["m/0/0"], [0], "m")
    with pytest.raises(ValueError, match=r"\[1, 2\] things that are said of 1 answers"):
        reader.rows([(read, 0)], ["m/0/0@s"], ["m/0/0", "m/0/1"], LEAST)
    with pytest.raises(ValueError, match=r"\[1, 0\] things that are said of 1 answers"):
        reader.similar([(read, 0)], ["m/0/0"], [], "m")
