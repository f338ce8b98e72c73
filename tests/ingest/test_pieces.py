from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pieces import PieceStyle, _byte_of_character, bytes_as_text, piece_text

CHARACTER_OF = {byte: character for character, byte in _byte_of_character().items()}


def test_the_byte_table_is_whole() -> None:
    assert sorted(CHARACTER_OF) == list(range(256))


@pytest.mark.parametrize(
    ("piece", "text"),
    [
        ("▁play", " play"),
        ("▁", " "),
        ("<0x0A>", "\n"),
        ("<0xE2>", "<0xE2>"),
        ("ñ", "ñ"),
        ("<s>", "<s>"),
    ],
)
def test_metaspace(piece: str, text: str) -> None:
    assert piece_text(piece, PieceStyle.METASPACE) == text


@pytest.mark.parametrize(
    ("piece", "text"),
    [
        ("Ġplay", " play"),
        ("Ċ", "\n"),
        ("âĢ", "<0xE2><0x80>"),
        ("é", "<0xE9>"),
        ("<|end of text|>", "<|end of text|>"),
    ],
)
def test_byte_level(piece: str, text: str) -> None:
    assert piece_text(piece, PieceStyle.BYTE_LEVEL) == text


@given(st.text())
def test_byte_level_pieces_keep_every_text(text: str) -> None:
    piece = "".join(CHARACTER_OF[byte] for byte in text.encode())
    assert piece_text(piece, PieceStyle.BYTE_LEVEL) == text


@given(st.binary())
def test_no_byte_is_lost(data: bytes) -> None:
    text = bytes_as_text(data)
    written = re.split(r"(<0x[89A-F][0-9A-F]>)", text)
    back = [bytes([int(p[3:5], 16)]) if p.startswith("<0x") else p.encode() for p in written]
    assert b"".join(back) == data
