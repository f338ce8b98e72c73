"""Long texts as properties: zlib in base64, because a property of either engine holds text."""

from __future__ import annotations

import base64
import binascii
import zlib

from cypher.errors import PackError

_LARGEST = 1 << 28
"""Bytes of text: several times the largest tokenizer, and no more than memory can hold."""


def compressed(text: str) -> str:
    """`text` as it is stored."""
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def expanded(stored: str) -> str:
    """The inverse of `compressed`. Raises PackError if `stored` is damaged or too long."""
    engine = zlib.decompressobj()
    try:
        data = engine.decompress(base64.b64decode(stored, validate=True), _LARGEST)
    except (binascii.Error, zlib.error) as error:
        raise PackError(
            f"a compressed text is damaged ({error}). Make or fetch the pack again, and load it."
        ) from error
    if not engine.eof:
        raise PackError(
            f"a compressed text is cut off, or longer than {_LARGEST:,} bytes. Make or fetch the "
            f"pack again, and load it."
        )
    return data.decode()
