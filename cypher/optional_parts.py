"""Conditions of a statement that hold for whatever a text that is left out may be.

    ($explainer = '' OR e.explainer = $explainer)

says so to whoever reads it, and is right as it stands. But an engine plans before it knows the
text: it tests both for every row, and takes no index that the condition could be looked up in.
So it is sent what is left when the text is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from cypher.graph import Value

_BEGIN = re.compile(r"\(\$(\w+) = '' OR ")
_BRACKET = re.compile(r"'(?:[^'\\]|\\.)*'|[()]")


def settled(text: str, parameters: Mapping[str, Value]) -> tuple[str, Mapping[str, Value]]:
    """The statement with each such condition as it is with these parameters, and those it uses."""
    names = _names(text)
    if not names:
        return text, parameters
    empty = frozenset(name for name in names if parameters[name] == "")
    shorter, unused = _settled(text, empty)
    return shorter, {name: value for name, value in parameters.items() if name not in unused}


@lru_cache(maxsize=1024)
def _names(text: str) -> frozenset[str]:
    return frozenset(_BEGIN.findall(text))


@lru_cache(maxsize=4096)
def _settled(text: str, empty: frozenset[str]) -> tuple[str, frozenset[str]]:
    parts, done = [], 0
    for found in _BEGIN.finditer(text):
        end = _closed(text, found.end())
        kept = "true" if found[1] in empty else f"({text[found.end() : end - 1]})"
        parts += [text[done : found.start()], kept]
        done = end
    shorter = "".join([*parts, text[done:]])
    unused = frozenset(name for name in empty if not re.search(rf"\${name}\b", shorter))
    return shorter, unused


def _closed(text: str, begin: int) -> int:
    """Behind the bracket that closes one which was opened before `begin`."""
    depth = 1
    for bracket in _BRACKET.finditer(text, begin):
        depth += {"(": 1, ")": -1}.get(bracket[0], 0)
        if depth == 0:
            return bracket.end()
    raise ValueError(f"a bracket is not closed in {text!r}")
