"""Regular expressions of clients: what is allowed means what Python's `re` means by it."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from cypher.catalogue import catalogue
from graphapi.errors import UserError
from graphapi.regular import safe_pattern
from graphapi.settings import Settings
from graphapi.table_parameters import parameters_from

PART = st.sampled_from(
    ["a", ".", " ", "[a-c]", "[^a]", r"\d", r"\s", r"\.", "a?", "b{2}", "(a|b)", "(ab)?", "日"]
)
PATTERN = st.lists(PART, max_size=6).map("".join)


@given(pattern=PATTERN, text=st.text("ab c1.日\n", max_size=8))
def test_it_means_what_it_meant(pattern: str, text: str) -> None:
    made = re.fullmatch(safe_pattern(pattern), text, re.ASCII)
    assert bool(made) == bool(re.fullmatch(pattern, text, re.ASCII | re.DOTALL))


@given(st.text(max_size=30))
def test_any_other_is_refused_and_nothing_else_happens(pattern: str) -> None:
    with contextlib.suppress(UserError):
        re.compile(safe_pattern(pattern))


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(a*)*", "repeats a group at 4"),
        ("(a|aa)+", "repeats a group at 6"),
        ("(a+){10}", "repeats a group at 4"),
        ("a*a*a*a*b", "has 4 parts that repeat; the limit is 3"),
        ("a{1000}", "counts {1000}; the largest count is 20"),
        ("a{3,2}", "counts {3,2}"),
        (r"(a)\1", "which is not allowed"),
        ("(?=a)", "which is not allowed"),
        ("(?i)a", "which is not allowed"),
        ("a++", "repeats nothing at 2"),
        ("*", "repeats nothing at 0"),
        ("(a", "opens a group that is not closed"),
        ("a)", "closes a group at 1 that none opened"),
        ("[a&&b]", "which is not allowed"),
        ("[z-a]", "is no regular expression"),
        (r"\bplay", "which is not allowed"),
        ("a" * 101, "has 101 characters; the limit is 100"),
    ],
)
def test_what_could_run_away_or_differs_is_refused(pattern: str, why: str) -> None:
    with pytest.raises(UserError, match=re.escape(why)):
        safe_pattern(pattern)


def test_a_table_takes_what_graphql_takes() -> None:
    statement = catalogue()["count_tokens_like"]

    def given(pattern: str) -> QueryParams:
        return QueryParams({"prefix": "", "contains": "", "pattern": pattern})

    asked = parameters_from(given("a.*"), statement, Settings())
    assert asked["pattern"] == safe_pattern("a.*")
    with pytest.raises(UserError, match="repeats a group"):
        parameters_from(given("(a+)+"), statement, Settings())
