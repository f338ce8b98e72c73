"""A statement of the catalogue that returns fewer of its columns.

What nobody asked for need not be read: of a page of a thousand neurons with their tokens, a third
of the time went to a text and a number of each row that few want. Rows that differ in no column
that is left, and are sorted by one that is not, come in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_PARTS = re.compile(r"'(?:[^'\\]|\\.)*'|`[^`]*`|[(\[{]|[)\]}]|,")
_NAME = re.compile(r"\bAS\s+`?(\w+)`?\s*\Z", re.I)
ORDER = "ORDER BY"
"""Stands among the columns that are left out where rows may come in any order."""
_RETURN, _ORDER = "\nRETURN ", "\nORDER BY "


@lru_cache(maxsize=256)
def without_columns(text: str, dropped: tuple[str, ...]) -> str:
    """`text` with neither these columns nor any order by their names; or, without `ORDER`, in none."""
    before, _, rest = text.rpartition(_RETURN)
    returned, _, order = rest.partition(_ORDER)
    columns = [item for item in _items(returned) if _name(item) not in dropped]
    keys = [key for key in _items(order) if key not in dropped]
    sorted_ = "" if ORDER in dropped else f"{_ORDER}{', '.join(keys)}"
    return f"{before}{_RETURN}{', '.join(columns)}{sorted_}"


def _name(item: str) -> str:
    found = _NAME.search(item)
    return found[1] if found else item


def _items(listed: str) -> Iterator[str]:
    """What stands between the commas that stand in no brackets and no text."""
    depth = begin = 0
    for part in _PARTS.finditer(listed):
        if part[0] in "([{":
            depth += 1
        elif part[0] in ")]}":
            depth -= 1
        elif part[0] == "," and not depth:
            yield listed[begin : part.start()].strip()
            begin = part.end()
    yield listed[begin:].strip()
