"""What the module must say of JSON, by orjson and a few lines of Python."""

from __future__ import annotations

import json
import re
from array import array
from typing import Any

import orjson

_EXACT = 2**53
"""Integers below it are floats without loss."""
_LARGE = 2**63
"""From here on numbers are left to others."""


def refusal(data: bytes) -> str | None:
    """Why a document may be refused: it is no JSON, or has numbers that are left to others."""
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError as error:
        return str(error)
    integers: list[str] = []
    floats: list[str] = []
    json.loads(data, parse_int=integers.append, parse_float=floats.append)
    if not all(-_LARGE <= int(number) < _LARGE for number in integers):
        return "an integer of more than 64 bits"
    if any(abs(float(number)) >= _LARGE for number in floats):
        return "a large number"
    if any(number[0] == "-" and not float(number) for number in integers + floats) and re.search(
        rb"-0(?![.eE0-9])", data
    ):
        return "an integer -0, or what looks like one"
    return None


def is_texts(value: Any) -> bool:
    return type(value) is list and bool(value) and {*map(type, value)} == {str}


def buffer_of(value: Any) -> bytes | None:
    """A list of numbers, eight bytes each; None if an item is none, or is no float without loss."""
    if type(value) is not list:
        return None
    for item in value:
        if not (type(item) is float or (type(item) is int and abs(item) < _EXACT)):
            return None
    return array("d", value).tobytes()


def sample_of(value: Any, texts: str, numbers: str) -> tuple[bytes, bytes, int] | None:
    """A field's texts as JSON, another's as many numbers, and how many; None without either."""
    if type(value) is not dict or not is_texts(value.get(texts)):
        return None
    buffer = buffer_of(value.get(numbers))
    if buffer is None or len(value[texts]) != len(value[numbers]):
        return None
    return orjson.dumps(value[texts]), buffer, len(value[texts])
