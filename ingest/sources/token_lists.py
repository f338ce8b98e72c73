"""Lists of tokens as Arrow's columns, from their JSON: hardly a token becomes Python's on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_QUOTE = ord('"')
_BETWEEN = '","'
_BACKSLASH = b"\\"
_MEANT = {
    ord('"'): b"\x01",
    ord("n"): b"\n",
    ord("t"): b"\t",
    ord("r"): b"\r",
    ord("f"): b"\f",
    ord("b"): b"\b",
}
"""What stands for an escaped character while a text is cut: one byte, of which no other is in JSON."""
_MEANT_BACKSLASH = b"\x02"


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
    if b"\x01" not in content and _MEANT_BACKSLASH not in content:
        return lists
    meant = pa.py_buffer(content.replace(b"\x01", b'"').replace(_MEANT_BACKSLASH, _BACKSLASH))
    items = pa.StringArray.from_buffers(len(items), offsets, meant)
    return pa.ListArray.from_arrays(lists.offsets, items)


def _unescaped(text: bytes) -> bytes:
    """The text without escapes; as it is, if one is a number."""
    first, *rest = text.split(_BACKSLASH)
    found, parts = [first], iter(rest)
    for part in parts:
        if not part:  # an escaped backslash, after which nothing is escaped
            found += (_MEANT_BACKSLASH, next(parts))
        elif part[0] in _MEANT:
            found += (_MEANT[part[0]], part[1:])
        else:
            return text
    return b"".join(found)


def joined(lists: Any) -> Any:
    """Of each list its items joined: of the same bytes, which are not copied.

    The lists follow one another from their array's first item on.
    """
    items = lists.values
    _, within, data = items.buffers()
    begins = pa.Array.from_buffers(pa.int32(), items.offset + len(items) + 1, [None, within])
    offsets: Any = begins.slice(items.offset).take(lists.offsets).buffers()[1]
    return pa.StringArray.from_buffers(len(lists), offsets, data)
