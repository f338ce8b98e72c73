"""Expressions that make much of little: what a server would compute for ever, or until it is full.

Neo4j looks at the clock between rows, and counts the memory of rows. One expression goes on
whatever the time: `reduce(s = 0, x IN range(1, 1000000000) | s + x)` for minutes, and text that
is doubled thirty times takes the heap. So three things are bounded before a statement runs, from
its text and parameters alone:

* what `range` spans, as far as it can be told: numbers and parameters, what is counted or stored
  in the graph, and their sums and products;
* how often an expression within comprehensions and `reduce`s is evaluated for one row;
* how often a value stands in what is made of it, through WITH after WITH: `s + s` twice in once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

from cypher.adhoc.ranges import Names, bound
from cypher.adhoc.spans import Span, arguments, enclosing, items
from cypher.adhoc.tokens import Kind, Token
from cypher.errors import StatementRefusedError
from cypher.graph import Value

MAX_RANGE = 1_000_000
"""The longest `range`."""
MAX_EVALUATIONS = 10_000_000
"""Times that one expression may be evaluated for one row: a second or so."""
MAX_REDUCED = 10_000
"""Elements that `reduce` may go through where it adds up: a text that grows is copied each time."""
MAX_COPIES = 10_000
"""Times that one value may stand in another."""
LIST_LENGTH = 1_000
"""What a list is taken to have of whose length nothing is known."""

MAX_LOOPS = 50
"""Comprehensions and ranges of one statement."""

_ITERATORS = {"REDUCE", "ALL", "ANY", "NONE", "SINGLE"}
_JOINS = ("+", "||", "[", "{")


def check_sizes(found: Sequence[Token], parameters: Mapping[str, Value]) -> None:
    """Raise StatementRefusedError if an expression could grow out of bounds."""
    lengths = _Lengths(found, parameters, Names(found))
    _check_ranges(lengths)
    _check_evaluations(lengths)
    _check_reduces(lengths)
    _check_copies(found)
    _check_replaces(found)


@dataclass(frozen=True, slots=True)
class _Lengths:
    """How long the lists of a statement are."""

    found: Sequence[Token]
    parameters: Mapping[str, Value]
    names: Names

    def of_range(self, index: int) -> float | None:
        """Of the `range` whose name stands at `index`; None if it cannot be told."""
        given = arguments(self.found, index + 1)[:2]
        ends = [bound(argument, self.names, self.parameters) for argument in given]
        return None if None in ends else sum(end for end in ends if end is not None)

    def of_list(self, span: Span) -> float:
        """Of the list that a comprehension goes through, at most or as is likely."""
        index = span.begin
        while index < span.end and self.found[index].word != "IN":
            index += 1
        if index + 1 >= span.end:
            return LIST_LENGTH
        first = self.found[index + 1]
        if first.word == "RANGE":
            return self.of_range(index + 1) or LIST_LENGTH
        if first.kind is Kind.PARAMETER:
            given = self.parameters[first.value]
            return len(given) if isinstance(given, list) else LIST_LENGTH
        return LIST_LENGTH


def _check_ranges(lengths: _Lengths) -> None:
    found = lengths.found
    ranges = _calls(found, "RANGE")
    if len(ranges) > MAX_LOOPS:
        raise StatementRefusedError(
            f"the statement has {len(ranges)} ranges; the limit is {MAX_LOOPS}."
        )
    for index in ranges:
        length = lengths.of_range(index)
        if length is None or length > MAX_RANGE:
            size = "that cannot be told" if length is None else f"of up to {length:,.0f}"
            raise StatementRefusedError(
                f"the `range` at character {found[index].start + 1} has a length {size}; the limit "
                f"is {MAX_RANGE:,}. Its ends may be numbers, parameters, size(…), properties, and "
                f"their sums."
            )


def _check_evaluations(lengths: _Lengths) -> None:
    found = lengths.found
    spans = [*_comprehensions(found), *_iterations(found)]
    if len(spans) > MAX_LOOPS:
        raise StatementRefusedError(
            f"the statement has {len(spans)} comprehensions; the limit is {MAX_LOOPS}."
        )
    loops = [(span, lengths.of_list(span)) for span in spans]
    for span, _ in loops:
        around = [length for outer, length in loops if outer.begin <= span.begin < outer.end]
        if prod(around) > MAX_EVALUATIONS:
            raise StatementRefusedError(
                f"the expression at character {found[span.begin].start + 1} may be evaluated "
                f"{prod(around):,.0f} times for one row; the limit is {MAX_EVALUATIONS:,}. UNWIND "
                f"the lists instead of nesting them."
            )


def _check_reduces(lengths: _Lengths) -> None:
    found = lengths.found
    for index in _calls(found, "REDUCE"):
        span = enclosing(found, index + 1)
        inside = found[span.begin : span.end]
        bar = next((n for n, token in enumerate(inside) if token.is_symbol("|")), None)
        if bar is None or not inside or inside[0].kind not in (Kind.WORD, Kind.NAME):
            raise StatementRefusedError(
                f"the `reduce` at character {found[index].start + 1} is malformed; expected "
                f"reduce(sum = 0, x IN list | sum + x)."
            )
        body = inside[bar + 1 :]
        if not any(token.is_symbol(*_JOINS) for token in body):
            continue
        uses = sum(
            token.kind in (Kind.WORD, Kind.NAME) and token.value == inside[0].value
            for token in body
        )
        if uses > 1:
            raise StatementRefusedError(
                f"the `reduce` at character {found[index].start + 1} adds {inside[0].text} to "
                f"itself: what it makes could double with each element. Use {inside[0].text} once."
            )
        length = lengths.of_list(span)
        if length > MAX_REDUCED:
            raise StatementRefusedError(
                f"the `reduce` at character {found[index].start + 1} adds up {length:,.0f} "
                f"elements; the limit is {MAX_REDUCED:,}. UNWIND the list, and use sum or collect."
            )


def _check_copies(found: Sequence[Token]) -> None:
    copies: dict[str, int] = {}
    for item in items(found):
        names = [
            copies.get(token.value, 1)
            for index, token in enumerate(item.tokens)
            if token.kind in (Kind.WORD, Kind.NAME)
            and not (index and item.tokens[index - 1].is_symbol(".", ":"))
        ]
        joins = any(token.is_symbol(*_JOINS) for token in item.tokens)
        made = (sum(names) if joins else max(names, default=1)) or 1
        if made > MAX_COPIES:
            raise StatementRefusedError(
                f"the value at character {item.tokens[0].start + 1} may hold another {made:,} "
                f"times; the limit is {MAX_COPIES:,}. Values that are added to themselves grow too fast."
            )
        if item.name is not None:
            copies[item.name] = max(made, copies.get(item.name, 1))


def _check_replaces(found: Sequence[Token]) -> None:
    for index in _calls(found, "REPLACE"):
        given = arguments(found, index + 1)
        last = given[-1] if given else []
        if len(last) != 1 or last[0].kind not in (Kind.TEXT, Kind.PARAMETER):
            raise StatementRefusedError(
                f"the `replace` at character {found[index].start + 1} puts in what is computed; its "
                f"third argument must be a text or a parameter."
            )


def _calls(found: Sequence[Token], *names: str) -> list[int]:
    return [
        index
        for index, token in enumerate(found[:-1])
        if token.value.upper() in names
        and token.kind in (Kind.WORD, Kind.NAME)
        and found[index + 1].is_symbol("(")
    ]


def _comprehensions(found: Sequence[Token]) -> list[Span]:
    """List comprehensions: `[x IN list WHERE … | …]`."""
    return [
        enclosing(found, index)
        for index, token in enumerate(found[:-2])
        if token.is_symbol("[") and found[index + 2].word == "IN"
    ]


def _iterations(found: Sequence[Token]) -> list[Span]:
    return [
        enclosing(found, index + 1)
        for index in _calls(found, *_ITERATORS)
        if any(token.word == "IN" for token in found[index : index + 12])
    ]
