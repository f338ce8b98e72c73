"""Small statements of one level go to a server in one round trip, and each has its own answer."""

from __future__ import annotations

import asyncio
import re

import pytest

from cypher.catalogue import catalogue
from cypher.errors import QueryError
from cypher.graph import Graph, Read, Rows
from cypher.url import Dialect
from graphapi.context import Context
from graphapi.joined_reads import JoinedReads
from graphapi.reader import Reader
from graphapi.schema import make_schema
from graphapi.settings import Settings
from tests.graphapi.passing_on import PassingOn

pytestmark = pytest.mark.anyio

NEURON = Read("MATCH (n:Neuron {id: $id}) RETURN n.id AS id, n.`index` AS place",
              {"id": "toy/0/3"}, ("id", "place"))  # fmt: skip
TOKENS = Read("UNWIND $ids AS wanted MATCH (n:Neuron {id: wanted})-[:ACTIVATES_ON]->(t:Token) "
              "RETURN wanted, t.id AS token ORDER BY wanted, token",
              {"ids": ["toy/0/3", "toy/1/2"]}, ("wanted", "token"))  # fmt: skip
NONE = Read("MATCH (n:Neuron {id: $id}) RETURN n.id AS id", {"id": "toy/9/9"}, ("id",))
REFUSED = Read("MATCH (n:Neuron {id: $id}) RETURN n.`index` / $nothing AS impossible",
               {"id": "toy/0/3", "nothing": 0}, ("impossible",))  # fmt: skip


def _sizes(graph: PassingOn) -> list[int]:
    """How many statements each round trip had."""
    return list(map(len, graph.trips))


@pytest.fixture
def trips(graph: Graph) -> PassingOn:
    return PassingOn(graph)


async def test_each_has_its_own_rows_whatever_they_are_read_with(graph: Graph) -> None:
    together = await asyncio.gather(*graph.begin([NEURON, NONE, TOKENS, NEURON]))
    alone = [
        await graph.read(one.text, one.parameters, columns=one.columns)
        for one in (NEURON, NONE, TOKENS, NEURON)
    ]
    assert [(rows.columns, rows.values) for rows in together] == [
        (rows.columns, rows.values) for rows in alone
    ]
    assert alone[2].values
    assert not alone[1].values


async def test_what_is_asked_at_once_goes_together(trips: PassingOn) -> None:
    joined = JoinedReads(trips, timeout=10)
    await asyncio.gather(joined.rows(NEURON), joined.rows(TOKENS), joined.rows(NONE))
    await joined.rows(NEURON)
    assert _sizes(trips) == [3, 1]


async def test_many_go_in_several(trips: PassingOn) -> None:
    joined = JoinedReads(trips, timeout=10)
    found = await asyncio.gather(*(joined.rows(NEURON) for _ in range(20)))
    assert [rows.values for rows in found] == [[["toy/0/3", 3]]] * 20
    assert sorted(_sizes(trips)) == [4, 8, 8]


@pytest.mark.neo4j
async def test_one_that_is_refused_refuses_no_other(trips: PassingOn) -> None:
    if trips.dialect is not Dialect.NEO4J:
        return  # whose division by nothing is null
    joined = JoinedReads(trips, timeout=10)
    found = await asyncio.gather(
        joined.rows(NEURON), joined.rows(REFUSED), joined.rows(TOKENS), return_exceptions=True
    )
    assert isinstance(found[1], QueryError)
    assert "by zero" in str(found[1])
    assert [one.values[0] for one in (found[0], found[2]) if isinstance(one, Rows)] == [
        ["toy/0/3", 3], ["toy/0/3", found[2].values[0][1]],  # type: ignore[union-attr]
    ]  # fmt: skip


async def test_whoever_goes_away_takes_no_other_along(trips: PassingOn) -> None:
    joined = JoinedReads(trips, timeout=10)
    staying = asyncio.create_task(joined.rows(NEURON))
    going = asyncio.create_task(joined.rows(TOKENS))
    await asyncio.sleep(0)
    going.cancel()
    assert (await staying).values == [["toy/0/3", 3]]
    with pytest.raises(asyncio.CancelledError):
        await going


STATEMENTS = {  # all of them, and round trips
    'neuron(id: "toy/0/3") { id index statistics { density } layer { id } explanations { text } '
    "activatesOn(first: 3) { edges { node { text } } } examples { text } }": (5, 1),
    'neuron(id: "toy/0/3") { similar(first: 3, layers: OTHER) { edges { node { id explanations { '
    "text } activatesOn(first: 3) { edges { node { text } } } } } } }": (4, 2),
    'word(text: "play") { text tokens { text } neurons(first: 5) { edges { node { id explanations '
    "{ text } } } } }": (4, 2),
    'token(text: " play") { word { text } neurons(first: 5) { edges { node { id } } } }': (3, 1),
}


@pytest.mark.parametrize("question", STATEMENTS)
async def test_a_level_is_a_round_trip_and_what_is_named_needs_none(
    trips: PassingOn, question: str
) -> None:
    settings = Settings()
    context = Context(trips, Reader(trips, settings), settings)
    result = await make_schema(settings).execute(f"{{ {question} }}", context_value=context)
    assert result.errors is None
    assert len(trips.statements) == STATEMENTS[question][0]
    assert len(trips.trips) == STATEMENTS[question][1]


@pytest.mark.parametrize(
    "question",
    [
        'neuron(id: "toy/9/9") { id activatesOn(first: 0) { edges { cursor } } }',
        'neuron(id: "toy/9/9") { similar(after: "?") { edges { cursor } } examples { text } }',
        'word(text: "never") { text neurons(first: 100000) { edges { cursor } } }',
        'token(text: "never") { readBy(after: "?") { edges { cursor } } }',
    ],
)
async def test_what_was_begun_of_something_that_is_not_there_is_forgotten(
    graph: Graph, question: str
) -> None:
    settings = Settings()
    context = Context(graph, Reader(graph, settings), settings)
    result = await make_schema(settings).execute(f"{{ it: {question} }}", context_value=context)
    assert result.errors is None
    assert result.data == {"it": None}


def test_no_text_in_a_statement_that_may_be_joined_has_a_dollar() -> None:
    for statement in catalogue().values():
        for text in statement.texts.values():
            code = re.sub(r"//.*", "", text)
            assert not any("$" in part for part in code.split("'")[1::2]), statement.name
