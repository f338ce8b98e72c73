"""What is parsed is what orjson makes of the same bytes, however it is asked for."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cypher.native import native
from tests.native.plain import refusal
from tests.native.writing import documents, lists, numbers, texts

NO_JSON = [
    b"", b" ", b"\xef\xbb\xbf1", b"nul", b"nan", b"NaN", b"Infinity", b"-Infinity", b"[NaN]", b"1 2", b"[1]]", b"[1,]",
    b'{"a":1,}', b'{"a"}', b'{"a":}', b"{1:2}", b"{'a':1}", b"[1 2]", b"[,1]", b"[", b'"', b"01", b"-", b"-01", b"1.",
    b".5", b"+1", b"1e", b"0x1", b"1e400", b'"\t"', b'"\n"', b'"\x00"', b'"\\x41"', b'"\\u12"', b'"\\ud800"',
    b'"\\udc00\\ud800"', b'"\\ud800\\u0041"', b'"\xff"', b'"\xed\xa0\x80"', b'"\xc0\x80"', b'"\xf4\x90\x80\x80"',
    b"\xff\xfe1\x00", b"1\x00", b"// 1\n1", b'["a"\xa0]', b'["a",\\u0031]', b'{"\\ud800":1}',
]  # fmt: skip
LEFT_TO_OTHERS = [
    b"-0", b"[1,-0]", b'{"a":-0}', b"[-0,null]", b"1e22", b"[0,-1e22]", b"9223372036854775808",
    b"[1,9223372036854775808]", b"-9223372036854775809", b'["a",1e19]', b'{"a":18446744073709551615}',
]  # fmt: skip
MOST_NESTING = 127
"""Lists in one another: more than any format has."""


def as_python(value: Any) -> Any:
    if isinstance(value, native.Object):
        return value.as_dict()
    return value.as_list() if isinstance(value, native.Array) else value


def by_fields(value: Any) -> Any:
    """The same, asked for one by one."""
    if isinstance(value, native.Object):
        return {name: by_fields(value[name]) for name in value}
    return [*map(by_fields, value)] if isinstance(value, native.Array) else value


def by_places(value: Any) -> Any:
    if isinstance(value, native.Object):
        return {name: by_places(value.get(name)) for name in value}
    if isinstance(value, native.Array):
        return [by_places(value[place]) for place in range(len(value))]
    return value


def assert_parsed_as_by_orjson(data: bytes) -> None:
    """Or refused, for a reason. What is printed tells 1 from 1.0 and from True, and -0.0 from 0.0."""
    reason = refusal(data)
    try:
        value = native.parse(data)
    except ValueError:
        assert reason is not None
        return
    assert reason is None
    expected = repr(orjson.loads(data))
    assert [repr(read(value)) for read in (as_python, by_fields, by_places)] == [expected] * 3


@given(documents)
@example(b'{"b": 1, "a": 2, "b": [3], "\\u0061": {"c": null, "c": "d"}}')
@example(b'["a", "\\"\\u0000", null, "b"]')
@example(b"[1, -2.0, 9007199254740992, 3, 0.5]")
@example(b'[1, 2, [3, [4, "a"]], "b", ["c"], [], 5, true, {}, "d", 6]')
@example(b'[["a", ["b"]], ["c", 1], [1, "c"], [[]], [{}]]')
@example(b'[-0.0, "-0.0"]')
@example(b"[" * MOST_NESTING + b"]" * MOST_NESTING)
def test_a_document_is_parsed_as_by_orjson(data: bytes) -> None:
    assert_parsed_as_by_orjson(data)


@given(lists(numbers, most=20).map(str.encode) | lists(texts, most=20).map(str.encode))
def test_so_is_a_list_of_one_kind(data: bytes) -> None:
    assert_parsed_as_by_orjson(data)


@given(
    documents.flatmap(
        lambda data: st.tuples(st.just(data), st.integers(0, len(data)), st.integers(0, 7))
    ),
    st.sampled_from(["cut", "flipped", "inserted", "removed"]),
    st.sampled_from([*(bytes([byte]) for byte in b'"\\,:[]{}0-.e \x00\xff'), b"NaN", b"\xed\xa0\x80", b"\\ud800"]),
)  # fmt: skip
def test_what_is_damaged_is_refused_where_orjson_does(
    document: tuple[bytes, int, int], damage: str, piece: bytes
) -> None:
    data, at, bit = document
    begin, end = data[:at], data[at:]
    match damage:
        case "cut":
            end = b""
        case "flipped":
            end = bytes(byte ^ (1 << bit) for byte in end[:1]) + end[1:]
        case "inserted":
            begin += piece
        case _:
            end = end[1:]
    assert_parsed_as_by_orjson(begin + end)


@pytest.mark.parametrize("data", NO_JSON, ids=repr)
def test_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(data)
    for whole in (data, b'{"a": [' + data + b"]}", b'["b", ' + data + b"]"):
        if refusal(whole):  # a cut one, or none at all, may be mended by what is around it
            with pytest.raises(ValueError, match=r"."):
                native.parse(whole)
    with pytest.raises(ValueError, match=r"."):
        native.parse(data)


@pytest.mark.parametrize("data", LEFT_TO_OTHERS, ids=repr)
def test_numbers_that_may_be_something_else_are_left_to_others(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"-0|63 bits|64 bits"):
        native.parse(data)


@pytest.mark.parametrize("begin", [b"[", b'{"a":', b'[1,{"a":["b",'])
@pytest.mark.parametrize("end", [b"", b"1", b"]" * 100_000])
def test_endless_nesting_is_refused(begin: bytes, end: bytes) -> None:
    with pytest.raises(ValueError, match="recursion limit"):
        native.parse(begin * 100_000 + end)


def test_an_object_is_read_as_a_mapping() -> None:
    value: Any = native.parse(b'{"b": 1, "a": null, "b": [2], "": "c"}')
    assert isinstance(value, native.Object)
    assert (len(value), list(value)) == (3, ["b", "a", ""])
    assert [name in value for name in ("a", "b", "", "c")] == [True, True, True, False]
    assert value["b"].as_list() == value.get("b").as_list() == [2]
    assert (value["a"], value.get("a", 5), value[""]) == (None, None, "c")
    assert (value.get("c"), value.get("c", 5)) == (None, 5)
    with pytest.raises(KeyError, match="'c'"):
        value["c"]


@pytest.mark.parametrize("data", [b"[]", b'["a", "b"]', b"[1, 2.5]", b'[1, "a", [null]]', b"[{}]"])
def test_a_list_is_read_as_a_sequence(data: bytes) -> None:
    value: Any = native.parse(data)
    expected = orjson.loads(data)
    assert isinstance(value, native.Array)
    assert len(value) == len(expected)
    assert [as_python(value[place]) for place in range(len(expected))] == expected
    assert [as_python(item) for item in value] == expected
    for place in (len(expected), len(expected) + 1):
        with pytest.raises(IndexError):
            value[place]


def test_what_is_in_a_document_outlives_it() -> None:
    value: Any = native.parse(b'{"a": [{"b": ["c", "d"]}, {"b": [1, 2]}]}')
    items = [item["b"] for item in value["a"]]
    del value
    assert [item.as_list() for item in items] == [["c", "d"], [1, 2]]
