"""What an operation asks next is read along with what it asks first, and its answers are the same."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cypher.graph import Graph, IdsFrom, Read
from cypher.url import Dialect
from graphapi.context import Context
from graphapi.joined_reads import JoinedReads
from graphapi.reader import Reader
from graphapi.schema import make_schema
from graphapi.sequels import Ahead, Known, Sequel, Sequels, Step
from graphapi.settings import Settings
from tests.graphapi.passing_on import PassingOn

pytestmark = pytest.mark.anyio

SETTINGS = Settings()
SCHEMA = make_schema(SETTINGS)

FIRING = Read(
    "MATCH (t:Token {id: $token})<-[a:ACTIVATES_ON]-(n:Neuron) "
    "RETURN t.id AS token, n.id AS neuron ORDER BY neuron",
    {"token": " play"}, ("token", "neuron"),
)  # fmt: skip
TOKENS = Read(
    "UNWIND $ids AS wanted MATCH (n:Neuron {id: wanted})-[r:ACTIVATES_ON]->(t:Token) "
    "WHERE r.rank <= $most RETURN wanted, t.id AS token ORDER BY wanted, token",
    {"most": 2}, ("wanted", "token"),
)  # fmt: skip
FIRED_ON = Read(
    "UNWIND $ids AS wanted MATCH (t:Token {id: wanted})<-[:ACTIVATES_ON]-(n:Neuron) "
    "RETURN wanted, count(n) AS neurons ORDER BY wanted",
    {}, ("wanted", "neurons"),
)  # fmt: skip


@pytest.fixture
def trips(graph: Graph) -> PassingOn:
    return PassingOn(graph)


async def _asked(
    graph: Graph, query: str, variables: Mapping[str, Any], known: Sequels | None
) -> Any:
    reader = Reader(graph, SETTINGS, known.ahead(query) if known else None)
    result = await SCHEMA.execute(
        query, variable_values=dict(variables), context_value=Context(graph, reader, SETTINGS)
    )
    reader.forget()
    assert result.errors is None
    return result.data


@pytest.mark.parametrize("rows", [1, 2, 100])
async def test_ids_come_from_rows_of_another(graph: Graph, rows: int) -> None:
    reads = [
        FIRING,
        replace(TOKENS, ids_from=IdsFrom(0, 1, rows)),
        replace(FIRED_ON, ids_from=IdsFrom(1, 1, 100)),
    ]
    firing, tokens, fired_on = await asyncio.gather(*graph.begin(reads))
    alone = await graph.read(FIRING.text, FIRING.parameters, columns=FIRING.columns)
    assert firing == alone
    assert len(alone.values) > 1
    ids = [row[1] for row in alone.values[:rows]]
    assert (
        tokens.values
        == (await graph.read(TOKENS.text, {"ids": ids, "most": 2}, columns=TOKENS.columns)).values
    )
    texts = list(dict.fromkeys(row[1] for row in tokens.values))
    assert (
        fired_on.values
        == (await graph.read(FIRED_ON.text, {"ids": texts}, columns=FIRED_ON.columns)).values
    )
    assert fired_on.values


PAGE = """query($text: String!, $first: Int!, $of: Int!, $with: Boolean!) {
  word(text: $text) { neurons(first: $first) { edges { activation node { id
    explanations @include(if: $with) { text score }
    activatesOn(first: $of) { edges { activation node { text } } } } } } } }"""
SIMILAR = """query($id: ID!, $first: Int!, $of: Int!) {
  neuron(id: $id) { similar(first: $first) { edges { similarity node {
    id layer { id } explanations { text }
    one: activatesOn(first: $of) { edges { node { text } } }
    two: activatesOn(first: 2) { edges { node { text word { text } } } }
    similar(first: 2) { edges { node { id explanations { text } } } } } } } } }"""
LAYER = """query($layer: Int!, $first: Int!, $with: Boolean!) {
  neurons(first: $first, where: {layerIndex: {min: $layer}},
          orderBy: {field: MAX_ACTIVATION, direction: DESC}) {
    edges { node { id explanations @include(if: $with) { text } } } } }"""
TWO = """query($first: Int!) {
  a: word(text: "play") { neurons(first: $first) { edges { node { explanations { text } } } } }
  b: word(text: "park") { neurons(first: 3) { edges { node { explanations { text } } } } } }"""

few = st.integers(0, 6)
variables = st.fixed_dictionaries
QUESTIONS = st.one_of(
    st.tuples(
        st.just(PAGE),
        variables(
            {
                "text": st.sampled_from(["play", "park", "never", "the"]),
                "first": few,
                "of": few,
                "with": st.booleans(),
            }
        ),
    ),
    st.tuples(
        st.just(SIMILAR),
        variables(
            {"id": st.sampled_from(["toy/0/3", "toy/1/2", "toy/9/9"]), "first": few, "of": few}
        ),
    ),
    st.tuples(
        st.just(LAYER),
        variables({"layer": st.integers(0, 2), "first": few, "with": st.booleans()}),
    ),
    st.tuples(st.just(TWO), variables({"first": few})),
)


@given(asked=st.lists(QUESTIONS, min_size=1, max_size=6))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_answers_are_the_same_whatever_was_asked_before(
    graph: Graph, asked: list[tuple[str, dict[str, Any]]]
) -> None:
    known = Sequels()
    for query, given_ in asked:
        assert await _asked(graph, query, given_, known) == await _asked(
            graph, query, given_, None
        ), given_


TRIPS = [
    (PAGE, {"text": "play", "first": 3, "of": 2, "with": True}, 2),
    (LAYER, {"layer": 0, "first": 4, "with": True}, 2),
    (
        "query($id: ID!) { neuron(id: $id) { similar(first: 3, layers: OTHER) { edges { node { id "
        "activatesOn(first: 3) { edges { node { text firedOnBy: neurons(first: 2) { edges { "
        "node { explanations { text } } } } } } } } } } } }",
        {"id": "toy/0/3"},
        3,
    ),
]


@pytest.mark.parametrize(("query", "given_", "levels"), TRIPS)
async def test_what_was_asked_once_takes_one_trip(
    trips: PassingOn, query: str, given_: dict[str, Any], levels: int
) -> None:
    known = Sequels()
    await _asked(trips, query, given_, None)  # what is read once of a file, its layers, has been
    trips.trips.clear()
    first = await _asked(trips, query, given_, known)
    statements = sorted(trips.statements)
    assert len(trips.trips) >= levels
    trips.trips.clear()
    for _ in range(3):  # what follows on what follows is seen in turn
        trips.trips.clear()
        assert await _asked(trips, query, given_, known) == first
    assert len(trips.trips) == 1
    assert sorted(trips.statements) == statements


async def test_what_was_read_in_vain_is_not_read_again(trips: PassingOn) -> None:
    known = Sequels()
    without = {"layer": 0, "first": 4, "with": False}
    await _asked(trips, LAYER, {**without, "with": True}, known)
    counts = []
    for _ in range(2):
        trips.trips.clear()
        await _asked(trips, LAYER, without, known)
        counts.append(sum("HAS_EXPLANATION" in text for text in trips.statements))
    assert counts == [1, 0]


async def test_nobody_waits_for_what_was_given_up(graph: Graph) -> None:
    endless = Read(
        "UNWIND $ids AS wanted UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b "
        "WITH wanted, a, b WHERE a * b % 7 = 3 RETURN wanted, count(*) AS many",
        {}, ("wanted", "many"), ids_from=IdsFrom(0, 1, 10),
    )  # fmt: skip
    for _ in range(5):  # more than there are connections to a file
        awaited = graph.begin([FIRING, endless])
        await asyncio.sleep(0.3)
        for one in awaited:
            one.cancel()
    async with asyncio.timeout(30):
        assert (await graph.read(FIRING.text, FIRING.parameters)).values


@pytest.mark.neo4j
async def test_one_that_fails_takes_nothing_along(trips: PassingOn) -> None:
    if trips.dialect is not Dialect.NEO4J:
        return  # whose division by nothing is null
    failing = (
        "UNWIND $ids AS wanted MATCH (n:Neuron {id: wanted}) RETURN 1 / $nothing AS impossible"
    )
    step = Step(Read(failing, {"nothing": 0}, ("impossible",)), about="impossible")
    known: Known = {((), FIRING.text): [Sequel(step, 1, 10)]}
    joined = JoinedReads(trips, timeout=10, ahead=Ahead(known))
    rows = await joined.rows(FIRING)
    assert [row[0] for row in rows.values] == [" play"] * len(rows.values)
    assert rows.values
    assert list(map(len, trips.trips)) == [2, 1]
