"""Filters of neurons in GraphQL: each field means what it says, within limits that say so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from cypher.graph import Graph
from cypher.patterns import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    Context,
    ContextOfLength,
    Explained,
    HasId,
    InLayer,
    InModel,
    Link,
    LinkedTo,
    LinkProperty,
    NeuronOrder,
    Not,
    OfLayerKind,
    Related,
    Relation,
    Repeats,
    Side,
    TokenPattern,
    TokenSet,
    Unconnected,
    Within,
)
from graphapi.app import create_app
from graphapi.errors import TOO_LARGE
from graphapi.settings import Settings
from tests.graphapi.asking import Asker
from tests.graphs import Tables
from tests.naive import Naive

pytestmark = pytest.mark.anyio

PLAY, FORMS = TokenSet((" play",)), TokenSet(("play",), words=True)


def _links(link: Link, *within: Within) -> Condition:
    return LinkedTo(link, PLAY, within)


def _bounded(name: LinkProperty, least: float | None = None, most: float | None = None) -> Within:
    return Within(name, Between(least, most))


FILTERS: dict[str, Condition] = {
    "{}": AllOf(),
    '{and: [{model: "toy"}, {layer: "toy/1"}]}': AllOf((InModel("toy"), InLayer("toy/1"))),
    '{or: [{layer: "toy/1"}, {ids: ["toy/0/3", "none"]}]}': AnyOf(
        (InLayer("toy/1"), HasId(("toy/0/3",)))
    ),
    "{or: []}": AnyOf(),
    '{not: {layerKind: "mlp"}}': Not(OfLayerKind("mlp")),
    '{firesOn: {tokens: [" play"], words: ["THE "]}}': AnyOf(
        (
            _links(Link.ACTIVATES_ON),
            LinkedTo(Link.ACTIVATES_ON, TokenSet(("the",), words=True)),
        )
    ),
    '{firesOn: {tokens: [" play"], activation: {min: 0.4}, rank: {max: 2}}}': _links(
        Link.ACTIVATES_ON,
        _bounded(LinkProperty.ACTIVATION, 0.4),
        _bounded(LinkProperty.RANK, None, 2),
    ),
    "{firesOn: {activation: {max: 0.2}}}": LinkedTo(
        Link.ACTIVATES_ON, None, (_bounded(LinkProperty.ACTIVATION, None, 0.2),)
    ),
    '{conditionedOn: {tokens: [" play"], distance: {max: 2}, importance: {min: 0.5}}}': _links(
        Link.CONDITIONED_ON,
        _bounded(LinkProperty.DISTANCE, None, 2),
        _bounded(LinkProperty.IMPORTANCE, 0.5),
    ),
    '{reads: {tokens: [" play"], weight: {min: 0}}}': _links(
        Link.READS, _bounded(LinkProperty.WEIGHT, 0)
    ),
    '{writes: {tokens: [" play"], weight: {max: 0}, rank: {max: 3}}}': _links(
        Link.WRITES, _bounded(LinkProperty.WEIGHT, None, 0), _bounded(LinkProperty.RANK, None, 3)
    ),
    '{pattern: {firesOn: {tokens: [" play"]}}}': TokenPattern((PLAY,)),
    '{pattern: {firesOn: {words: ["play"]}, when: [{words: ["play"], distance: {max: 3}}], '
    'without: [{tokens: ["x"], distance: {min: 2}}], activation: {min: 0.1, max: 0.9}}}': (
        TokenPattern(
            (FORMS,),
            (Context((FORMS,), 1, 3),),
            (Context((TokenSet(("x",)),), 2, 30),),
            Between(0.1, 0.9),
        )
    ),
    "{contextLength: {min: 1}}": ContextOfLength(Between(1)),
    "{inductionLike: true}": Repeats(),
    "{inductionLike: false}": Not(Repeats()),
    "{unconnectedPatterns: {min: 4}}": Unconnected(Between(4)),
    '{explanation: {contains: "FIRES ON 1", explainer: "template", score: {min: 0.25}}}': (
        Explained("FIRES ON 1", "template", None, Between(0.25))
    ),
    '{not: {explanation: {scoreKind: "detection"}}}': Not(Explained(score_kind="detection")),
    '{similarTo: {where: {ids: ["toy/1/2"]}, layers: OTHER, similarity: {min: 0.1}}}': Related(
        Relation.SIMILAR_TO,
        Side.EITHER,
        HasId(("toy/1/2",)),
        (_bounded(LinkProperty.SIMILARITY, 0.1),),
        same_layer=False,
    ),
    '{similarTo: {where: {firesOnToken: " play"}, layers: SAME, sharedTokens: {min: 2}}}': Related(
        Relation.SIMILAR_TO,
        Side.EITHER,
        _links(Link.ACTIVATES_ON),
        (_bounded(LinkProperty.SHARED, 2),),
        same_layer=True,
    ),
    '{connectsTo: {where: {firesOnWord: "Play"}, weight: {min: 0}, rank: {max: 3}}}': Related(
        Relation.CONNECTS_TO,
        Side.SOURCE,
        LinkedTo(Link.ACTIVATES_ON, FORMS),
        (_bounded(LinkProperty.WEIGHT, 0), _bounded(LinkProperty.RANK, None, 3)),
    ),
    '{connectedFrom: {where: {not: {layerIndex: {min: 1}}, pattern: {when: [{words: ["play"]}]}}}}': (
        Related(
            Relation.CONNECTS_TO,
            Side.TARGET,
            AllOf((Not(InLayer("toy/1")), Not(InLayer("toy/1-res")), Not(InLayer("toy/2")),
                   TokenPattern((), (Context((FORMS,)),)))),
        )
    ),
}  # fmt: skip
"""Each filter, and the conditions that it stands for."""


@pytest.fixture(scope="module")
def naive(tables: Tables) -> Naive:
    return Naive(tables)


@pytest.mark.parametrize("where", FILTERS)
async def test_what_a_filter_means(ask: Asker, naive: Naive, where: str) -> None:
    found = await ask(
        f"{{ neurons(where: {where}, first: 1000) {{ totalCount edges {{ node {{ id }} }} }} }}"
    )
    expected = naive.found(FILTERS[where], NeuronOrder())
    assert [edge["node"]["id"] for edge in found["neurons"]["edges"]] == expected
    assert found["neurons"]["totalCount"] == len(expected)


async def test_pages_by_a_statistic_with_ties(ask: Asker, naive: Naive) -> None:
    where = '{not: {firesOn: {tokens: [" play", "x"]}}, or: [{model: "toy"}, {lacks: "examples"}]}'
    edges = await ask.pages(
        "query($first: Int, $after: String) { neurons(first: $first, after: $after, orderBy: "
        f"{{field: DENSITY, direction: DESC}}, where: {where}) {{ edges {{ cursor node {{ id }} }} "
        "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }",
        "neurons", first=9,
    )  # fmt: skip
    whole = await ask(
        "{ neurons(first: 1000, orderBy: {field: DENSITY, direction: DESC}, "
        f"where: {where}) {{ edges {{ node {{ id }} }} }} }}"
    )
    joined = [edge["node"]["id"] for edge in edges]
    assert joined == [edge["node"]["id"] for edge in whole["neurons"]["edges"]]
    assert len(joined) > 40


LIMITS = Settings(
    max_filter_depth=3, max_filter_conditions=6, max_filter_list=4, max_filter_hops=1,
    max_filter_patterns=2,
)  # fmt: skip


@pytest.fixture(scope="module")
async def narrow(graph: Graph) -> AsyncIterator[Asker]:
    """The same graph behind narrow limits."""
    transport = httpx.ASGITransport(create_app(graph, LIMITS))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield Asker(client)


ONE: dict[str, Any] = {"model": "toy"}
FITS: list[dict[str, Any]] = [
    {"not": {"not": ONE}},
    {"and": [ONE, ONE, {"layer": "toy/1"}]},
    {"ids": list("abcd"), "firesOn": {"tokens": list("abcd"), "words": list("abcd")}},
    {"similarTo": {"where": ONE}, "connectsTo": {"where": ONE}},
    {"pattern": {"when": [{"tokens": ["a"], "distance": {"min": 1, "max": 30}}]}},
]
SEEN: dict[str, Any] = {"pattern": {"when": [{"tokens": ["a"]}]}}
FITS += [{"connectsTo": {"where": SEEN}, **SEEN}]
TOO_MUCH: list[tuple[dict[str, Any], str]] = [
    (
        {"connectsTo": {"where": SEEN}, "or": [SEEN, SEEN]},
        "looks for 3 patterns, of which one that is two neurons away counts as 20, and one that is "
        "three away as 400; the limit is 2, and this is 1 above it. Find the other neurons first",
    ),
    ({"not": {"not": {"not": ONE}}}, "nested deeper than 3 filters, the limit"),
    ({"and": [{"or": [{"not": ONE}]}]}, "nested deeper than 3 filters, the limit"),
    ({"or": [ONE] * 7}, "more than 6 conditions, the limit"),
    ({"pattern": {"without": [{"tokens": ["a"]}] * 7}}, "more than 6 conditions, the limit"),
    ({"ids": list("abcde")}, "ids: 5 are given; the limit is 4"),
    ({"firesOn": {"tokens": list("abcde")}}, "firesOn.tokens: 5 are given; the limit is 4"),
    (
        {"pattern": {"when": [{"words": list("abcde")}]}},
        "pattern.when.words: 5 are given; the limit is 4",
    ),
    (
        {"similarTo": {"where": {"connectsTo": {"where": ONE}}}},
        "more than 1 neurons away, the limit: `similarTo`, `connectsTo` and `connectedFrom` are 2",
    ),
    ({"firesOn": {"tokens": []}}, "firesOn.tokens: the list is empty"),
    ({"conditionedOn": {"words": [""]}}, "a word is expected"),
    ({"pattern": {"firesOn": {}}}, "pattern.firesOn: it names no token and no word"),
    ({"pattern": {"when": [{}]}}, "pattern.when: it names no token and no word"),
    (
        {"pattern": {"when": [{"tokens": ["a"], "distance": {"min": 0}}]}},
        "pattern.when.distance: 0 to 30 is no range within 1 to 30",
    ),
    (
        {"pattern": {"without": [{"tokens": ["a"], "distance": {"min": 3, "max": 2}}]}},
        "pattern.without.distance: 3 to 2 is no range",
    ),
    (
        {"pattern": {"without": [{"tokens": ["a"], "distance": {"max": 31}}]}},
        "pattern.without.distance: 1 to 31 is no range",
    ),
]
COUNT = "query($where: NeuronFilter) { neurons(where: $where, first: 1) { edges { cursor } } }"


@pytest.mark.parametrize("where", FITS)
async def test_what_is_within_the_limits_is_answered(narrow: Asker, where: dict[str, Any]) -> None:
    assert await narrow(COUNT, where=where)


@pytest.mark.parametrize(("where", "message"), TOO_MUCH)
async def test_what_is_beyond_a_limit_is_told_which(
    narrow: Asker, where: dict[str, Any], message: str
) -> None:
    error = await narrow.error(COUNT, where=where)
    limited = "patterns" in message
    assert error["extensions"]["code"] == (TOO_LARGE if limited else "BAD_USER_INPUT")
    assert message in error["message"]


async def test_a_pattern_of_neurons_two_away_counts_as_twenty(ask: Asker) -> None:
    where = {"connectsTo": {"where": {"similarTo": {"where": SEEN}}}}
    error = await ask.error(COUNT, where=where)
    assert error["extensions"] == {
        "code": TOO_LARGE, "limit": "filter_patterns", "found": 20, "allowed": 10
    }  # fmt: skip


async def test_a_list_of_a_thousand_tokens(ask: Asker) -> None:
    tokens = [" play", *(f"no token {number}" for number in range(999))]
    many = await ask(COUNT, where={"firesOn": {"tokens": tokens}})
    assert many == await ask(COUNT, where={"firesOnToken": " play"})
