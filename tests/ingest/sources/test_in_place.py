"""What reads documents in place takes out of them what stands there, whichever it is."""

from __future__ import annotations

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.documents import READER
from ingest.sources.in_place import Reader

READERS: dict[str, Reader] = {}
if READER is not None:
    READERS[READER.name] = READER
try:
    from ingest.sources.by_simdjson import SimdjsonReader
except ImportError:  # it is not built for every Python that we run on
    pass
else:
    READERS["simdjson"] = SimdjsonReader()

NUMBERS = st.lists(st.integers(-5, 5) | st.floats(-1, 1), max_size=4)
TEXTS = st.lists(st.text(max_size=3), max_size=4)
ODD: st.SearchStrategy[Any] = st.sampled_from(
    [[], [1, [2], 3], [[1], [2]], [[], 1], [True], [None], ["1"], [1, None], {}, "a", 1, None, ["a", 1], [["a"]]]
)  # fmt: skip
ITEMS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "t": TEXTS | ODD,
            "n": NUMBERS | ODD,
            "x": st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-1, 1) | st.text(),
        },
    )
    | st.builds(lambda texts: {"t": texts, "n": [0.5] * len(texts)}, TEXTS),
    max_size=3,
)


def are_texts(value: object) -> bool:
    return type(value) is list and {type(one) for one in value} == {str}


def are_numbers(value: object) -> bool:
    return type(value) is list and {type(one) for one in value} <= {int, float}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(items=ITEMS)
def test_samples_are_what_stands_there_or_none(reader: Reader, items: list[Any]) -> None:
    found = reader.samples(_list(reader, items), "t", "n")
    texts, numbers = [[item.get(name) for item in items] for name in ("t", "n")]
    if not all(map(are_numbers, numbers)) or not all(
        type(t) is list and t and len(t) == len(n) for t, n in zip(texts, numbers, strict=True)
    ):
        assert found is None
    elif all(map(are_texts, texts)):
        assert found is not None
        json_, values, lengths, digests = found
        assert digests is None
        assert [orjson.loads(one) for one in json_] == texts
        assert [list(memoryview(one).cast("B").cast("d")) for one in values] == numbers
        assert lengths == list(map(len, texts))


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(items=ITEMS)
def test_columns_are_what_stands_there_and_nothing_where_nothing_does(
    reader: Reader, items: list[Any]
) -> None:
    found = reader.columns(_list(reader, items), ["x", "y"])
    assert found == [[item.get("x") for item in items], [None] * len(items)]
    assert [list(map(type, one)) for one in found or ()][:1] == [
        [type(item.get("x")) for item in items]
    ]


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(numbers=NUMBERS | ODD.filter(lambda value: type(value) is list))
def test_numbers_are_a_buffer_or_none(reader: Reader, numbers: list[Any]) -> None:
    found: Any = reader.numbers(_list(reader, numbers))
    if are_numbers(numbers):
        assert list(memoryview(found).cast("B").cast("d") if numbers else ()) == numbers
    else:
        assert found is None


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(texts=TEXTS.filter(bool))
def test_texts_are_json_without_spaces(reader: Reader, texts: list[str]) -> None:
    assert reader.texts(_list(reader, texts)) == orjson.dumps(texts)


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize(
    "text", ["", "{", "[1", "[1]]", "NaN", '"\\ud800"', "[1e999]", "nul", "[" * 100_000]
)
def test_what_is_no_document_is_none(reader: Reader, text: str) -> None:
    assert reader.parse(text.encode()) is None


def _list(reader: Reader, items: list[Any]) -> Any:
    found: Any = reader.parse(json.dumps({"items": items}, indent=1).encode())
    return found["items"]
