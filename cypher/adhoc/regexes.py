"""Regular expressions that end: Java's look for a match by trying, and the clock does not stop them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cypher.adhoc.tokens import Kind, Token
from cypher.errors import StatementRefusedError
from cypher.graph import Value

MAX_LENGTH = 200
MAX_REPEATS = 6
"""Unbounded repeats in one pattern; the time to fail grows with the text's length to this power,
and two thirds of what people search for have two, `.*word.*`."""

_REPEAT = re.compile(r"\*|\+|\{\d*,?\d*\}")
_BACK_REFERENCE = re.compile(r"\\[1-9k]|\(\?")


def check_regexes(found: Sequence[Token], parameters: Mapping[str, Value]) -> None:
    """Raise StatementRefusedError unless each pattern is known, and of those that end."""
    for index, token in enumerate(found):
        if not token.is_symbol("=~"):
            continue
        pattern = _known(found, index + 1, parameters)
        if pattern is None:
            raise StatementRefusedError(
                f"what stands behind `=~` at character {token.start + 1} is no text and no "
                f"parameter; a pattern must be known before the statement runs."
            )
        check_regex(pattern)


def check_regex(pattern: str) -> None:
    """Raise StatementRefusedError if the pattern may take for ever."""
    if len(pattern) > MAX_LENGTH:
        raise StatementRefusedError(
            f"a pattern has {len(pattern)} characters; the limit is {MAX_LENGTH}."
        )
    plain = re.sub(r"\[(?:\\.|[^\]\\])*\]", "x", pattern)  # classes, and what is escaped
    if _BACK_REFERENCE.search(plain.removeprefix("(?i)")):
        raise StatementRefusedError(
            f"the pattern {pattern!r} refers back or looks around; only (?i) at its beginning may."
        )
    plain = re.sub(r"\\.", "x", plain.removeprefix("(?i)"))
    if len(_REPEAT.findall(plain)) > MAX_REPEATS:
        raise StatementRefusedError(
            f"the pattern {pattern!r} repeats more than {MAX_REPEATS} parts."
        )
    depths: list[bool] = []
    for index, character in enumerate(plain):
        if character == "(":
            depths.append(False)
        elif character == ")" and depths:
            repeats = depths.pop()
            repeated = bool(_REPEAT.match(plain, index + 1))
            if repeats and repeated:
                raise StatementRefusedError(
                    f"the pattern {pattern!r} repeats a group that repeats or chooses; such a one may take for "
                    f"ever to fail."
                )
            if depths:
                depths[-1] = depths[-1] or repeats or repeated
        elif depths and (character == "|" or _REPEAT.match(plain, index) or character == "?"):
            depths[-1] = True


def _known(found: Sequence[Token], index: int, parameters: Mapping[str, Value]) -> str | None:
    """The pattern: texts and parameters, joined by `+` or not. None if it holds anything else."""
    pattern = ""
    while index < len(found):
        token = found[index]
        value = parameters.get(token.value) if token.kind is Kind.PARAMETER else token.value
        if token.is_symbol("("):
            return _known(found, index + 1, parameters)
        if token.kind not in (Kind.TEXT, Kind.PARAMETER) or not isinstance(value, str):
            return None
        pattern += value.replace("\\\\", "\\") if token.kind is Kind.TEXT else value
        if index + 1 < len(found) and found[index + 1].is_symbol("+"):
            index += 2
            continue
        return pattern
    return None
