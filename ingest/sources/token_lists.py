"""Lists of tokens as Arrow's columns, from their JSON: hardly a token becomes Python's on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_QUOTE = ord('"')
_BETWEEN = '","'
_BACKSLASH = b"\\"
_MEANT = (
    (rb"\\", b"\x02"),  # first, for what follows an escaped backslash is not escaped
    (rb"\"", b"\x01"),
    (rb"\n", b"\n"),
    (rb"\t", b"\t"),
    (rb"\r", b"\r"),
    (rb"\f", b"\f"),
    (rb"\b", b"\b"),
)
"""What is escaped in JSON, and what stands for it while a text is cut: one byte, of which no other
is in JSON."""


def token_lists(texts: Sequence[bytes], lengths: Sequence[int]) -> Any | None:
    """An array of lists of texts, each given as a JSON list without spaces and its length, not 0.

    None if one is no list of texts, or has characters that JSON writes by number. Where no quote
    stands within a token every quote begins or ends one, so a text can be cut at what stands
    between two. If that gives as many tokens as there are and leaves no quote, there was nothing
    else in the list.
    """
    if any(text[1] != _QUOTE or text[-2] != _QUOTE for text in texts):
        return None
    inner = [text[2:-2] for text in texts]
    inner = [_unescaped(text) if _BACKSLASH in text else text for text in inner]
    lists: Any = pc.split_pattern(pa.array(inner, pa.binary()).view(pa.string()), _BETWEEN)
    if lists.value_lengths().to_pylist() != list(lengths):
        return None
    items = lists.values
    _, offsets, data = items.buffers()
    content = data.to_pybytes()
    if _QUOTE in content or _BACKSLASH in content:
        return None
    if b"\x01" not in content and b"\x02" not in content:
        return lists
    meant = pa.py_buffer(content.replace(b"\x01", b'"').replace(b"\x02", _BACKSLASH))
    items = pa.StringArray.from_buffers(len(items), offsets, meant)
    return pa.ListArray.from_arrays(lists.offsets, items)


def _unescaped(text: bytes) -> bytes:
    for escaped, meant in _MEANT:
        text = text.replace(escaped, meant)
    return text


def joined(lists: Any) -> Any:
    """Of each list its items joined: of the same bytes, which are not copied.

    The lists follow one another from their array's first item on.
    """
    items = lists.values
    _, within, data = items.buffers()
    begins = pa.Array.from_buffers(pa.int32(), items.offset + len(items) + 1, [None, within])
    offsets: Any = begins.slice(items.offset).take(lists.offsets).buffers()[1]
    return pa.StringArray.from_buffers(len(lists), offsets, data)
