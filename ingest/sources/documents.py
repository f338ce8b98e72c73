"""JSON documents, in place where something reads them so: only what is asked for becomes Python's.

By our own compiled reader, which lets other threads run meanwhile, or where that is not installed by
simdjson's. Where neither is, and for what they refuse, the values of `parse_json` take their place.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence
from typing import Any, cast

import orjson

from cypher.native import IS_THERE
from ingest.errors import SourceError
from ingest.sources.in_place import Columns, Digests, Reader


def _reader() -> Reader | None:
    """The fastest that is installed."""
    if IS_THERE:
        from ingest.sources.natively import NativeReader  # noqa: PLC0415

        return NativeReader()
    try:
        from ingest.sources.by_simdjson import SimdjsonReader  # noqa: PLC0415
    except ImportError:  # it is not built for every Python that we run on
        return None
    return SimdjsonReader()


READER = _reader()
"""What reads documents in place; None if nothing does."""
OBJECTS: tuple[type, ...] = (dict, *READER.objects) if READER else (dict,)
LISTS: tuple[type, ...] = (list, *READER.lists) if READER else (list,)
Sample = tuple[bytes, Any]
"""A list as JSON without spaces, and the buffer of a number for each item, eight bytes each."""
_LARGE = 16 << 20
"""Bytes of documents from which on it is counted what is in them."""
_MOST_INNER = 1 << 22
"""Lists and objects of a document, each of which takes up to some hundred bytes of memory."""
_MOST_VALUES = 1 << 25
"""Values of a document: of the largest that is read, one in eight bytes."""


def parsed_in_place(data: bytes) -> object | None:
    """The value of a document; None if it is null, refused, or cannot be read in place."""
    return None if READER is None or _is_dense(data) else READER.parse(data)


def parse_json(data: bytes, file: str, record: str = "") -> object:
    """The value of a JSON document; NaN and Infinity, which Python writes, are numbers.

    Raises SourceError if it is no JSON, or holds what no table can: half a surrogate pair, an
    integer beyond 64 bits, or more nesting than any format has; or if it would fill the memory.
    """
    if _is_dense(data):
        raise SourceError(
            f"{place_in_file(file, record)}: found more than {_MOST_INNER:,} lists and objects, or "
            f"{_MOST_VALUES:,} values, expected fewer in one document. Is it damaged, or made to "
            f"fill the memory?"
        )
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as first:
        try:
            value = json.loads(data)
            orjson.dumps(value)
        except (ValueError, TypeError, RecursionError):
            raise SourceError(
                f"{place_in_file(file, record)}: found no JSON ({first}), expected one value. "
                f"Fetch the file again."
            ) from first
        return cast("object", value)


def _is_dense(data: bytes) -> bool:
    """Whether a document would take tens of times its size in memory."""
    if len(data) <= _LARGE:
        return False
    inner = data.count(b"[") + data.count(b"{")
    return inner > _MOST_INNER or inner + data.count(b",") > _MOST_VALUES


def open_json(data: bytes, file: str, record: str = "") -> object:
    """The value of a JSON document, read in place where that can be: for a `Record`.

    Raises SourceError as `parse_json`.
    """
    found = parsed_in_place(data)
    return parse_json(data, file, record) if found is None else found


def open_lines(lines: Sequence[bytes], digests: Digests | None = None) -> Sequence[Any] | None:
    """The values of JSON documents, read in place, all at once, and `digests` of texts in them.

    None if one is none, or they cannot be read so; objects or not, `samples_in_place` will tell.
    """
    if READER is None or not lines or _is_dense(max(lines, key=len)):
        return None
    return READER.parse_lines(lines, digests)


def place_in_file(file: str, record: str) -> str:
    """What a record is called in messages."""
    return f"{file}, {record}" if record else file


def plain(value: Any) -> Any:
    """The value as Python's own, with all that is in it."""
    if type(value) in OBJECTS and type(value) is not dict:
        return value.as_dict()
    if type(value) in LISTS and type(value) is not list:
        return value.as_list()
    return value


def with_last(value: Any) -> Any:
    """An object, of whose fields that stand in it twice the last counts, as in `parse_json`."""
    return value if type(value) is dict or READER is None else READER.with_last(value)


def numbers_in_place(value: Any) -> array[float] | None:
    """All items of a list that was read in place; None if it was not, or one is no number."""
    buffer = None if type(value) is list or READER is None else READER.numbers(value)
    if buffer is None:
        return None
    found = array("d")
    found.frombytes(buffer)
    return found


def are_texts(json: bytes) -> bool:
    """Whether all items of a list are texts."""
    try:
        "".join(orjson.loads(json))
    except TypeError:
        return False
    return True


def samples_in_place(items: Sequence[Any], texts: str, numbers: str) -> Columns | None:
    """Of each object two of its fields, a list that is not empty and a number for each item of it.

    The first as JSON, the second as buffers, the lengths of either, and the digests of the first, if
    they were asked for. None if one is another, or the objects were not read in place.
    """
    if READER is None or not _are_in_place(items):
        return None
    return READER.samples(items, texts, numbers)


def columns_of(items: Any, names: Sequence[str]) -> list[list[Any]] | None:
    """Of each field the values in all objects of a list, None where it is absent.

    None if one is no object, or this is no list.
    """
    if READER is not None and _are_in_place(items):
        return READER.columns(items, names)
    if type(items) is list and set(map(type, items)) <= {dict}:
        return [[item.get(name) for item in items] for name in names]
    return None


def _are_in_place(items: Any) -> bool:
    """Whether this is a list that was read in place, or Python's of objects that were."""
    return type(items) in LISTS[1:] or (
        type(items) in (list, tuple) and set(map(type, items)) <= set(OBJECTS[1:])
    )


def compact(values: Any) -> bytes:
    """A list as JSON without spaces."""
    if type(values) is not list and READER is not None:
        try:
            return READER.texts(values)
        except TypeError:  # not of texts
            values = plain(values)
    return orjson.dumps(values)
