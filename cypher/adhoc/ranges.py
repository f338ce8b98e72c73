"""How large a whole number can be, from the expression for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cypher.adhoc.spans import arguments, enclosing, items
from cypher.adhoc.tokens import Kind, Token
from cypher.graph import Value

STORED = 10_000.0
"""What a property, a count or a size is taken to be at most, where `range` is asked for it."""

_COUNTS = {"SIZE", "LENGTH", "COUNT", "CHAR_LENGTH", "CHARACTER_LENGTH"}
_SAME = {
    "TOINTEGER",
    "TOINTEGERORNULL",
    "FLOOR",
    "CEIL",
    "ROUND",
    "ABS",
    "SQRT",
    "MAX",
    "MIN",
    "AVG",
    "COALESCE",
    "HEAD",
    "LAST",
}
_LARGE = {"N_TOKENS", "DOCUMENT"}
"""Properties that count a corpus."""
_MAX_DEPTH = 12
_MAX_STEPS = 2000
"""Expressions that are read for one statement: names are followed to what they stand for, and
names that stand for one another could be followed for ever."""


class Names:
    """What the names of a statement stand for: what its WITHs, UNWINDs and RETURNs make."""

    def __init__(self, statement: Sequence[Token]) -> None:
        self.made: dict[str, list[Sequence[Token]]] = {}
        for item in items(statement):
            if item.name is not None and not _is_name(item.tokens, item.name):
                self.made.setdefault(item.name, []).append(item.tokens)
        self.steps_left = _MAX_STEPS


def bound(
    expression: Sequence[Token], names: Names, parameters: Mapping[str, Value]
) -> float | None:
    """An upper end of the expression's size, whatever its sign; None if none can be told."""
    return _Reader(expression, names, parameters, _MAX_DEPTH).read()


class _Reader:
    """Reads sums of products of operands."""

    def __init__(
        self,
        expression: Sequence[Token],
        names: Names,
        parameters: Mapping[str, Value],
        depth: int,
    ) -> None:
        self._tokens = expression
        self._names = names
        self._parameters = parameters
        self._depth = depth
        self._at = 0

    def read(self) -> float | None:
        total = self._sum()
        return total if self._at == len(self._tokens) else None

    def _sum(self) -> float | None:
        total = self._product()
        while self._next("+", "-"):
            term = self._product()
            total = None if total is None or term is None else total + term
        return total

    def _product(self) -> float | None:
        total = self._operand()
        while self._at < len(self._tokens) and self._tokens[self._at].is_symbol("*", "/", "%"):
            sign = self._tokens[self._at].value
            self._at += 1
            literal = (
                self._tokens[self._at].kind is Kind.NUMBER
                if self._at < len(self._tokens)
                else False
            )
            factor = self._operand()
            if total is None or factor is None:
                total = None
            elif sign == "*":
                total *= factor
            elif not literal or factor < 1:  # a divisor may be small
                total = None
        return total

    def _operand(self) -> float | None:  # noqa: PLR0911  one for each kind
        while self._next("-", "+"):
            pass
        if self._at >= len(self._tokens):
            return None
        token = self._tokens[self._at]
        if token.is_symbol("("):
            span = enclosing(self._tokens, self._at)
            self._at = span.end + 1
            return self._of(self._tokens[span.begin : span.end])
        self._at += 1
        if token.kind is Kind.NUMBER:
            return _number(token.text)
        if token.kind is Kind.PARAMETER:
            return _largest(self._parameters[token.value])
        if token.kind not in (Kind.WORD, Kind.NAME):
            return None
        if self._peek("("):
            return self._call(token.value.upper())
        if self._next("."):
            name = self._tokens[self._at].value.upper() if self._at < len(self._tokens) else ""
            self._at += 1
            plain = name and name not in _LARGE and token.value not in self._names.made
            return STORED if plain else None
        return self._named(token.value)

    def _call(self, name: str) -> float | None:
        given = arguments(self._tokens, self._at)
        self._at = enclosing(self._tokens, self._at).end + 1
        if name in _COUNTS:
            first = given[0] if given else []
            if len(first) == 1 and first[0].kind is Kind.PARAMETER:
                value = self._parameters[first[0].value]
                return float(len(value)) if isinstance(value, list | str) else STORED
            return STORED
        if name in _SAME:
            ends = [self._of(argument) for argument in given]
            return None if None in ends else max((e for e in ends if e is not None), default=None)
        return None

    def _named(self, name: str) -> float | None:
        """What a variable may be: as large as the largest that it is given."""
        made = self._names.made.get(name)
        if not made:
            return None
        ends = [self._listed(tokens) for tokens in made]
        return None if None in ends else max(end for end in ends if end is not None)

    def _listed(self, tokens: Sequence[Token]) -> float | None:
        """The bound of a number, or of the numbers of a list or range that is unwound."""
        if tokens and tokens[0].is_symbol("["):
            span = enclosing(tokens, 0)
            ends = [self._of(part) for part in arguments(tokens, 0)]
            whole = span.end + 1 == len(tokens)
            return (
                max((e for e in ends if e is not None), default=0.0)
                if whole and None not in ends
                else None
            )
        if tokens and tokens[0].word == "RANGE":
            ends = [self._of(part) for part in arguments(tokens, 1)[:2]]
            return None if None in ends else sum(e for e in ends if e is not None)
        return self._of(tokens)

    def _of(self, tokens: Sequence[Token]) -> float | None:
        self._names.steps_left -= 1
        if self._names.steps_left <= 0 or self._depth <= 0:
            return None
        return _Reader(tokens, self._names, self._parameters, self._depth - 1).read()

    def _peek(self, symbol: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at].is_symbol(symbol)

    def _next(self, *symbols: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at].is_symbol(*symbols):
            self._at += 1
            return True
        return False


def _is_name(tokens: Sequence[Token], name: str) -> bool:
    """True for `x AS x`, which says nothing of x."""
    return len(tokens) == 1 and tokens[0].kind in (Kind.WORD, Kind.NAME) and tokens[0].value == name


def _number(text: str) -> float | None:
    plain = text.replace("_", "")
    try:
        return (
            float(int(plain, 0))
            if plain[:1] == "0" and len(plain) > 1 and "." not in plain
            else float(plain)
        )
    except ValueError:
        return None


def _largest(value: Value) -> float | None:
    if isinstance(value, bool) or value is None:
        return 0.0
    if isinstance(value, int | float):
        return abs(float(value))
    if isinstance(value, list):
        ends = [_largest(item) for item in value]
        return None if None in ends else max((e for e in ends if e is not None), default=0.0)
    return None
