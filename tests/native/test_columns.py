"""Lists of texts and of numbers, alone and as fields of many objects, as plain Python reads them."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cypher.native import native
from tests.native.plain import buffer_of, is_texts, refusal, sample_of
from tests.native.test_parse import as_python
from tests.native.writing import documents, lists, numbers, objects, small_numbers, texts, values

some_lists = (
    lists(texts, most=9)
    | lists(numbers, most=9)
    | lists(small_numbers, most=9)
    | lists(texts | numbers | st.sampled_from(["null", "true", "[]", "[1]", '["a"]']))
).map(str.encode)


@given(some_lists.filter(lambda data: refusal(data) is None))
@example(b'["\\u0000\\u001f\\u007f\\"\\\\\\/\\b\\f\\n\\r\\t\\u2028\\ud834\\udd1e"]')
@example(b'[" a", "b", ["c"]]')
@example(b"[1, [2], 3]")
@example(b"[1, true]")
@example(b"[]")
def test_a_list_of_texts_as_json_and_of_numbers_as_a_buffer(data: bytes) -> None:
    found: Any = native.parse(data)
    value = orjson.loads(data)
    if is_texts(value):
        assert found.mini == orjson.dumps(value)
    else:
        with pytest.raises(TypeError):
            found.mini  # noqa: B018
    buffer = buffer_of(value)
    if buffer is not None:
        assert found.as_buffer() == buffer
    else:
        with pytest.raises(TypeError):
            found.as_buffer()


def _fields(length: int) -> st.SearchStrategy[str]:
    """An object with texts `t` and as many numbers `n`, mostly."""
    right = objects(
        ("t", lists(texts, least=length, most=length)),
        ("n", lists(small_numbers, least=length, most=length)),
        ("x", values),
    )
    some = st.sampled_from(["[]", "[0]", '["a"]', "[1, [2], 3]", '["a", null]', "1", "null", "{}"])
    wrong = objects(("t", some), ("n", some)) | objects(("t", some)) | objects(("n", some)) | values
    return st.one_of(right, right, right, wrong)


several = lists(st.integers(0, 4).flatmap(_fields)).map(str.encode) | documents


def _columns(found: list[Any]) -> tuple[list[Any] | None, ...]:
    return *([one[part] for one in found] for part in range(3)), None


@given(several.filter(lambda data: refusal(data) is None))
@example(b"[]")
@example(b'[{"t": ["a"], "n": [1]}, {"n": [2, -0.0], "t": ["b", "\\u0063"]}]')
@example(b'[{"t": ["a", "b", "c"], "n": [1, [2], 3]}]')
@example(b'[{"t": ["a"], "n": [1]}, {"t": [], "n": []}]')
@example(b'[{"t": ["a"], "n": [1]}, {"t": ["a"]}]')
@example(b'[{"t": ["a"], "n": [1, 2]}]')
@example(b'[{"t": 1, "n": [1], "t": ["a"]}, {"t": ["a"], "n": [9007199254740991]}]')
@example(b'[{"t": ["a"], "n": [1], "t": 1}]')
@example(b'[{"t": ["a"], "n": [9007199254740992]}]')
@example(b'[{"t": ["a"], "n": [1]}, 2]')
def test_samples_are_texts_with_a_number_for_each(data: bytes) -> None:
    found: Any = native.parse(data)
    value = orjson.loads(data)
    if type(value) is dict:
        assert found.sample("t", "n") == _told(sample_of(value, "t", "n"))
    if type(value) is list:
        samples = [sample_of(item, "t", "n") for item in value]
        assert [
            item.sample("t", "n") for item in found if isinstance(item, native.Object)
        ] == [_told(one) for item, one in zip(value, samples, strict=True) if type(item) is dict]  # fmt: skip
        assert found.samples("t", "n") == (None if None in samples else _columns(samples))


def _told(sample: tuple[bytes, bytes, int] | None) -> tuple[bytes, bytes, int, None] | None:
    return None if sample is None else (*sample, None)


@given(
    several.filter(lambda data: refusal(data) is None), st.binary(max_size=9), st.integers(1, 64)
)
@example(b'[{"t": ["a", "\\u00e9"], "n": [1, 2]}, {"x": ["z"], "n": [3], "t": ["b"]}]', b"[0,", 16)
def test_digests_that_were_asked_for_are_those_of_the_texts(
    data: bytes, begin: bytes, n_digits: int
) -> None:
    found: Any = native.parse_several([data, data], (begin, n_digits))
    for value in found:
        if not isinstance(value, native.Array) or not (samples := value.samples("t", "n")):
            continue
        json, _, _, digests = samples
        assert (digests or []) == native.digests(begin, json, n_digits)
        assert [item.sample("t", "n")[3] for item in value] == (digests or [])


@given(
    several.filter(lambda data: refusal(data) is None),
    st.lists(st.sampled_from(["t", "n", "x", "a", "b"]), min_size=1, max_size=3),
)
@example(b"[]", ["t", "n"])
@example(b'[{"a": [1], "b": 2}, {"b": null, "a": {"c": 3}, "b": true}]', ["b", "a", "b"])
@example(b'[{"a": 1}, {"b": 2}]', ["a"])
@example(b'[{"a": 1}, ["a"]]', ["a"])
@example(b'["a"]', ["a"])
@example(b"[1]", ["a"])
def test_columns_are_the_values_of_fields(data: bytes, names: list[str]) -> None:
    found: Any = native.parse(data)
    value = orjson.loads(data)
    if type(value) is not list:
        return
    columns = found.columns(names)
    if {*map(type, value)} <= {dict}:
        plain = [None if one is None else [as_python(item) for item in one] for one in columns]
        expected = [
            [item.get(name) for item in value] if any(name in item for item in value) else None
            for name in names
        ]
        assert repr(plain) == repr(expected)
    else:
        assert columns is None
