"""How often an operation selects the same thing at one place."""

from __future__ import annotations

import pytest
from graphql import parse

from graphapi.repeats import most_repeated


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("{ a b c }", 1),
        ("{ a a b }", 2),
        ("{ a: b a: c }", 2),
        ("{ a { x } b { x } }", 1),
        ("{ a { x y } a { x y y } }", 3),
        ("query one { a a } query two { a a a }", 3),
        ("{ ...f ...f a } fragment f on Query { a a }", 3),
        ("{ a { ...f } b { ...f x } } fragment f on A { x }", 2),
        ("fragment unused on A { x x x } { a }", 1),
        ("{ ...gone a }", 1),
    ],
)
def test_fields_are_counted_where_they_stand(text: str, most: int) -> None:
    assert most_repeated(parse(text), enough=100) == most


def test_counting_ends_at_more_than_enough() -> None:
    assert most_repeated(parse("{ " + "a " * 50 + "}"), enough=10) > 10


def test_fragments_that_lead_to_themselves_come_to_an_end() -> None:
    text = "{ ...f } fragment f on A { a { ...f } b { ...f } c { ...g } } fragment g on A { a a { ...f } }"
    assert most_repeated(parse(text), enough=100) == 2


def test_fragments_that_double_come_to_an_end() -> None:
    steps = [f"fragment f{n} on A {{ a {{ ...f{n + 1} }} b {{ ...f{n + 1} }} }}" for n in range(60)]
    text = "{ ...f0 } " + " ".join(steps) + " fragment f60 on A { x }"
    assert most_repeated(parse(text), enough=100) == 1
