"""From a tokenizer's pieces to exact texts: the space kept, bytes that are no text written out.

Taken from the pieces and not from decoding tokens one by one, for decoders strip a leading
space and replace half a character by U+FFFD, so that different tokens would look the same.
"""

from __future__ import annotations

import re
from enum import StrEnum

_BYTE_PIECE = re.compile(r"<0x([0-9A-F]{2})>\Z")
_METASPACE = "\u2581"


class PieceStyle(StrEnum):
    """How a tokenizer writes its pieces."""

    BYTE_LEVEL = "byte_level"
    """GPT-2's: each byte is a printable character, a space is `Ġ`."""
    METASPACE = "metaspace"
    """SentencePiece's: a space is `▁`, a byte outside the vocabulary `<0xE2>`."""


def _byte_of_character() -> dict[str, int]:
    """GPT-2's table of printable characters, from its `bytes_to_unicode`, inverted."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {chr(byte): byte for byte in plain}
    others = (byte for byte in range(0x100) if byte not in set(plain))
    table.update({chr(0x100 + place): byte for place, byte in enumerate(others)})
    return table


_BYTES = _byte_of_character()


def byte_of(character: str) -> int | None:
    """The byte that a character stands for in GPT-2's pieces; None if it stands for none."""
    return _BYTES.get(character)


def bytes_as_text(data: bytes) -> str:
    """UTF-8 as text, each byte that is none as `<0xE2>`."""
    parts = []
    while data:
        try:
            parts.append(data.decode())
            break
        except UnicodeDecodeError as error:
            parts.append(data[: error.start].decode())
            parts.extend(f"<0x{byte:02X}>" for byte in data[error.start : error.end])
            data = data[error.end :]
    return "".join(parts)


def piece_text(piece: str, style: PieceStyle) -> str:
    """The exact text of a piece.

    A piece that the style cannot have written, such as `<|endoftext|>` with a space in it,
    stands for itself.
    """
    if style is PieceStyle.METASPACE:
        byte = _BYTE_PIECE.match(piece)
        if byte is not None:
            return bytes_as_text(bytes([int(byte[1], 16)]))
        return piece.replace(_METASPACE, " ")
    if all(character in _BYTES for character in piece):
        return bytes_as_text(bytes(_BYTES[character] for character in piece))
    return piece
