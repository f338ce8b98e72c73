"""Whatever the tokens are, what we write is DOT, and says what they are."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from graphapi.dot import DotNode, label, quoted, to_dot, visible
from tests.graphs import TOKENS

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([A-Za-z_][A-Za-z_0-9]*|[0-9]+)|(->|[{}\[\];=,])|(\s+)')
"""DOT's lexer: a quoted string, a name or number, an operator, white space."""

texts = st.text(min_size=1) | st.sampled_from(TOKENS)
nodes = st.lists(
    st.builds(
        DotNode,
        id=texts,
        kind=st.sampled_from(("activating", "context", "ignore")),
        tokens=st.lists(texts, max_size=9),
        strength=st.none() | st.floats(-1, 2),
        is_end=st.booleans(),
    ),
    max_size=4,
)


def _lexed(text: str) -> list[str]:
    found, place = [], 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        assert match, f"no DOT at {text[place : place + 20]!r}"
        place = match.end()
        if match[1] is not None:
            found.append("string:" + match[1])
        elif match[2] or match[3]:
            found.append(match[2] or match[3])
    return found


def _meant(literal: str) -> str:
    """What Graphviz draws for a string's content."""
    assert re.fullmatch(r'(?:[^\\]|\\[\\"])*', literal), "an escape that Graphviz interprets"
    assert not re.search(r"&(?!amp;)", literal), "an entity that Graphviz interprets"
    return re.sub(r"\\(.)", r"\1", literal).replace("&amp;", "&")


@given(nodes, st.lists(st.tuples(texts, texts), max_size=4))
def test_any_graph_is_dot(drawn: list[DotNode], edges: list[tuple[str, str]]) -> None:
    tokens = _lexed(to_dot("a/0/1@n2g", drawn, edges))
    assert tokens[:3] == ["digraph", "string:a/0/1@n2g", "{"]
    assert tokens[-1] == "}"
    assert tokens.count("->") == len(edges)
    assert tokens.count("label") == len(drawn)
    labels = [tokens[place + 2] for place, token in enumerate(tokens) if token == "label"]
    expected = [label(node.tokens) for node in drawn]
    assert [_meant(text.removeprefix("string:")) for text in labels] == expected


@given(st.text())
def test_a_quoted_text_is_one_string(text: str) -> None:
    (token,) = _lexed(quoted(text))
    drawn = _meant(token.removeprefix("string:"))
    assert len(drawn) == len(text)
    changed = {a for a, b in zip(text, drawn, strict=True) if a != b}
    assert all(character < " " or character == "\x7f" for character in changed)


def test_white_space_can_be_seen() -> None:
    assert visible(" play") == "␣play"
    assert visible("\n") == "␊"
    assert visible("  ") == "␣␣"
    assert visible("a b") == "a b"


def test_a_label_stays_readable() -> None:
    letters = [" a", *"bcdefghijklmnopqr"]
    assert label([]) == "*"
    assert label(letters[:7]) == "␣a | b | c | d | e | f | g"
    assert label(letters[:8]) == "␣a | b | c | d | e | f | … and 2 more"
    assert label(letters) == "␣a | b | c | d | e | f | … and 12 more"


def test_a_small_graph() -> None:
    play = DotNode("g#0", "activating", [" play"], 1.0, is_end=False)
    the = DotNode("g#1", "context", ["the", '"'], 0.5, is_end=True)
    assert to_dot("g", [play, the], [("g#0", "g#1")]) == (
        'digraph "g" {\n'
        "  rankdir=LR;\n"
        "  node [style=filled];\n"
        '  "g#0" [shape=box, label="␣play", fillcolor="0.000 0.700 1.000", peripheries=1];\n'
        '  "g#1" [shape=ellipse, label="the | \\"", fillcolor="0.600 0.350 1.000", '
        "peripheries=2];\n"
        '  "g#1" -> "g#0";\n'
        "}\n"
    )
