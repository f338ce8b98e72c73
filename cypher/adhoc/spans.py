"""Parts of a statement: what stands in brackets, and what a WITH or RETURN makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cypher.adhoc.tokens import Kind, Token

_OPEN, _CLOSE = ("(", "[", "{"), (")", "]", "}")
_CLAUSES = {
    "MATCH", "OPTIONAL", "WHERE", "ORDER", "SKIP", "OFFSET", "LIMIT", "UNION", "YIELD", "CALL",
    "WITH", "RETURN", "UNWIND",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens by their place."""

    begin: int
    """The first, from 0."""
    end: int
    """Behind the last."""


@dataclass(frozen=True, slots=True)
class Item:
    """One of the values that a WITH, RETURN or UNWIND makes."""

    tokens: Sequence[Token]
    name: str | None
    """Its alias; null if it has none."""


def enclosing(found: Sequence[Token], bracket: int) -> Span:
    """What stands within the bracket that opens at `bracket`."""
    depth = 0
    for index in range(bracket, len(found)):
        if found[index].is_symbol(*_OPEN):
            depth += 1
        elif found[index].is_symbol(*_CLOSE):
            depth -= 1
            if not depth:
                return Span(bracket + 1, index)
    return Span(bracket + 1, len(found))


def arguments(found: Sequence[Token], bracket: int) -> list[Sequence[Token]]:
    """What stands within the bracket that opens at `bracket`, split at its commas."""
    span = enclosing(found, bracket)
    return split(found[span.begin : span.end])


def split(found: Sequence[Token]) -> list[Sequence[Token]]:
    """Tokens, split at the commas that stand in no bracket."""
    parts: list[Sequence[Token]] = []
    depth = begin = 0
    for index, token in enumerate(found):
        if token.is_symbol(*_OPEN):
            depth += 1
        elif token.is_symbol(*_CLOSE):
            depth -= 1
        elif token.is_symbol(",") and not depth:
            parts.append(found[begin:index])
            begin = index + 1
    if found[begin:]:
        parts.append(found[begin:])
    return parts


def items(found: Sequence[Token]) -> Iterator[Item]:
    """What every WITH, RETURN and UNWIND makes, in the order of the statement."""
    for index, token in enumerate(found):
        before = found[index - 1] if index else None
        if token.word not in ("WITH", "RETURN", "UNWIND") or (
            before and (before.is_symbol(".", ":") or before.word in ("STARTS", "ENDS"))
        ):
            continue
        end, depth = index + 1, 0
        while end < len(found):
            if found[end].is_symbol(*_OPEN):
                depth += 1
            elif found[end].is_symbol(*_CLOSE):
                depth -= 1
            if depth < 0 or (not depth and _begins_a_clause(found, end)):
                break
            end += 1
        for part in split(found[index + 1 : end]):
            named = len(part) > 1 and part[-2].word == "AS"
            yield Item(
                part[:-2] if named and part[:-2] else part, part[-1].value if named else None
            )


def _begins_a_clause(found: Sequence[Token], index: int) -> bool:
    token, before = found[index], found[index - 1]
    if (
        token.word not in _CLAUSES
        or before.is_symbol(".", ":")
        or before.word in ("STARTS", "ENDS", "AS")
    ):
        return False
    return before.kind is not Kind.SYMBOL or before.is_symbol(*_CLOSE, "*")
