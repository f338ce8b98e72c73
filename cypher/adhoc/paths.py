"""Paths of variable length have an upper end."""

from __future__ import annotations

from collections.abc import Sequence

from cypher.adhoc.tokens import Kind, Token
from cypher.errors import StatementRefusedError

MAX_HOPS = 30
"""The longest path, in relationships: no embedded graph goes farther."""

_NO_PATTERN = {"WHERE", "WITH", "UNWIND", "RETURN", "ORDER", "SKIP", "LIMIT", "UNION", "YIELD"}


def check_paths(found: Sequence[Token]) -> None:
    """Raise StatementRefusedError if a path has no upper end, or one above `MAX_HOPS`."""
    in_pattern = False
    for index, token in enumerate(found):
        before = found[index - 1] if index else None
        if token.word == "MATCH" and not (before and before.is_symbol(".", ":")):
            in_pattern = True
        elif token.word in _NO_PATTERN:
            in_pattern = False
        elif before and token.is_symbol("[") and before.is_symbol("-"):
            _check_star(found, index)
        elif in_pattern and before and before.is_symbol(")", ">", "-"):
            if token.is_symbol("{"):
                _check_quantifier(found, index)
            elif token.is_symbol("+", "*"):
                raise _unbounded(token)


def _check_star(found: Sequence[Token], begin: int) -> None:
    """Check `*` within a relationship's brackets."""
    index = begin + 1
    while not found[index].is_symbol("*", "]", "{"):
        index += 1
    if not found[index].is_symbol("*"):
        return
    star = found[index]
    index += 1
    while found[index].kind is Kind.WORD or found[index].is_symbol("("):
        # SHORTEST, ALL SHORTEST, TRAIL …, WSHORTEST(weight)
        if found[index].is_symbol("("):
            while not found[index].is_symbol(")"):
                index += 1
        index += 1
    upper, dots = "", False
    while found[index].kind is Kind.NUMBER or found[index].is_symbol(".."):
        dots = dots or found[index].is_symbol("..")
        upper = "" if found[index].is_symbol("..") else found[index].text
        index += 1
    if not upper:
        raise _unbounded(star)
    _check_upper(star, upper)


def _check_quantifier(found: Sequence[Token], begin: int) -> None:
    """Check `{m,n}` behind a part of a path."""
    inside: list[Token] = []
    index = begin + 1
    while not found[index].is_symbol("}"):
        inside.append(found[index])
        index += 1
    if any(token.kind is not Kind.NUMBER and not token.is_symbol(",") for token in inside):
        return  # a subquery or a map; its contents are looked at for themselves
    if not inside or inside[-1].is_symbol(","):
        raise _unbounded(found[begin])
    _check_upper(found[begin], inside[-1].text)


def _check_upper(token: Token, upper: str) -> None:
    if not upper.isdigit() or int(upper) > MAX_HOPS:
        raise StatementRefusedError(
            f"the path at character {token.start + 1} may have {upper} relationships; "
            f"the limit is {MAX_HOPS}."
        )


def _unbounded(token: Token) -> StatementRefusedError:
    return StatementRefusedError(
        f"the path at character {token.start + 1} has no upper end; write one, such as *1..3 or "
        f"{{1,3}}, of at most {MAX_HOPS}."
    )
