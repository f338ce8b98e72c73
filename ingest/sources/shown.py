"""What stands in a file, as messages show it."""

from __future__ import annotations

import json

from ingest.sources.documents import plain

ABSENT = object()
"""Stands for a field that is not there."""
_MOST = 60
"""Characters of a value."""


def shown(value: object) -> str:
    """A value, shortened; of a list and of an object its size."""
    if value is ABSENT:
        return "nothing"
    if value is None:
        return "null"
    value = plain(value)
    if isinstance(value, (dict, list)):
        kind = "an object" if isinstance(value, dict) else "a list"
        return f"{kind} of {len(value)}"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"
