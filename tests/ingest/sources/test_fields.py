"""Records of JSON: what is needed is there and of its type, or the message says where it is not."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypher import ids
from ingest.errors import SourceError
from ingest.sources.documents import open_json, parse_json
from ingest.sources.fields import Record

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
READERS: dict[str, Callable[[Record, str], object]] = {
    "string": Record.string,
    "optional_string": Record.optional_string,
    "boolean": Record.boolean,
    "integer": Record.integer,
    "index": Record.index,
    "number": Record.number,
    "optional_number": Record.optional_number,
    "strings": Record.strings,
    "numbers": Record.numbers,
    "measured": lambda record, field: list(record.measured(field)),
    "numbers_or_none": Record.numbers_or_none,
    "indices": Record.indices,
    "record": Record.record,
    "records": lambda record, field: list(record.records(field)),
}


def _number(value: object) -> bool:
    return type(value) is float and math.isfinite(value)


def _place(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _all(is_one: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(map(is_one, value))


IS: dict[str, Callable[[object], bool]] = {
    "string": lambda value: type(value) is str,
    "optional_string": lambda value: value is None or (type(value) is str and value != ""),
    "boolean": lambda value: type(value) is bool,
    "integer": lambda value: type(value) is int and abs(value) < 2**63,
    "index": _place,
    "number": _number,
    "optional_number": lambda value: value is None or _number(value),
    "strings": _all(lambda item: type(item) is str),
    "numbers": _all(_number),
    "measured": _all(_number),
    "numbers_or_none": _all(lambda item: item is None or _number(item)),
    "indices": _all(_place),
    "record": lambda value: isinstance(value, Record),
    "records": _all(lambda item: isinstance(item, Record)),
}
"""What a reader is to give, by its definition."""


@given(value=VALUES, reader=st.sampled_from(sorted(READERS)))
def test_a_field_is_of_its_type_or_the_message_says_where(value: object, reader: str) -> None:
    record = Record({"x": value}, "a.json", "line 3")
    try:
        found = READERS[reader](record, "x")
    except SourceError as error:
        message = str(error)
    else:
        assert IS[reader](found)
        return
    assert message.startswith("a.json, line 3")
    assert all(part in message for part in ("x", "found", "expected"))


@given(
    value=VALUES | st.lists(st.floats()) | st.lists(st.text()),
    reader=st.sampled_from(sorted(READERS)),
)
def test_what_is_read_in_place_is_the_same(value: object, reader: str) -> None:
    data = json.dumps({"x": value}).encode()
    try:
        whole = Record(parse_json(data, "a.json"), "a.json")
    except SourceError:
        with pytest.raises(SourceError, match="found no JSON"):
            open_json(data, "a.json")
        return
    in_place = Record(open_json(data, "a.json"), "a.json")
    assert result(reader, in_place) == result(reader, whole)
    assert in_place.raw("x") == whole.raw("x") or value != value  # noqa: PLR0124  NaN


def result(reader: str, record: Record) -> object:
    """What a reader gives, or says."""
    try:
        found = READERS[reader](record, "x")
    except SourceError as error:
        return str(error)
    if isinstance(found, list) and found and isinstance(found[0], Record):
        return [(one.place, one.names()) for one in found]
    return found.names() if isinstance(found, Record) else found


@given(tokens=st.lists(st.text(), min_size=1), model=st.text())
def test_a_text_has_one_id_however_it_is_read(tokens: list[str], model: str) -> None:
    data = json.dumps({"x": [{"t": tokens, "n": [0] * len(tokens)}]}).encode()
    samples = Record(open_json(data, "a.json"), "a.json").samples("x", "t", "n")
    if samples is None:
        pytest.skip("nothing is read in place on this Python")
    assert ids.sequence_ids_of_json(model, samples.json) == [ids.sequence_id(model, tokens)]
    assert samples.read(0) == tokens


@pytest.mark.parametrize("items", [[{"t": ["a"], "n": [[1]]}], [{"t": ["a"], "n": [[], 1]}], [{"t": ["a"]}], [{"t": ["a"], "n": [1, 2]}], [{"t": [], "n": []}],
                                   [{"t": ["a"], "n": [True]}], [{"t": "a", "n": [1]}], ["a"]])  # fmt: skip
def test_samples_that_are_none_are_read_one_by_one(items: list[object]) -> None:
    record = Record(open_json(json.dumps({"x": items}).encode(), "a.json"), "a.json")
    assert record.samples("x", "t", "n") is None


@pytest.mark.parametrize(
    "item", ['{"t":[],"n":[],"t":["a"],"n":[1]}', '{"t":["b"],"n":[1],"t":["a"]}']
)
def test_of_a_field_that_stands_twice_in_a_sample_the_last_counts(item: str) -> None:
    record = Record(open_json(f'{{"x":[{item}]}}'.encode(), "a.json"), "a.json")
    samples = record.samples("x", "t", "n")
    if samples is not None:  # else they are read one by one
        assert (samples.json, list(samples.numbers(0))) == ([b'["a"]'], [1])
    (one,) = record.records("x")
    assert (one.strings("t"), one.numbers("n")) == (["a"], [1])
    assert list(record.text_lists("x", "t")) == [b'["a"]']


@pytest.mark.parametrize(
    ("reader", "value", "message"),
    [
        ("string", 3, "found 3, expected a text."),
        ("number", True, "found true, expected a number."),
        ("number", math.nan, "found NaN, expected a finite number."),
        ("index", -1, "found -1, expected a place counted from 0."),
        ("index", "1e3", 'found "1e3", expected a place counted from 0.'),
        ("index", 10**30, "found 1000000000000000000000000000000, expected a place"),
        ("numbers", [1, 2, "3"], 'field x[2]: found "3", expected a number.'),
        ("numbers", [1.0, math.inf], "field x[1]: found Infinity, expected a finite number."),
        ("numbers", {"a": 1}, "found an object of 1, expected a list of numbers."),
        ("strings", ["a", None], "field x[1]: found null, expected a text."),
        ("record", None, "found null, expected an object."),
    ],
)
def test_messages(reader: str, value: object, message: str) -> None:
    with pytest.raises(SourceError) as caught:
        READERS[reader](Record({"x": value}, "a.json", "line 3"), "x")
    assert message in str(caught.value)


def test_a_message_names_the_way_to_a_nested_record() -> None:
    outer = Record({"a": [{"b": {"c": 1}}]}, "a.json", "line 3")
    (inner,) = outer.records("a")
    with pytest.raises(SourceError, match=r"a\.json, line 3 a\[0\]\.b, field d: found nothing"):
        inner.record("b").string("d")


def test_numbers_whose_sum_overflows_are_numbers() -> None:
    assert Record({"x": [1e308, 1e308, 2]}, "a").numbers("x") == [1e308, 1e308, 2.0]


@given(value=VALUES)
def test_json_is_read_as_it_was_written(value: object) -> None:
    try:
        orjson.dumps(value)
    except TypeError:  # an integer beyond 64 bits, or half a surrogate pair
        return
    found = parse_json(json.dumps(value).encode(), "a.json")
    assert json.dumps(found) == json.dumps(value)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b'{"a": 1}}', b"\xff", b'"\\ud800"', b"[" * 100_000, b"[" * 500 + b"]" * 500 + b"x",
     b"1" * 5000, b"nul", b"'a'"],
)  # fmt: skip
def test_what_is_no_json_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"a\.json, line 1: found no JSON"):
        parse_json(data, "a.json", "line 1")


def test_what_python_writes_for_nan_is_read() -> None:
    found = Record(parse_json(b'{"a": [NaN, 1, -Infinity]}', "a"), "a")
    assert found.numbers_or_none("a") == [None, 1.0, None]


@pytest.mark.parametrize("unit", [b"[],", b'{"a":0},', b"1,"])
def test_a_document_that_would_fill_the_memory_is_refused(unit: bytes) -> None:
    data = b"[" + unit * ((1 << 25) // (len(unit) if len(unit) > 2 else 1)) + b"0]"
    with pytest.raises(SourceError, match="made to fill the memory"):
        open_json(data, "a.json")
