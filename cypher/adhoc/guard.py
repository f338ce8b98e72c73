"""What an ad-hoc statement may be: one that reads, in words that are all on a list.

Cypher has no reserved words, so that a list of forbidden ones would refuse properties and let
what it forgot pass. The guard uses instead that operands and what joins them take turns: a word
behind an operand (a name, a number, a closing bracket) joins it to the next or begins a clause,
and must be one of `words.BETWEEN`; a word in an operand's place is a name, unless it expects an
operand itself; and a name before a parenthesis is a function or a procedure that must be listed.
`CREATE (n)`, `SET n.x = 1`, `LOAD CSV FROM …` or a second statement fit nowhere in that, and
neither does what a later version of an engine may add.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cypher.adhoc.growth import check_sizes
from cypher.adhoc.paths import check_paths
from cypher.adhoc.regexes import check_regexes
from cypher.adhoc.tokens import Kind, Token, tokens, without_comments
from cypher.adhoc.words import (
    BEFORE,
    BETWEEN,
    ENDING,
    FUNCTIONS,
    PROCEDURES,
    STARTS,
    SUBQUERIES,
)
from cypher.errors import StatementRefusedError
from cypher.graph import Value
from cypher.url import Dialect

MAX_CHARACTERS = 20_000
"""The longest statement."""
_KEPT = {Dialect.LADYBUG: {"INDEX"}, Dialect.NEO4J: set[str]()}
"""Names of the graph model's properties that are a dialect's own words."""
MAX_DEPTH = 60
"""The deepest nesting of brackets: engines parse by recursion."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A statement that may run."""

    text: str
    """Without its comments."""
    parameters: Mapping[str, Value]
    """Those that it uses."""


def admit(statement: str, parameters: Mapping[str, Value], dialect: Dialect) -> Admitted:
    """The statement, if it is one that may run.

    Raises StatementRefusedError, which says what is not allowed, where, and what is.
    """
    if len(statement) > MAX_CHARACTERS:
        raise StatementRefusedError(
            f"the statement has {len(statement)} characters; the limit is {MAX_CHARACTERS}. "
            f"Pass long lists and texts as parameters."
        )
    found = tokens(statement)
    while found and found[-1].is_symbol(";"):
        statement = statement[: found.pop().start]
    if not found:
        raise StatementRefusedError("there is no statement; it begins with MATCH, say.")
    _check_nesting(found)
    _check_words(found, dialect)
    used = {token.value for token in found if token.kind is Kind.PARAMETER}
    missing = sorted(used - parameters.keys())
    if missing:
        raise StatementRefusedError(
            f"the statement has the parameter ${missing[0]}, and no value is given for it."
        )
    given = {name: parameters[name] for name in sorted(used)}
    check_paths(found)
    if dialect is Dialect.NEO4J:
        # A Ladybug statement runs in a process with limits of its own. A server evaluates a
        # whole expression before it looks at the clock, and whatever the memory.
        check_regexes(found, given)
        check_sizes(found, given)
    quoted = _with_names_quoted(statement, found, dialect)
    return Admitted(without_comments(quoted).strip(), given)


def _with_names_quoted(statement: str, found: Sequence[Token], dialect: Dialect) -> str:
    """The statement with those properties in backticks that the dialect has another use for."""
    for index in range(len(found) - 1, 0, -1):
        token, before = found[index], found[index - 1]
        behind_dot = before.is_symbol(".")
        is_key = before.is_symbol("{", ",") and _is_symbol(found, index + 1, ":")
        if token.word in _KEPT[dialect] and (behind_dot or is_key):
            end = token.start + len(token.text)
            statement = f"{statement[: token.start]}`{token.text}`{statement[end:]}"
    return statement


def _check_nesting(found: Sequence[Token]) -> None:
    closing = {"(": ")", "[": "]", "{": "}"}
    open_: list[str] = []
    for token in found:
        if token.is_symbol(*closing):
            open_.append(closing[token.value])
            if len(open_) > MAX_DEPTH:
                raise StatementRefusedError(f"brackets are nested deeper than {MAX_DEPTH}.")
        elif token.is_symbol(*closing.values()) and (not open_ or open_.pop() != token.value):
            raise _refused(token, "closes no bracket")
    if open_:
        raise StatementRefusedError(f"the statement ends where a `{open_[-1]}` is expected.")


def _check_words(found: Sequence[Token], dialect: Dialect) -> None:
    _check_start(found, 0, "a statement")
    operand = False  # whether what stands before ends an operand
    for index, token in enumerate(found):
        before = found[index - 1] if index else None
        after = found[index + 1] if index + 1 < len(found) else None
        if token.kind is Kind.SYMBOL:
            if token.is_symbol(";"):
                raise _refused(token, "begins a second statement", "expected one")
            operand = token.is_symbol(")", "]", "}") or _is_everything(token, before)
        elif token.kind is not Kind.WORD:
            if operand:
                raise _refused(token, f"cannot stand behind {_shown(before)}")
            operand = True
            if token.kind is Kind.NAME and after and after.is_symbol("("):
                _check_call(found, index, dialect)
        elif before and (before.is_symbol(".") or before.word == "AS"):
            operand = True
            if after and after.is_symbol("("):
                _check_call(found, index, dialect)
        elif operand:
            operand = _between(found, index, dialect)
        else:
            operand = _in_an_operands_place(found, index, dialect)


def _between(found: Sequence[Token], index: int, dialect: Dialect) -> bool:
    """Check a word behind an operand; true if it ends one itself."""
    token = found[index]
    if token.word not in BETWEEN:
        raise _refused(
            token,
            "is no clause or operator of a read statement",
            "expected MATCH, OPTIONAL MATCH, WHERE, WITH, UNWIND, RETURN, ORDER BY, SKIP, LIMIT, "
            "UNION, or an operator",
        )
    if token.word == "UNION":
        begin = index + 1
        if begin < len(found) and found[begin].word in ("ALL", "DISTINCT"):
            begin += 1
        _check_start(found, begin, "a part of a UNION")
    elif token.word == "CALL":
        _check_procedure(found, index, dialect)
    elif (
        token.word == "IN"
        and found[index - 1].is_symbol("}")
        and _word(found, index + 1)
        in (
            "TRANSACTIONS",
            "CONCURRENT",
        )
    ):
        raise _refused(found[index + 1], "is for writing")
    return token.word in ENDING


def _in_an_operands_place(found: Sequence[Token], index: int, dialect: Dialect) -> bool:
    """Check a word where an operand is expected; true if it is one."""
    token = found[index]
    after = found[index + 1] if index + 1 < len(found) else None
    keyword = token.word in BEFORE and (
        token.word not in STARTS or _begins_a_clause(found, index) or _is_starts_with(found, index)
    )
    if not keyword and after and after.is_symbol("("):
        _check_call(found, index, dialect)
    if token.word in SUBQUERIES and after and after.is_symbol("{"):
        _check_subquery(found, index + 2)
    if not keyword or (after and after.is_symbol(".", ",", ")", "]", "}", ":", "=")):
        return True  # a name, whatever it says
    if token.word == "CALL":
        _check_procedure(found, index, dialect)
    return False


def _begins_a_clause(found: Sequence[Token], index: int) -> bool:
    if index == 0 or found[index - 1].is_symbol("{"):
        return True
    before = found[index - 1].word
    if before in ("ALL", "DISTINCT"):
        return _word(found, index - 2) == "UNION"
    return before in ("UNION", "OPTIONAL")


def _is_starts_with(found: Sequence[Token], index: int) -> bool:
    return found[index].word == "WITH" and _word(found, index - 1) in ("STARTS", "ENDS")


def _check_call(found: Sequence[Token], index: int, dialect: Dialect) -> None:
    """Check the function whose name ends at `index`, before a parenthesis."""
    name, begin = _dotted(found, index)
    if begin and found[begin - 1].word == "CALL":
        return  # a procedure, which is checked there
    if name.lower() not in FUNCTIONS[dialect]:
        raise _refused(
            found[begin],
            f"`{name}` is no function that may be called",
            "docs/security.md lists those that may",
        )


def _check_procedure(found: Sequence[Token], index: int, dialect: Dialect) -> None:
    """Check what stands behind CALL: a subquery, or a procedure that may be called."""
    after = index + 1
    if after < len(found) and found[after].is_symbol("("):  # CALL (n) { … }
        while after < len(found) and not found[after].is_symbol(")"):
            after += 1
        after += 1
    if after < len(found) and found[after].is_symbol("{"):
        _check_start(found, after + 1, "a subquery")
        return
    names: list[str] = []
    while after < len(found) and (found[after].kind in (Kind.WORD, Kind.NAME)):
        names.append(found[after].value)
        after += 1
        if after < len(found) and found[after].is_symbol("."):
            after += 1
        else:
            break
    name = ".".join(names)
    if name.lower() not in PROCEDURES[dialect]:
        allowed = ", ".join(sorted(PROCEDURES[dialect]))
        raise _refused(
            found[index], f"`{name}` is no procedure that may be called", f"these may: {allowed}"
        )


def _check_subquery(found: Sequence[Token], begin: int) -> None:
    """Check what a subquery in braces begins with: a clause, or a pattern."""
    first = found[begin] if begin < len(found) else None
    second = found[begin + 1] if begin + 1 < len(found) else None
    if first and (first.is_symbol("(") or (second and second.is_symbol("="))):
        return
    _check_start(found, begin, "a subquery")


def _check_start(found: Sequence[Token], index: int, what: str) -> None:
    if index >= len(found):
        raise StatementRefusedError(f"{what} is missing at the end.")
    if found[index].word not in STARTS:
        raise _refused(
            found[index],
            f"does not begin {what} that reads",
            "expected MATCH, OPTIONAL MATCH, WITH, UNWIND, RETURN or CALL",
        )


def _dotted(found: Sequence[Token], index: int) -> tuple[str, int]:
    """The name that ends at `index`, with what stands before its dots; where it begins."""
    parts = [found[index].value]
    while (
        index >= 2
        and found[index - 1].is_symbol(".")
        and found[index - 2].kind
        in (
            Kind.WORD,
            Kind.NAME,
        )
    ):
        index -= 2
        parts.insert(0, found[index].value)
    return ".".join(parts), index


def _is_everything(token: Token, before: Token | None) -> bool:
    """True for the `*` of `RETURN *`, `WITH *` and `count(*)`, which is an operand."""
    return (
        token.is_symbol("*")
        and before is not None
        and (before.word in ("RETURN", "WITH", "DISTINCT", "YIELD") or before.is_symbol("("))
    )


def _is_symbol(found: Sequence[Token], index: int, symbol: str) -> bool:
    return index < len(found) and found[index].is_symbol(symbol)


def _word(found: Sequence[Token], index: int) -> str:
    return found[index].word if 0 <= index < len(found) else ""


def _shown(token: Token | None) -> str:
    return f"`{token.text}`" if token else "nothing"


def _refused(token: Token, why: str, instead: str = "") -> StatementRefusedError:
    told = f"; {instead}" if instead else ""
    shown = "" if why.startswith("`") else f"`{token.text[:40]}` "
    return StatementRefusedError(f"{shown}{why} (at character {token.start + 1}){told}.")
