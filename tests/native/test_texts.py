"""Digests of texts, and what stands in lists of them."""

from __future__ import annotations

import hashlib
from array import array
from itertools import accumulate

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cypher.native import native
from tests.native.test_parse import NO_JSON
from tests.native.writing import lists, texts


@given(st.binary(max_size=200), st.lists(st.binary(max_size=200), max_size=4), st.integers(0, 70))
@example(b"a", [b"", b"[", b'["b"]'], 64)
def test_digests_are_those_of_hashlib(begin: bytes, several: list[bytes], n_digits: int) -> None:
    expected = [hashlib.sha256(begin + text[1:]).hexdigest()[:n_digits] for text in several]
    assert native.digests(begin, several, n_digits) == expected


@given(st.lists(lists(texts, most=9).map(str.encode), max_size=4))
@example([])
@example([b"[]", b'["", "\\u00e9", "b"]', b'[ "c" ]\n'])
def test_items_are_joined_between_their_ends(several: list[bytes]) -> None:
    items = [item.encode() for data in several for item in orjson.loads(data)]
    ends = array("i", accumulate(map(len, items), initial=0))
    assert native.items(several) == (ends.tobytes(), b"".join(items))


@pytest.mark.parametrize(
    "data",
    [*NO_JSON, b"1", b'"a"', b"{}", b"null", b"[1]", b'["a", null]', b'["a", ["b"]]', b'["a"] []'],
    ids=repr,
)
def test_there_are_none_where_one_is_no_list_of_texts(data: bytes) -> None:
    assert native.items([b'["a"]', data]) is None
    assert native.items([data, b'["a"]']) is None
