r"""A statement as tokens, read the same way whichever engine reads it afterwards.

Where Cypher's dialects read a character differently, the statement is refused: a backslash
outside a text (Neo4j decodes `\u0041` anywhere, before it reads anything), and an escape within
a text or a name that stands for a quote or a backslash. Comments become blanks, for dialects differ in
where one ends: an engine never sees them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from cypher.errors import StatementRefusedError


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    """A keyword or a name; Cypher's keywords are not reserved."""
    NAME = "quoted name"
    """A name between backticks."""
    TEXT = "text"
    NUMBER = "number"
    PARAMETER = "parameter"
    SYMBOL = "symbol"


@dataclass(frozen=True, slots=True)
class Token:
    """One token."""

    kind: Kind
    text: str
    """As it is written."""
    value: str
    """A word, name, parameter or text without its quotes; a symbol as it is."""
    start: int
    """Index of its first character in the statement, from 0."""

    @property
    def word(self) -> str:
        """In capitals if it is an unquoted word, else empty."""
        return self.value.upper() if self.kind is Kind.WORD else ""

    def is_symbol(self, *symbols: str) -> bool:
        """True if it is one of these symbols."""
        return self.kind is Kind.SYMBOL and self.value in symbols


_TOKEN = re.compile(
    r"""
    (?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<blank>\s+)
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<name>`(?:[^`]|``)*`)
    |(?P<parameter>\$(?:\w+|`(?:[^`]|``)*`))
    |(?P<number>0[xX][0-9a-fA-F_]+|0o[0-7_]+
        |\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?|(?<![\w.`)\]])\.\d+(?:[eE][+-]?\d+)?)
    |(?P<word>[^\W\d]\w*)
    |(?P<symbol>\.\.|<>|<=|>=|=~|\|\||[-+*/%^=<>(){}\[\],.:;|&!?])
    """,
    re.VERBOSE | re.DOTALL,
)
_UNICODE = re.compile(r"\\(?:u+([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_HIDDEN = "'\"`\\\n\r"
"""What no escape may stand for: it would end a text where escapes are decoded first."""


def tokens(statement: str) -> list[Token]:
    """The tokens of a statement. Raises StatementRefusedError where there is none."""
    found = []
    position = 0
    while position < len(statement):
        match = _TOKEN.match(statement, position)
        if match is None or (match.lastgroup == "symbol" and statement.startswith("/*", position)):
            raise StatementRefusedError(_why(statement, position))
        kind = str(match.lastgroup)
        if kind not in ("comment", "blank"):
            found.append(_token(Kind[kind.upper()], match[0], position))
        position = match.end()
    return found


def without_comments(statement: str) -> str:
    """The statement with a blank in the place of each comment and of each blank but a newline."""

    def blank(match: re.Match[str]) -> str:
        if match.lastgroup == "comment":
            return " "
        if match.lastgroup == "blank":
            return "".join("\n" if character == "\n" else " " for character in match[0])
        return match[0]

    return _TOKEN.sub(blank, statement)


def _token(kind: Kind, text: str, position: int) -> Token:
    value = text
    if kind in (Kind.TEXT, Kind.NAME):
        value = text[1:-1]
        for match in _UNICODE.finditer(value):
            if chr(int(match[1] or match[2], 16)) in _HIDDEN:
                raise StatementRefusedError(
                    f"the escape {match[0]} at character {position + match.start() + 2} stands for a quote, "
                    f"a backslash or the end of a line; write the character itself, or pass the text "
                    f"as a parameter."
                )
        if kind is Kind.NAME:
            if "\\" in value:
                raise StatementRefusedError(
                    f"the name {text} at character {position + 1} holds a backslash; "
                    f"no name of the graph model does."
                )
            value = value.replace("``", "`")
    elif kind is Kind.PARAMETER:
        value = text[1:].strip("`")
    return Token(kind, text, value, position)


def _why(statement: str, position: int) -> str:
    character = statement[position]
    where = f"at character {position + 1}"
    if character in "'\"":
        return f"the text that begins {where} does not end."
    if character == "`":
        return f"the name that begins {where} does not end."
    if statement.startswith("/*", position):
        return f"the comment that begins {where} does not end."
    if character == "\\":
        return (
            f"a backslash stands outside a text, {where}: escapes such as \\u0041 are taken within "
            f"texts only."
        )
    if character == "$":
        return f"a `$` without a name stands {where}; a parameter is $name, and no expression."
    return f"the character {character!r} {where} is no part of Cypher."
