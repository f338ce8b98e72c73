"""JSON as it may be written: odd spaces, escapes, numbers and lists, and fields that stand twice."""

from __future__ import annotations

from hypothesis import strategies as st

_SHORT = {'"': '\\"', "\\": "\\\\", "/": "\\/", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r",
          "\t": "\\t"}  # fmt: skip
_ODD = ["", "\x00", "\x1f", " ", "\x7f", "\x80", "]", ",", '"', "\\", "é", "\u2028", "\ufeff", "\uffff", "𝄞"]  # fmt: skip
_spaces = st.sampled_from(["", "", "", " ", "\n", "\t\r\n  "])


def escaped(letter: str, upper: bool = False) -> str:
    r"""A letter as `\uXXXX`, or as two of them."""
    units = letter.encode("utf-16-be").hex()
    if upper:
        units = units.upper()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def _ways(letter: str) -> list[str]:
    found = [escaped(letter), escaped(letter, upper=True)]
    if letter in _SHORT:
        found.append(_SHORT[letter])
    return found if letter in '"\\' or letter < " " else [letter, letter, *found]


_letters = (st.sampled_from(_ODD[1:]) | st.characters(exclude_categories=["Cs"])).flatmap(
    lambda letter: st.sampled_from(_ways(letter))
)
texts = st.lists(_letters, max_size=4).map(lambda letters: f'"{"".join(letters)}"')
"""A text, between its quotes."""

numbers = st.sampled_from(
    [
        "0", "1", "-1", "1.0", "-0.0", "-0e0", "0e-0", "1E5", "1e+2", "1e22", "5e-324", "1e-400", "-1e-400",
        "2.2250738585072014e-308", "1.7976931348623157e308", "0.1000000000000000055511151231257827021181583404541015625",
        "9007199254740991", "9007199254740992", "-9007199254740993", "9223372036854774784.0",
        "9223372036854775807", "-9223372036854775808", "123456789012345680.0", "9007199254740993.0",
    ]
) | st.from_regex(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?", fullmatch=True)  # fmt: skip
"""A number, of any size, with any digits."""
small_numbers = st.sampled_from(["0", "1", "-7", "0.5", "-0.0", "1E5", "2e-3", "9007199254740991"])
"""One that is a float without loss."""


@st.composite
def _list(draw: st.DrawFn, items: st.SearchStrategy[list[str]]) -> str:
    return f"[{draw(_spaces)}{f'{draw(_spaces)},{draw(_spaces)}'.join(draw(items))}{draw(_spaces)}]"


@st.composite
def _object(draw: st.DrawFn, fields: st.SearchStrategy[list[tuple[str, str]]]) -> str:
    colon, comma = (f"{draw(_spaces)}{mark}{draw(_spaces)}" for mark in ":,")
    written = comma.join(f"{name}{colon}{value}" for name, value in draw(fields))
    return f"{{{draw(_spaces)}{written}{draw(_spaces)}}}"


def lists(
    items: st.SearchStrategy[str], *, least: int = 0, most: int = 4
) -> st.SearchStrategy[str]:
    """A list of some items."""
    return _list(st.lists(items, min_size=least, max_size=most))


def objects(*fields: tuple[str, st.SearchStrategy[str]]) -> st.SearchStrategy[str]:
    """An object with these fields, in any order."""
    named = st.tuples(*(st.tuples(st.just(f'"{name}"'), value) for name, value in fields))
    return _object(named.flatmap(st.permutations))


def _containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    alike = st.lists(texts, max_size=3) | st.lists(numbers, max_size=3)
    mixed = st.tuples(alike, st.lists(inner | texts | numbers, max_size=3)).map(
        lambda parts: [*parts[0], *parts[1]]
    )
    names = st.sampled_from(['"a"', '"\\u0061"', '"b"', '""']) | texts
    return _list(alike) | _list(mixed) | _object(st.lists(st.tuples(names, inner), max_size=4))


values = st.recursive(
    texts | numbers | st.sampled_from(["null", "true", "false"]), _containers, max_leaves=8
)
"""Any value."""
documents = st.tuples(_spaces, values, _spaces).map(lambda parts: "".join(parts).encode())
"""A document, in UTF-8."""
