"""A statement is sent with its optional conditions as they are with the parameters that it has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypher.optional_parts import settled


@pytest.mark.parametrize(
    ("text", "parameters", "sent", "used"),
    [
        ("WHERE ($a = '' OR n.id = $a)", {"a": ""}, "WHERE true", {}),
        ("WHERE ($a = '' OR n.id = $a)", {"a": "x"}, "WHERE (n.id = $a)", {"a": "x"}),
        (
            "WHERE ($a = '' OR f(n.id, ')') = g($a)) AND n.k > $k",
            {"a": "", "k": 1}, "WHERE true AND n.k > $k", {"k": 1},
        ),
        (
            "WHERE ($a = '' OR f(n.id, ')') = g($a)) AND n.k > $k",
            {"a": "x", "k": 1}, "WHERE (f(n.id, ')') = g($a)) AND n.k > $k", {"a": "x", "k": 1},
        ),
        (
            "WHERE ($a = '' OR n.a = $a) AND ($b = '' OR n.b = $b) RETURN $a AS a",
            {"a": "", "b": "y"}, "WHERE true AND (n.b = $b) RETURN $a AS a", {"a": "", "b": "y"},
        ),
        ("WHERE ($ab = '' OR n.b = $ab) AND n.a = $a", {"a": "", "ab": ""},
         "WHERE true AND n.a = $a", {"a": ""}),
        ("RETURN 1 AS one", {"a": ""}, "RETURN 1 AS one", {"a": ""}),
    ],
)  # fmt: skip
def test_conditions_are_settled(
    text: str, parameters: dict[str, object], sent: str, used: dict[str, object]
) -> None:
    assert settled(text, parameters) == (sent, used)


@st.composite
def _expressions(draw: st.DrawFn, depth: int = 3) -> str:
    kind = draw(st.integers(0, 4 if depth else 1))
    if kind == 0:
        return draw(st.sampled_from(["n.id = $x", "'(' = $y", "' \\' )' <> $y", "true"]))
    if kind == 1:
        return f"n.k > {draw(st.integers(0, 9))}"
    inner = draw(_expressions(depth - 1))
    if kind == 2:
        return f"({inner} AND {draw(_expressions(depth - 1))})"
    return f"f({inner})" if kind == 3 else f"NOT ({inner})"


@given(_expressions(), _expressions(), st.sampled_from(["", "text"]))
def test_whatever_stands_in_the_brackets(inner: str, behind: str, value: str) -> None:
    sent, used = settled(f"WHERE ($z = '' OR {inner}) AND {behind}", {"x": 1, "y": "y", "z": value})
    assert sent == (f"WHERE ({inner}) AND {behind}" if value else f"WHERE true AND {behind}")
    assert used == {"x": 1, "y": "y", "z": value} if value else {"x": 1, "y": "y"}
