"""Cursors come back as they went out, and nothing else passes for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphapi.cursors import decode_cursor, encode_cursor
from graphapi.errors import UserError


@given(st.floats(allow_nan=False, allow_infinity=False), st.text(), st.integers(0, 2**62))
def test_a_cursor_keeps_its_values(number: float, text: str, count: int) -> None:
    cursor = encode_cursor("list", [number, text, count])
    assert decode_cursor("list", (float, str, int), cursor) == [number, text, count]


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="is no cursor of this list"):
        decode_cursor("list", (float, str), text)


@pytest.mark.parametrize(
    "cursor",
    [
        encode_cursor("another list", [1.0, "a"]),
        encode_cursor("list", [1.0]),
        encode_cursor("list", ["a", 1.0]),
        encode_cursor("list", [True, "a"]),
        encode_cursor("list", [None, "a"]),
        encode_cursor("list", [1.0, "a", 3]),
        "é",
        "AAAA",
    ],
)
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(UserError) as caught:
        decode_cursor("list", (float, str), cursor)
    assert caught.value.code == "BAD_USER_INPUT"
