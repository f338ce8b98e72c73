"""Activations that are read many at once are those that are read one by one."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import SourceError
from ingest.sources.dashboards import Kept
from ingest.sources.documents import READER, open_json, open_lines
from ingest.sources.fields import Record
from ingest.sources.neuronpedia import Key, read_key
from ingest.sources.neuronpedia_activations import (
    Line,
    add_one,
    add_several,
    opened_together,
)
from tests.ingest.sources.exports import activation

ODD: dict[str, list[Any]] = {
    "binMin": [None, -1, 0, 0.5, 1e400, "1"],
    "binMax": [None, 3, 1.5, True],
    "binContains": [None, -1, -1.0, 0.25, []],
    "qualifyingTokenIndex": [None, -1, 0, 5, 6, -2, 1.0],
    "dfaValues": [None, [], [0.5, 0, 0, 0, 0, 1], [1.0], ["1"] * 6, {}, [[1], 2, 3, 4, 5]],
    "dfaMaxValue": [None, 2, 0.5, "x"],
    "dfaTargetIndex": [None, -1, 3, 6, 0.5],
    "dataSource": [None, "", "pile", 3],
    "tokens": [["a"] * 6, ["a"] * 5, [], ["a", "b", "c", "d", "e", 1]],
    "values": [[1] * 6, [0.5] * 6, [0.5, None, 1, 1, 1, 1], [[1], [2], [3], [4], [5], [6]]],
    "index": ["7", 7, 7.0, True, "x"],
}
"""Other values of each field, right and wrong."""
DROPPED = object()


@st.composite
def records(draw: st.DrawFn) -> list[dict[str, Any]]:
    chance = random.Random(draw(st.integers(0, 1000)))
    found = [activation(chance.randrange(3), n, chance) for n in range(draw(st.integers(1, 6)))]
    for record in found:
        for field in draw(st.lists(st.sampled_from(sorted(ODD)), max_size=2)):
            value = draw(st.sampled_from([*list(ODD[field]), DROPPED]))
            record[field] = value
            if value is DROPPED:
                del record[field]
    return found


def lines_of(found: list[Any]) -> list[Line]:
    return [
        (json.dumps(one).encode(), "f.jsonl", f"line {at}") for at, one in enumerate(found, start=1)
    ]


def kept(read: Callable[[Kept], object]) -> list[Any] | str:
    """All that was kept, or the error."""
    into = Kept()
    try:
        read(into)
        return [
            (
                group.layer, group.index, group.first, group.activations, group.samples.json,
                [list(group.samples.numbers(at)) for at in range(len(group.samples))],
                [group.samples.read(at) for at in range(len(group.samples))],
            )
            for group in into.groups()
        ]  # fmt: skip
    except SourceError as error:
        return str(error)


def at_once(
    lines: list[Line], into: Kept, key_of: Callable[[Record], Key | None] = read_key
) -> bool:
    return add_several(lines, open_lines([data for data, _, _ in lines]), key_of, into)


def one_by_one(lines: list[Line], into: Kept) -> None:
    for data, file, place in lines:
        record = Record(open_json(data, file, place), file, place)
        add_one(record, read_key(record), into, checked=False)


@given(records())
@settings(max_examples=300)
def test_many_at_once_are_as_one_by_one(found: list[dict[str, Any]]) -> None:
    lines = lines_of(found)
    are_usual: list[bool] = []
    several = kept(lambda into: are_usual.append(at_once(lines, into)))
    if are_usual == [False]:
        assert several == []
    else:
        assert several == kept(lambda into: one_by_one(lines, into))


def test_what_mostly_stands_there_is_read_at_once() -> None:
    if READER is None:
        pytest.skip("no reader is installed")
    chance = random.Random(1)
    lines = lines_of([activation(3, number, chance) for number in range(9)])
    assert at_once(lines, Kept())


def test_what_is_not_wanted_is_not_kept() -> None:
    chance = random.Random(1)
    lines = lines_of([activation(index, 0, chance) for index in (3, 3, 4, 3)])

    def wanted(record: Record) -> Key | None:
        return key if (key := read_key(record)).index == 4 else None

    assert [group[1] for group in kept(lambda into: at_once(lines, into, wanted))] in ([], [4])


@pytest.mark.parametrize(
    "pieces",
    [
        [b'{"a": [{}', b'{}]}', b'{}, {}'],
        [b'{"a": [{}', b'{}]}', b'{}, null, {}'],
        [b'{}, null, {}'],
        [b"{}", b"{"],
        [b""],
    ],
)  # fmt: skip
def test_pieces_of_documents_are_no_documents(pieces: list[bytes]) -> None:
    assert open_lines(pieces) is None


@pytest.mark.parametrize("other", [b"null", b"[]", b"1", b'"x"'])
def test_lines_that_are_no_objects_are_not_read_at_once(other: bytes) -> None:
    good = lines_of([activation(3, 0, random.Random(1))])
    assert not at_once([*good, (other, "f.jsonl", "line 2")], Kept())


def test_lines_go_together_and_none_is_lost() -> None:
    lines = [(b"%d" % at * 100_000, "f", str(at)) for at in range(7)]
    parts = [part for part, _ in opened_together(iter(lines))]
    assert [len(part) for part in parts] == [3, 3, 1]
    assert [line for part in parts for line in part] == lines
