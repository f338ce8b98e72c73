from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypher.compression import compressed, expanded
from cypher.errors import PackError


@given(st.text())
def test_a_text_comes_back(text: str) -> None:
    assert expanded(compressed(text)) == text


def test_a_long_text_becomes_short() -> None:
    assert len(compressed("tokenizer " * 100_000)) < 5_000


@pytest.mark.parametrize(
    "stored",
    ["", "*", "abcd", compressed("text")[:-4], base64.b64encode(zlib.compress(b"a")[:-5]).decode()],
)
def test_what_is_damaged_is_refused(stored: str) -> None:
    with pytest.raises(PackError, match=r"is damaged|is cut off"):
        expanded(stored)


def test_what_would_fill_memory_is_refused() -> None:
    engine = zlib.compressobj(9)
    bomb = b"".join([*(engine.compress(bytes(1 << 24)) for _ in range(17)), engine.flush()])
    with pytest.raises(PackError, match=r"longer than 268,435,456 bytes"):
        expanded(base64.b64encode(bomb).decode())
