"""The guard lets honest statements through, and reads a statement as the engines do."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cypher.adhoc import Door, Limits, admit
from cypher.adhoc.tokens import Kind, tokens, without_comments
from cypher.adhoc.words import FUNCTIONS, PROCEDURES
from cypher.errors import StatementRefusedError
from cypher.url import Dialect, parse_graph_url
from tests.cypher.honest_statements import PARAMETERS, ROOT, Honest, all_honest, by_hand, variations
from tests.loaded import anyio_backend, small_graph_url, tables

__all__ = ["anyio_backend", "small_graph_url", "tables"]

BOTH = pytest.mark.parametrize("dialect", Dialect)
RELAXED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def test_no_honest_statement_is_refused() -> None:
    honest = all_honest()
    assert len({one.text for one in honest}) >= 1000
    refused = []
    for one in honest:
        for dialect in one.dialects:
            try:
                admit(one.text, one.parameters, dialect)
            except StatementRefusedError as error:
                refused.append((one.text, str(dialect), str(error)))
    assert refused == []


@pytest.fixture
async def door(small_graph_url: str) -> AsyncIterator[Door]:
    """A door with generous limits."""
    opened = Door(parse_graph_url(small_graph_url), Limits(seconds=30))
    yield opened
    await opened.close()


@pytest.mark.slow
@pytest.mark.anyio
async def test_honest_statements_are_answered(door: Door, small_graph_url: str) -> None:
    dialect = parse_graph_url(small_graph_url).dialect
    spread: list[Honest] = [*by_hand(), *list(variations())[::11]]
    failed = []
    for one in spread:
        if dialect not in one.dialects:
            continue
        try:
            async with door.ask(one.text, one.parameters) as answer:
                rows = await answer.rows()
        except Exception as error:  # noqa: BLE001  all that fail are listed together
            failed.append((one.text, repr(error)))
        else:
            assert len(set(rows.columns)) == len(rows.columns) > 0
    assert failed == []


# An honest statement, made of parts.
NAMES = st.sampled_from(
    ["n", "m", "neuron", "set", "create", "x1", "`a b`", "`delete`", "call", "end"]
)
PROPERTIES = st.sampled_from(["n.id", "n.density", "n.`index`", "n.set", "n.limit", "n.create"])
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\\'\r"), max_size=8).map(
    lambda text: f"'{text}'"
)
LITERALS = st.one_of(
    TEXTS, st.integers(0, 99).map(str), st.floats(0, 1).map(lambda x: f"{x:.3f}"),
    st.sampled_from(["true", "null", "$p", "[1, 2]", "'CREATE (n)'", "'; DELETE'", "'//'", '"/*"']),
)  # fmt: skip
OPERANDS = st.one_of(PROPERTIES, LITERALS, PROPERTIES.map(lambda p: f"size({p})"))
TESTS = st.one_of(
    st.tuples(OPERANDS, st.sampled_from(["=", "<>", "<", ">=", "CONTAINS", "STARTS WITH", "IN", "in"]), OPERANDS).map(" ".join),
    PROPERTIES.map(lambda p: f"{p} IS NOT NULL"),
    PROPERTIES.map(lambda p: f"NOT {p} = 1"),
    st.just("EXISTS { (n)-[:READS]->(:Token) }"),
)  # fmt: skip
PATTERNS = st.sampled_from(
    ["(n:Neuron)", "(n:Neuron)-[r:READS]->(t:Token)", "(n {id: $p})", "(n)-[:SIMILAR_TO*1..3]-(m)",
     "p = (n)<-[:HAS_NEURON]-(:Layer)", "(n)--(), (:Word)"]
)  # fmt: skip
BLANKS = st.sampled_from([" ", "\n", "\t", "  ", " /* CREATE */ ", " // DELETE n\n", "\u00a0"])


@st.composite
def honest_parts(draw: st.DrawFn) -> list[str]:
    """The clauses of an honest statement."""
    clauses = [f"MATCH {draw(PATTERNS)}"]
    if draw(st.booleans()):
        clauses.append(
            "WHERE "
            + draw(st.sampled_from([" AND ", " OR "])).join(
                draw(st.lists(TESTS, min_size=1, max_size=3))
            )
        )
    if draw(st.booleans()):
        clauses.append(f"OPTIONAL MATCH {draw(PATTERNS)}")
    if draw(st.booleans()):
        clauses.append(f"WITH n, {draw(OPERANDS)} AS {draw(NAMES)}")
    if draw(st.booleans()):
        clauses.append(f"UNWIND [1, 2] AS {draw(NAMES)}")
    items = draw(st.lists(st.tuples(OPERANDS, NAMES).map(" AS ".join), min_size=1, max_size=3))
    clauses.append(f"RETURN {draw(st.sampled_from(['', 'DISTINCT ']))}" + ", ".join(items))
    if draw(st.booleans()):
        clauses.append("ORDER BY n.id DESC")
    if draw(st.booleans()):
        clauses.append("SKIP 1 LIMIT 5")
    return clauses


@BOTH
@RELAXED
@given(honest_parts(), BLANKS)
def test_what_is_made_of_honest_parts_passes(
    dialect: Dialect, parts: list[str], blank: str
) -> None:
    admitted = admit(blank.join(parts), {"p": 1}, dialect)
    assert "CREATE */" not in admitted.text


FORBIDDEN = [
    "CREATE (x:Token)", "MERGE (x:Token)", "SET n.density = 1", "DELETE n", "DETACH DELETE n",
    "REMOVE n.density", "FOREACH (x IN [1] | SET n.y = x)", "LOAD CSV FROM 'x' AS l",
    "LOAD FROM 'x' RETURN *", "COPY n TO 'x'", "CALL dbms.components()", "CALL apoc.x.y()",
    "; MATCH (n) RETURN n", "USE other", "CALL { CREATE (x) }", "RETURN apoc.x(1) AS y",
    "DROP TABLE Neuron", "INSTALL httpfs", "ATTACH 'x' AS y", "EXPORT DATABASE 'x'",
]  # fmt: skip


@BOTH
@RELAXED
@given(honest_parts(), st.sampled_from(FORBIDDEN), st.data(), BLANKS)
def test_a_forbidden_clause_anywhere_is_refused(
    dialect: Dialect, parts: list[str], forbidden: str, data: st.DataObject, blank: str
) -> None:
    small = data.draw(st.booleans())
    place = data.draw(st.integers(0, len(parts)))
    mixed = [*parts[:place], forbidden.lower() if small else forbidden, *parts[place:]]
    with pytest.raises(StatementRefusedError):
        admit(blank.join(mixed), {"p": 1}, dialect)


@RELAXED
@given(st.text(st.sampled_from("aA_1 .,;:'\"`\\/*\n$-<>()[]{}=|+é\u2028u0027"), max_size=40))
def test_tokens_are_all_of_the_statement(text: str) -> None:
    try:
        found = tokens(text)
    except StatementRefusedError:
        return
    end = 0
    for token in found:
        assert text[token.start : token.start + len(token.text)] == token.text
        between = text[end : token.start]
        assert re.fullmatch(r"(\s|//[^\n]*\n?|/\*.*?\*/)*", between, re.DOTALL), between
        end = token.start + len(token.text)
    bare = without_comments(text)
    assert len([token.text for token in tokens(bare)]) == len(found)
    assert [token.text for token in tokens(bare)] == [token.text for token in found]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("n.density>.5", "word symbol word symbol number"),
        ("[*1..3]", "symbol symbol number symbol number symbol"),
        ("*..3", "symbol symbol number"),
        ("1e-3 0xFF 1_000 2.5E+10", "number number number number"),
        (r"'a\'b' \"", "text"),
        ("`a``b` $x $`a b`", "quoted name|parameter|parameter"),
        ("a// b\nc /* d */e", "word word word"),
        ("a=~'x'", "word symbol text"),
    ],
)
def test_tokens(text: str, kinds: str) -> None:
    if text.endswith('\\"'):
        with pytest.raises(StatementRefusedError, match="backslash stands outside a text"):
            tokens(text)
        return
    found = " ".join(token.kind for token in tokens(text))
    assert found == kinds.replace("|", " ")


def test_names_are_taken_out_of_their_quotes() -> None:
    assert [(t.kind, t.value) for t in tokens("`a``b` $`a b` 'c\\'d'")] == [
        (Kind.NAME, "a`b"), (Kind.PARAMETER, "a b"), (Kind.TEXT, "c\\'d"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("MATCH (n) DETACH DELETE n", "`DETACH` is no clause or operator of a read statement (at character 11)"),
        ("RETURN apoc.x(1)", "`apoc.x` is no function that may be called (at character 8)"),
        ("CALL dbms.x()", "`dbms.x` is no procedure that may be called (at character 1); these may: "),
        ("MATCH (a)-[*]-(b) RETURN a", "the path at character 12 has no upper end"),
        ("MATCH (a)-[*1..99]-(b) RETURN a", "may have 99 relationships; the limit is 30"),
        ("RETURN $x AS x", "the parameter $x, and no value"),
        ("RETURN 1 AS a; RETURN 2 AS b", "`;` begins a second statement (at character 14)"),
        ("", "there is no statement"),
        ("RETURN 'a", "the text that begins at character 8 does not end"),
        ("RETURN /* a", "the comment that begins at character 8 does not end"),
        ("RETURN `a", "the name that begins at character 8 does not end"),
        ("RETURN (1", "ends where a `)` is expected"),
        ("RETURN " + "(" * 61 + "1" + ")" * 61, "nested deeper than 60"),
        ("RETURN '" + "x" * 20_000 + "'", "has 20009 characters; the limit is 20000"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_and_where(statement: str, message: str) -> None:
    with pytest.raises(StatementRefusedError) as refused:
        admit(statement, {}, Dialect.NEO4J)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("statement", "given", "message"),
    [
        ("RETURN range(0, $n) AS l", {"n": 2_000_000}, "length of up to 2,000,000"),
        ("RETURN range(0, n) AS l", {}, "that cannot be told"),
        ("WITH $l AS l UNWIND l AS n RETURN range(0, n) AS r", {"l": [1, 10**9]}, "of up to 1,000"),
        ("RETURN [x IN $l | [y IN $l | [z IN $l | x]]] AS l", {"l": [0] * 300}, "27,000,000 times"),
        ("RETURN 'a' =~ $p AS x", {"p": "(a|aa)+b"}, "repeats or chooses"),
        ("RETURN 'a' =~ $p AS x", {"p": "(a*)*"}, "repeats or chooses"),
        ("RETURN 'a' =~ $p AS x", {"p": "a*b*c*d*e*f*g*"}, "more than 6"),
        ("RETURN 'a' =~ $p AS x", {"p": "(?=a)b"}, "looks around"),
        ("RETURN 'a' =~ $p AS x", {"p": "a" * 201}, "201 characters; the limit is 200"),
        ("MATCH (n) RETURN 'a' =~ n.id AS x", {}, "must be known"),
        ("RETURN replace('a', 'a', $p + 'b') AS x", {"p": "x"}, "its third argument"),
    ],
)
def test_what_a_server_would_compute_for_ever(
    statement: str, given: dict[str, object], message: str
) -> None:
    with pytest.raises(StatementRefusedError, match=re.escape(message)):
        admit(statement, given, Dialect.NEO4J)
    admit(statement, given, Dialect.LADYBUG)  # its process has limits of its own


@pytest.mark.parametrize(
    "statement",
    [
        "RETURN range(0, 1000) AS l", "RETURN range(10, 0, -1) AS l",
        "MATCH (s:Sequence) RETURN [i IN range(0, size(s.tokens) - 1) | s.tokens[i]] AS l",
        "MATCH (m:Model) UNWIND range(0, m.n_layers - 1) AS l RETURN l",
        "WITH 3 AS n, 4 AS m UNWIND range(n, n * m + 1) AS x RETURN x",
        "MATCH (n) WITH count(*) AS c RETURN range(0, toInteger(c / 10)) AS l",
        "MATCH (n) WHERE n.id =~ '(?i).*(play|game)s?.*' RETURN n",
        "MATCH (n) WHERE n.id =~ '[a-z]+/\\\\d+/\\\\d+' RETURN n",
        "WITH 'a' AS a WITH a + 'b' AS a WITH a + 'c' + a AS a RETURN a",
    ],
)  # fmt: skip
def test_what_ends_is_not_refused(statement: str) -> None:
    admit(statement, {}, Dialect.NEO4J)


def test_only_the_parameters_that_are_used_are_passed_on() -> None:
    admitted = admit("RETURN $limit AS x // $ids", PARAMETERS, Dialect.LADYBUG)
    assert admitted.parameters == {"limit": 5}
    assert admitted.text == "RETURN $limit AS x"


def test_a_property_that_ladybug_has_another_use_for_is_quoted() -> None:
    text = "MATCH (n {index: 1}) /* n.index */ WHERE n.Index > 0 RETURN n.index, 'n.index' AS index"
    quoted = "MATCH (n {`index`: 1})   WHERE n.`Index` > 0 RETURN n.`index`, 'n.index' AS index"
    assert admit(text, {}, Dialect.LADYBUG).text == quoted
    assert admit(text, {}, Dialect.NEO4J).text == text.replace("/* n.index */", " ")


def test_the_documents_list_what_may_be_called() -> None:
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    for dialect in Dialect:
        for name in FUNCTIONS[dialect] | PROCEDURES[dialect]:
            assert f"`{name}`" in page
