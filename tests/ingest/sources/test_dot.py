"""DOT: what is written as usual, and is read at once, says the same as when it is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import SourceError
from ingest.sources.dot import DotGraph, read_dot

NAMES = st.sampled_from(
    ["a", "b1", "graph", "node", "subgraph", "-1.5", "/x", '""', '"a b"', '"graph"',
     r'"\"]"', r'"\\"', '"//"', '"{"', "é", "a/b", ".5"]
)  # fmt: skip
ATTRIBUTES = st.lists(
    st.one_of(
        st.tuples(NAMES, st.just("="), NAMES).map(list),
        st.sampled_from([[","], [";"], ["="], ["a"], ["["], ["<"]]),
    ),
    max_size=3,
).map(lambda parts: ["[", *(lexeme for part in parts for lexeme in part), "]"])
STATEMENTS = st.one_of(
    st.tuples(NAMES.map(lambda name: [name]), ATTRIBUTES).map(lambda parts: [*parts[0], *parts[1]]),
    st.tuples(NAMES, st.sampled_from(["->", "--"]), NAMES, ATTRIBUTES | st.just([])).map(
        lambda parts: [*parts[:3], *parts[3]]
    ),
    st.lists(NAMES, min_size=2, max_size=4).map(
        lambda names: [lexeme for name in names for lexeme in ("->", name)][1:]
    ),
    st.sampled_from([["subgraph", "c1", "{"], ["}"], ["{"], ["a", "=", "b"], ["->"], ["]"], []]),
)
TEXTS = st.lists(st.tuples(STATEMENTS, st.sampled_from([[";"], [], [";", ";"]])), max_size=6).map(
    lambda statements: [lexeme for s, end in statements for lexeme in (*s, *end)]
)
BETWEEN = st.sampled_from([" ", "\n", "\t ", "\n\n"])


def _read(text: str) -> DotGraph | None:
    """The graph; None if it is refused."""
    try:
        return read_dot(text, "file")
    except SourceError:
        return None


@given(TEXTS, st.data())
def test_comments_between_all_change_nothing(lexemes: list[str], data: st.DataObject) -> None:
    """With them nothing is written as usual, and each lexeme is read by itself."""
    plain, commented = "digraph {", "digraph {"
    for lexeme in lexemes:
        blank = data.draw(BETWEEN)
        plain += blank + lexeme
        commented += f"{blank}/* ] */{lexeme}"
    assert _read(plain + "}") == _read(commented + "}")


@given(st.text('a"\\/ \n[]=;#{}->', max_size=30), st.booleans())
def test_any_text_is_read_or_refused(text: str, in_cluster: bool) -> None:
    _read(f"digraph {{ {'subgraph cluster_1 {' if in_cluster else ''} {text} }}")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("digraph {\n a [b=c];\n d -> e;\n ] }", 4),
        ("digraph {\n a [b=c];\n d -> e;\n", 4),
        ('digraph {\n a [b="\n"];\n <', 4),
        ("digraph {\n\n\n a [b=c", 4),
        ("digraph {\n\n\n a [" + "/*=1, " * 50_000, 4),
        ("\n\n\n" + "9" * 50_000, 4),
        ("digraph {\n\n\n a [" + "," * 50_000 + "@]; }", 4),
        ("digraph {\n\n\n a [b=c" + " " * 50_000 + "@]; }", 4),
        ("digraph {\n\n\n a [b" + '"\\' * 50_000 + '"]; }', 4),
    ],
)
def test_errors_name_the_line(text: str, line: int) -> None:
    with pytest.raises(SourceError, match=f"file, line {line}: found") as raised:
        read_dot(text, "file")
    assert len(str(raised.value)) < 200


def test_all_of_a_graph() -> None:
    graph = read_dot(
        'strict digraph "x" { graph [a=b]; node [c=d]; e = f; subgraph cluster_1 { g [label="\\"\\\\\\n"'
        ", h=i]; j } g -> j [dir=back]; g->k->j[l=m][n=o]; \"g\" [p=q] }",
        "file",
    )  # fmt: skip
    assert graph.nodes == {"g": {"label": '"\\\\n', "h": "i", "p": "q"}, "j": {}}
    assert graph.clusters == {"cluster_1": ["g", "j"]}
    edges = [(edge.tail, edge.head, dict(edge.attributes)) for edge in graph.edges]
    more = {"l": "m", "n": "o"}
    assert edges == [("g", "j", {"dir": "back"}), ("g", "k", more), ("k", "j", more)]
    assert graph.attributes == {"a": "b"}
