"""Values of rows as what every form can hold: null, booleans, numbers, texts, lists, mappings."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import orjson

from cypher.graph import Value

_LEAST, _MOST = -(2**63), 2**64 - 1
"""The integers that JSON's writer takes."""


def plain(value: Value) -> Value:  # noqa: PLR0911  one for each kind
    """`value` with nothing in it but None, bool, int, float, str, list and dict."""
    kind = type(value)
    if value is None or kind in (str, float, int, bool):
        return value
    iso_format = getattr(value, "iso_format", None)
    if callable(iso_format):  # the Neo4j driver's dates and times; its durations are tuples
        return str(iso_format())
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():.6f}".rstrip("0").rstrip(".") + "S"
    return str(value)


def for_json(value: Value) -> Value:
    """`plain(value)` with no number that JSON has not."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is float:
        return _number(value)  # type: ignore[arg-type]  # mypy does not follow `kind`
    if isinstance(value, int):
        return value if _LEAST <= value <= _MOST else str(value)
    if isinstance(value, list):
        return value if _all_finite(value) else [for_json(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): for_json(item) for key, item in value.items()}
    told = plain(value)
    return for_json(told) if isinstance(told, list) else told


def json_text(value: Value) -> str:
    """A value as JSON."""
    return orjson.dumps(for_json(value)).decode()


def _number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def _all_finite(values: list[Value]) -> bool:
    """True for a list of finite floats: such as a neuron's activations, often and long."""
    if not values or any(type(value) is not float for value in values):
        return False
    return all(map(math.isfinite, values))  # type: ignore[arg-type]  # all are floats
