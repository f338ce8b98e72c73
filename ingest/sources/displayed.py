"""Tokens as dashboards display them, made exact texts again.

SAEDashboard takes tokens from the tokenizer's vocabulary and only turns its spaces and line ends
into real ones. GPT-2's and its like then still show each byte of other characters as a character
of its own: `ãĤ±` for one of Japanese. SentencePiece's keep `▁` for a space. Which
of them a file has is not said in it, but shows in its texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from ingest.pieces import PieceStyle, byte_of, bytes_as_text, piece_text

_METASPACE = "\u2581".encode()
_ENOUGH = 2000
"""Texts with other characters than ASCII."""
_QUOTE, _BETWEEN = ord('"'), b'","'
_RUN = re.compile(rb'[\x80-\xff]+(?:(?:",")*[\x80-\xff]+)*')
"""Characters that are no ASCII, on end in a text, whatever tokens they are in."""
_DISPLAYED = re.compile("[" + "".join(re.escape(c) for c in map(chr, range(0x144)) if byte_of(c) is not None and ord(c) > 0x7F) + "]+")  # fmt: skip
"""Characters that stand for a byte and are no ASCII, together."""


def style_of(texts: Iterable[bytes]) -> PieceStyle | None:
    """How the tokens of `texts`, JSON lists without spaces, are written; None if they are plain.

    In texts of byte-level pieces every run of their characters is UTF-8, except where the text
    begins or ends within a character; in plain texts hardly any is. The majority decides, of as
    many texts as are enough to tell.
    """
    bytes_, plain, metaspaces = 0, 0, 0
    for text in islice((text for text in texts if not text.isascii()), _ENOUGH):
        metaspaces += _METASPACE in text
        for run in _RUN.finditer(text):
            shown = run[0].replace(_BETWEEN, b"").decode()
            begins, ends = _are_empty(text[2 : run.start()]), _are_empty(text[run.end() : -2])
            for match in _DISPLAYED.finditer(shown):
                first = begins and match.start() == 0
                last = ends and match.end() == len(shown)
                if _is_utf8(match[0], begins=first, ends=last):
                    bytes_ += 1
                elif not first and not last:
                    plain += 1
    if bytes_ > plain:
        return PieceStyle.BYTE_LEVEL
    return PieceStyle.METASPACE if metaspaces > plain else None


def _are_empty(tokens: bytes) -> bool:
    """Whether a part of a list, up to a token or from its end, has only tokens without text."""
    return not tokens or (
        tokens[0] == tokens[-1] == _QUOTE and tokens == _BETWEEN * (len(tokens) // len(_BETWEEN))
    )


def exact(token: str, style: PieceStyle | None) -> str:
    """The exact text of a displayed token: a byte that is no text is written `<0xE2>`."""
    if style is None or token.isascii():
        return token
    if style is PieceStyle.METASPACE:
        return piece_text(token, style)
    data = bytearray()
    for character in token:
        byte = byte_of(character)
        data += bytes((byte,)) if byte is not None else character.encode("utf-8", "surrogatepass")
    return bytes_as_text(bytes(data))


def exact_all(tokens: list[str], style: PieceStyle | None) -> list[str]:
    """The exact texts of displayed tokens."""
    if style is None or "".join(tokens).isascii():
        return tokens
    return [exact(token, style) for token in tokens]


def _is_utf8(run: str, *, begins: bool, ends: bool) -> bool:
    """Whether characters that each stand for a byte make UTF-8, but for a cut at a text's edge."""
    data = bytes(byte for byte in map(byte_of, run) if byte is not None)
    if begins:
        data = data.lstrip(bytes(range(0x80, 0xC0)))
    if ends:
        for cut in range(1, min(4, len(data) + 1)):
            if data[-cut] >= 0xC0:
                data = data[:-cut] if len(data[-cut:]) < _length(data[-cut]) else data
                break
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return len(data) > 0


def _length(first: int) -> int:
    """Bytes of the UTF-8 character that begins with this one."""
    return 2 if first < 0xE0 else 3 if first < 0xF0 else 4
