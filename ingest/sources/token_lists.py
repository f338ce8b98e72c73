"""Lists of tokens as Arrow's columns, from their JSON: hardly a token becomes Python's on the way."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from cypher.native import IS_THERE, native
from ingest.sources.float_lists import list_offsets

_BETWEEN = '","'
_QUOTE, _BACKSLASH = b'"', b"\\"
_FOR_QUOTE, _FOR_BACKSLASH = b"\xff", b"\xfe"
"""They stand for what is escaped while texts are cut: no UTF-8 has them."""
_MEANT = {
    ord('"'): _FOR_QUOTE,
    ord("n"): b"\n",
    ord("t"): b"\t",
    ord("r"): b"\r",
    ord("f"): b"\f",
    ord("b"): b"\b",
}
_BY_NUMBER = re.compile(rb"u00([01][0-9a-f])")


def token_lists(texts: Sequence[bytes], lengths: Sequence[int]) -> Any | None:
    """An array of lists of texts, each given as a JSON list without spaces and its length, not 0.

    None if one is no list of texts.
    """
    items = _items_natively(texts) if IS_THERE else _items(texts)
    if items is None or len(items) != sum(lengths):
        return None
    return pa.ListArray.from_arrays(list_offsets(lengths), items)


def _items_natively(texts: Sequence[bytes]) -> Any | None:
    found = native.items(texts)
    if found is None:
        return None
    ends, content = found
    n_items = len(ends) // 4 - 1
    return pa.StringArray.from_buffers(n_items, pa.py_buffer(ends), pa.py_buffer(content))


def _items(texts: Sequence[bytes]) -> Any | None:
    """All items. None if there is something else in the lists.

    Where no quote stands within a token every quote begins or ends one, so all can be cut at once at
    what stands between two: if that leaves no quote, and as many tokens as there are.
    """
    whole = b",".join([text[1:-1] for text in texts])
    if whole[:1] != _QUOTE or whole[-1:] != _QUOTE:
        return None
    if _BACKSLASH in whole:
        whole = _unescaped(whole)
    ends = pa.py_buffer(array("i", [1, len(whole) - 1]))
    inner = pa.StringArray.from_buffers(1, ends, pa.py_buffer(whole))
    items: Any = pc.split_pattern(inner, _BETWEEN).values
    _, within, data = items.buffers()
    content = data.to_pybytes()
    if _QUOTE in content or _BACKSLASH in content:
        return None
    if _FOR_QUOTE in content or _FOR_BACKSLASH in content:
        content = content.replace(_FOR_QUOTE, _QUOTE).replace(_FOR_BACKSLASH, _BACKSLASH)
        items = pa.StringArray.from_buffers(len(items), within, pa.py_buffer(content))
    return items


def _unescaped(text: bytes) -> bytes:
    """The text without escapes; with a backslash, if it has one of another kind."""
    first, *rest = text.split(_BACKSLASH)
    found, parts = [first], iter(rest)
    for part in parts:
        if not part:  # an escaped backslash, after which nothing is escaped
            found += (_FOR_BACKSLASH, next(parts))
        elif part[0] in _MEANT:
            found += (_MEANT[part[0]], part[1:])
        elif match := _BY_NUMBER.match(part):
            found += (bytes([int(match[1], 16)]), part[match.end() :])
        else:
            found += (_BACKSLASH, part)
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
