"""Lists of tokens as Arrow's columns, from their JSON: hardly a token becomes Python's on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

_QUOTE = ord('"')
_BETWEEN = '","'
_ESCAPED_QUOTE = rb"\""
_QUOTE_IN_DIGITS = rb"\u0022"


def token_lists(texts: Sequence[bytes], lengths: Sequence[int]) -> Any | None:
    """An array of lists of texts, each given as a JSON list without spaces and its length, not 0.

    None if one is no list of texts. Where no quote stands within a token every quote begins or
    ends one, so a text can be cut at what stands between two. If that gives as many tokens as
    there are and leaves no quote, there was nothing else in the list.
    """
    if any(text[1] != _QUOTE or text[-2] != _QUOTE for text in texts):
        return None
    inner = [text[2:-2] for text in texts]
    if _ESCAPED_QUOTE in b"\n".join(inner):
        inner = [_without_quotes(text) if _ESCAPED_QUOTE in text else text for text in inner]
    lists: Any = pc.split_pattern(pa.array(inner, pa.binary()).view(pa.string()), _BETWEEN)
    if lists.value_lengths().to_pylist() != list(lengths):
        return None
    items = lists.values
    escaped = pc.match_substring(items, "\\")
    quoted = pc.match_substring(items, '"')
    if pc.any(quoted).as_py():
        return None
    if not pc.any(escaped).as_py():
        return lists
    meant = orjson.loads(f'["{_BETWEEN.join(items.filter(escaped).to_pylist())}"]')
    items = pc.replace_with_mask(items, escaped, pa.array(meant, pa.string()))
    return pa.ListArray.from_arrays(lists.offsets, items)


def _without_quotes(text: bytes) -> bytes:
    """The inner part of a JSON list, with its tokens' quotes as digits."""
    if rb"\\" not in text:
        return text.replace(_ESCAPED_QUOTE, _QUOTE_IN_DIGITS)
    parts = text.split(rb"\\")  # an escaped backslash, after which a quote is none
    return rb"\\".join(part.replace(_ESCAPED_QUOTE, _QUOTE_IN_DIGITS) for part in parts)


def joined(lists: Any) -> Any:
    """Of each list its items joined: of the same bytes, which are not copied.

    The lists follow one another from their array's first item on.
    """
    items = lists.values
    _, within, data = items.buffers()
    begins = pa.Array.from_buffers(pa.int32(), items.offset + len(items) + 1, [None, within])
    offsets: Any = begins.slice(items.offset).take(lists.offsets).buffers()[1]
    return pa.StringArray.from_buffers(len(lists), offsets, data)
