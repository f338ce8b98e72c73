"""JSON documents read in place: only what is asked for becomes Python's.

simdjson parses four times as fast as what makes a value of everything, gives a list of numbers as
one buffer, and a list of texts as JSON again, by which a text that is known already is recognised.
Where it is not installed, and for what it refuses, the values of `parse_json` take its place.
"""

from __future__ import annotations

import json
import secrets
from array import array
from collections.abc import Sequence
from typing import Any, cast

import orjson

from ingest.errors import SourceError

try:
    import simdjson
except ImportError:  # it is not built for every Python that we run on
    _PARSER: Any = None
    _POOL: tuple[Any, ...] = ()
    OBJECTS: tuple[type, ...] = (dict,)
    LISTS: tuple[type, ...] = (list,)
    _IN_PLACE: frozenset[type] = frozenset()
else:
    _PARSER = simdjson.Parser
    _POOL = (_PARSER(), _PARSER())
    """They keep their memory, which saves a third of the time: one for a document, one for the next
    while something of the first is still there."""
    OBJECTS = (dict, simdjson.Object)
    LISTS = (list, simdjson.Array)
    _IN_PLACE = frozenset({simdjson.Array})


Sample = tuple[bytes, Any]
"""A list as JSON without spaces, and the buffer of a number for each item, eight bytes each."""
_NUMBERS = frozenset({int, float})
_DOUBLE = 8
_BETWEEN = secrets.token_hex()
_SMALL = 4 << 20
"""Bytes of documents for whose parser memory is kept."""
_LARGE = 16 << 20
"""Bytes of documents from which on it is counted what is in them."""
_MOST_INNER = 1 << 22
"""Lists and objects of a document, each of which takes up to some hundred bytes of memory."""
_MOST_VALUES = 1 << 25
"""Values of a document: of the largest that is read, one in eight bytes."""


def parsed_in_place(data: bytes) -> object | None:
    """The value of a document; None if it is null, refused, or cannot be read in place."""
    if _PARSER is None or _is_dense(data):
        return None
    for parser in _POOL if len(data) <= _SMALL else ():
        try:
            return cast("object", parser.parse(data))
        except RuntimeError:  # something of its last document is still there
            continue
        except (ValueError, MemoryError):
            return None
    try:
        return cast("object", _PARSER().parse(data))
    except (ValueError, RuntimeError, MemoryError):  # no JSON, NaN, or too large for it
        return None


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


def open_lines(lines: Sequence[bytes]) -> list[Any] | None:
    """The values of JSON documents that are objects, read in place, all at once.

    None if one is not, or is none, or they cannot be read so. Between two of them stands a text that
    no file knows: where pieces of several make a whole, it is not there between two.
    """
    between = f',"{_BETWEEN}",'.encode()
    found = parsed_in_place(b"[" + between.join(lines) + b"]")
    if type(found) not in LISTS:
        return None
    values = list(cast("Any", found))
    apart = (
        len(values) == 2 * len(lines) - 1
        and set(map(type, values[1::2])) <= {str}
        and set(values[1::2]) <= {_BETWEEN}
    )
    return values[::2] if apart and set(map(type, values[::2])) <= set(OBJECTS) else None


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
    """An object, of whose fields that stand in it twice the last counts, as in `parse_json`.

    In place the first would: such an object becomes Python's.
    """
    return value if type(value) is dict or len(set(value)) == len(value) else value.as_dict()


def numbers_in_place(value: Any) -> array[float] | None:
    """All items of a list that was read in place; None if it was not, or one is no number."""
    if type(value) is list or not set(map(type, value)) <= _NUMBERS:
        return None  # the buffer of a list has what stands in lists within it, too
    found = array("d")
    try:
        found.frombytes(value.as_buffer(of_type="d"))
    except TypeError:
        return None
    return found


def are_texts(json: bytes) -> bool:
    """Whether all items of a list are texts."""
    try:
        "".join(orjson.loads(json))
    except TypeError:
        return False
    return True


def samples_in_place(
    items: Any, texts: str, numbers: str, n_fields: int = 2
) -> tuple[list[bytes], list[Any], list[int]] | None:
    """Of each object two of its fields, a list that is not empty and a number for each item of it.

    The first as JSON, the second as buffers, and the lengths of either. None if one is another,
    a field stands twice, or an object was not read in place. Where one has other than `n_fields`,
    of which it is known that each is another, they are looked at. A list that begins with a number
    may hold lists, as many numbers in all as items: to look at each would take a tenth of the time.
    """
    items = list(items)  # each is made once
    try:
        listed = [item[texts] for item in items]
        values = [item[numbers] for item in items]
        buffers = [one.as_buffer(of_type="d") for one in values]
    except (KeyError, TypeError, AttributeError):
        return None
    more = [item for item in items if len(item) != n_fields]
    if [len(set(item)) for item in more] != list(map(len, more)):
        return None
    lengths = [buffer.size // _DOUBLE for buffer in buffers]
    if 0 in lengths or not set(map(type, listed)) <= _IN_PLACE:
        return None
    if list(map(len, listed)) != lengths or list(map(len, values)) != lengths:
        return None
    if not {type(one[0]) for one in values} <= _NUMBERS:  # a list of as many lists of one number
        return None
    return [one.mini for one in listed], buffers, lengths


def compact(values: Any) -> bytes:
    """A list as JSON without spaces."""
    if type(values) is list:
        return orjson.dumps(values)
    return values.mini  # type: ignore[no-any-return]
