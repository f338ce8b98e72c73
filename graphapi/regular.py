"""Regular expressions that clients may give: a part of the language that cannot run away.

The engines differ: Ladybug's never backtracks, Neo4j's does. What is allowed here takes either
a time that grows with a low power of the text's length, because nothing that repeats can stand
in something that repeats, and means the same to both, with no option that only one knows.
"""

from __future__ import annotations

import re

from graphapi.errors import UserError

LONGEST = 100
"""Characters."""
MOST_REPEATS = 3
"""How many parts may repeat without a small bound: the power of the text's length."""
_LARGEST_COUNT = 20

_PARTS = re.compile(
    r"(?P<escaped>\\[dwsnrt]|\\[^\sA-Za-z0-9])"
    r"|(?P<set>\[\^?(?:\\[dwsnrt]|\\[^\sA-Za-z0-9]|[^\\\[\]&])+\])"
    r"|(?P<group>\((?!\?))|(?P<end>\))|(?P<either>\|)"
    r"|(?P<repeat>[*+?]|\{(?P<least>\d+)(?:,(?P<most>\d*))?\})"
    r"|(?P<plain>[^\\\[\](){}*+?|^$])",
    re.DOTALL,
)
_SPACE = r" \t\n\r\f"


def safe_pattern(given: str) -> str:
    """`given` as both engines read it; it has to match the whole of a text.

    Raises UserError where it is too long, is no regular expression, or uses what is not allowed.
    """
    if len(given) > LONGEST:
        raise _refused(given, f"has {len(given)} characters; the limit is {LONGEST}")
    made, depth, repeats, at, before = ["(?s)"], 0, 0, 0, ""
    while at < len(given):
        part = _PARTS.match(given, at)
        if part is None:
            raise _refused(given, f"has {given[at : at + 3]!r} at {at}, which is not allowed")
        kind = str(part.lastgroup)
        kind = "repeat" if kind in ("least", "most") else kind
        if kind == "repeat":
            if before not in ("escaped", "set", "plain", "end"):
                raise _refused(given, f"repeats nothing at {at}")
            if before == "end" and part[0] != "?":
                raise _refused(given, f"repeats a group at {at}; only `?` may stand behind one")
            repeats += _unbounded(part, given)
        depth += (kind == "group") - (kind == "end")
        if depth < 0:
            raise _refused(given, f"closes a group at {at} that none opened")
        made.append(_written(part[0], kind))
        before, at = kind, part.end()
    if depth:
        raise _refused(given, "opens a group that is not closed")
    if repeats > MOST_REPEATS:
        raise _refused(given, f"has {repeats} parts that repeat; the limit is {MOST_REPEATS}")
    pattern = "".join(made)
    try:
        re.compile(pattern)
    except re.error as error:
        raise _refused(given, f"is no regular expression: {error}") from error
    return pattern


def _unbounded(part: re.Match[str], given: str) -> bool:
    if part[0] in ("*", "+"):
        return True
    if part[0] == "?":
        return False
    least, most = int(part["least"]), part["most"]
    if max(least, int(most or 0)) > _LARGEST_COUNT or (most and int(most) < least):
        raise _refused(given, f"counts {part[0]}; the largest count is {_LARGEST_COUNT}")
    return most is not None


def _written(text: str, kind: str) -> str:
    """White space by name: engines differ in what else they take for it."""
    if kind == "escaped":
        return f"[{_SPACE}]" if text == r"\s" else text
    return text.replace(r"\s", _SPACE) if kind == "set" else text


def _refused(given: str, why: str) -> UserError:
    return UserError(
        f"matches: {given[: LONGEST + 20]!r} {why}. Allowed are characters, `.`, sets such as "
        f"`[a-z]` and `[^0-9]`, `\\d`, `\\w`, `\\s`, groups with `|`, and `?`, `*`, `+`, `{{2,5}}` "
        f"behind a character or a set; the whole text has to match."
    )
