"""Any filter and order give the same neurons on either engine as a naive reading in Python."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cypher import ids
from cypher.errors import QueryError
from cypher.graph import Graph
from cypher.patterns import (
    AllOf,
    Condition,
    FiresOnToken,
    FiresOnWord,
    HeldOut,
    InModel,
    Lacks,
    LayerBetween,
    NeuronOrder,
    OfLayerKind,
    Position,
    Statistic,
    StatisticBetween,
    TokenGraphF1Between,
    WorseThanBigrams,
    count,
    page,
)
from tests.graphs import TOKENS, Tables
from tests.loaded import anyio_backend, graph, small_graph_url, tables

__all__ = ["anyio_backend", "graph", "small_graph_url", "tables"]

numbers = st.sampled_from((-1.0, -0.25, -0.0, 0.0, 1e-9, 0.5, 123.456789)) | st.floats(
    allow_nan=False
)
bounds = st.none() | numbers
blocks = st.none() | st.integers(-1, 3)
words = st.sampled_from([ids.word_id(token) for token in TOKENS]) | st.text(max_size=3)
conditions: st.SearchStrategy[Condition] = st.one_of(
    st.builds(InModel, st.sampled_from(("toy", "other", "none"))),
    st.builds(LayerBetween, blocks, blocks),
    st.builds(OfLayerKind, st.sampled_from(("mlp", "sae", "transcoder"))),
    st.builds(StatisticBetween, st.sampled_from(Statistic), bounds, bounds),
    st.builds(FiresOnToken, st.sampled_from(TOKENS) | st.text(max_size=3)),
    st.builds(FiresOnWord, words),
    st.builds(TokenGraphF1Between, bounds, bounds, st.sampled_from(HeldOut)),
    st.builds(WorseThanBigrams, st.booleans(), st.sampled_from(HeldOut)),
    st.builds(Lacks, st.sampled_from(("token_graph", "examples", "explanation", "sense"))),
)
filters = st.builds(
    AllOf,
    st.lists(conditions | st.builds(AllOf, st.lists(conditions, max_size=2).map(tuple)), max_size=3)
    .map(tuple),
)  # fmt: skip
orders = st.builds(NeuronOrder, st.none() | st.sampled_from(Statistic), st.booleans())


class Naive:
    """The small graph as Python sees it."""

    def __init__(self, tables: Tables) -> None:
        self.neurons = tables["Neuron"]
        self._kinds = {row["id"]: row["kind"] for row in tables["Layer"]}
        self._tokens = _sets(tables["ACTIVATES_ON"], "source", "target")
        self._graphs = tables["TokenGraph"]
        self._lacks = _sets(tables["LACKS"], "source", "kind")

    def meets(  # noqa: PLR0911  one for each
        self, neuron: dict[str, Any], condition: Condition
    ) -> bool:
        fires = self._tokens[neuron["id"]]
        match condition:
            case AllOf(parts):
                return all(self.meets(neuron, part) for part in parts)
            case InModel(model):
                return bool(neuron["model_id"] == model)
            case LayerBetween(least, most):
                return _between(neuron["layer_index"], least, most)
            case OfLayerKind(kind):
                return bool(self._kinds[neuron["layer_id"]] == kind)
            case StatisticBetween(statistic, least, most):
                return _between(neuron[statistic], least, most)
            case FiresOnToken(token):
                return token in fires
            case FiresOnWord(word):
                return word in map(ids.word_id, fires)
            case TokenGraphF1Between(least, most, texts):
                return any(_between(g[f"{texts}f1"], least, most) for g in self._of(neuron))
            case WorseThanBigrams(worse, texts):
                scores = [
                    (g[f"{texts}f1"], g[f"{texts}bigram_baseline_f1"]) for g in self._of(neuron)
                ]
                return worse in [
                    f1 < bigrams for f1, bigrams in scores if None not in (f1, bigrams)
                ]
            case Lacks(kind):
                return kind in self._lacks[neuron["id"]]

    def _of(self, neuron: dict[str, Any]) -> list[dict[str, Any]]:
        return [graph for graph in self._graphs if graph["neuron_id"] == neuron["id"]]

    def found(self, where: AllOf, order: NeuronOrder) -> list[str]:
        meeting = [neuron for neuron in self.neurons if self.meets(neuron, where)]

        def natural(row: dict[str, Any]) -> Any:
            return row["model_id"], row["layer_index"], row["layer_id"], row["index"]

        by = order.by
        if by is None:
            meeting.sort(key=natural, reverse=order.descending)
        else:
            meeting.sort(key=natural)
            sign = -1 if order.descending else 1
            meeting.sort(key=lambda row: (row[by] is None, sign * (row[by] or 0.0)))
        return [str(neuron["id"]) for neuron in meeting]


def _sets(rows: list[dict[str, Any]], key: str, value: str) -> dict[str, set[Any]]:
    found: dict[str, set[Any]] = defaultdict(set)
    for row in rows:
        found[row[key]].add(row[value])
    return found


def _between(value: float | None, least: float | None, most: float | None) -> bool:
    if value is None:
        return False
    return (least is None or value >= least) and (most is None or value <= most)


@pytest.fixture(scope="module")
def naive(tables: Tables) -> Naive:
    return Naive(tables)


@pytest.mark.anyio
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(where=filters, order=orders, size=st.integers(1, 60))
async def test_a_filter_finds_what_a_naive_reading_finds(
    graph: Graph, naive: Naive, where: AllOf, order: NeuronOrder, size: int
) -> None:
    expected = naive.found(where, order)
    whole = page(where, order, limit=1000)
    rows = (await graph.read(whole.text, whole.parameters)).as_dicts()
    assert [row["id"] for row in rows] == expected
    counted = count(where)
    assert (await graph.read(counted.text, counted.parameters)).values == [[len(expected)]]
    joined: list[object] = []
    after: Position | None = None
    while True:
        part = page(where, order, limit=size, after=after)
        rows = (await graph.read(part.text, part.parameters)).as_dicts()
        joined += [row["id"] for row in rows]
        if len(rows) < size:
            break
        after = order.position_of(order.position(rows[-1]).values())
        assert len(joined) <= len(expected)
    assert joined == expected


@pytest.mark.anyio
async def test_a_page_has_every_property(graph: Graph, tables: Tables) -> None:
    whole = page(AllOf(), NeuronOrder(), limit=1000)
    rows = (await graph.read(whole.text, whole.parameters)).as_dicts()
    assert sorted(rows, key=lambda row: str(row["id"])) == sorted(
        tables["Neuron"], key=lambda row: str(row["id"])
    )


MARK = "\ue000"
"""A character that no statement of ours holds."""


@given(
    text=st.text(min_size=1).map(lambda text: f"{MARK}{text}"),
    number=st.floats(allow_nan=False),
    block=st.integers(100_000, 1_000_000),
    order=orders,
)
def test_no_value_gets_into_the_text(
    text: str, number: float, block: int, order: NeuronOrder
) -> None:
    parts: list[Condition] = [
        InModel(text),
        LayerBetween(block, block),
        OfLayerKind(text),
        FiresOnToken(text),
        FiresOnWord(text),
        TokenGraphF1Between(number, None, HeldOut.RANDOM),
        WorseThanBigrams(worse=True),
        Lacks(text),
        *(StatisticBetween(statistic, None, number) for statistic in Statistic),
    ]
    after = Position(number if order.by else None, (text, block, text, block))
    other = Position(1.5 if order.by else None, ("a", 0, "b", 1))
    plain: list[Condition] = [
        InModel("a"),
        LayerBetween(1, 2),
        OfLayerKind("a"),
        FiresOnToken("a"),
        FiresOnWord("a"),
        TokenGraphF1Between(0.5, None, HeldOut.RANDOM),
        WorseThanBigrams(worse=True),
        Lacks("a"),
        *(StatisticBetween(statistic, None, 0.5) for statistic in Statistic),
    ]
    # The same shape makes the same text, whatever the values are.
    made = page(AllOf(tuple(parts)), order, limit=block, after=after)
    assert made.text == page(AllOf(tuple(plain)), order, limit=1, after=other).text
    assert MARK not in made.text
    assert str(block) not in made.text
    assert count(AllOf(tuple(parts))).text == count(AllOf(tuple(plain))).text
    assert text in made.parameters.values()


@pytest.mark.parametrize(
    ("where", "begins"),
    [
        (AllOf(), "MATCH (n:Neuron) RETURN"),
        (AllOf((InModel("toy"),)), "MATCH (n:Neuron) WHERE"),
        (AllOf((InModel("toy"), FiresOnWord("a"), FiresOnToken("b"))), "MATCH (n:Neuron)-[:ACTIVATES_ON]->(:Token {id:"),
        (AllOf((Lacks("a"), FiresOnWord("b"))), "MATCH (n:Neuron)-[:ACTIVATES_ON]->(:Token)-[:FORM_OF]->"),
        (AllOf((OfLayerKind("a"), Lacks("b"))), "MATCH (n:Neuron)-[k:LACKS]->"),
    ],
)  # fmt: skip
def test_the_graph_is_entered_through_the_narrowest_condition(where: AllOf, begins: str) -> None:
    assert page(where, NeuronOrder(), limit=1).text.startswith(begins)


@pytest.mark.parametrize(
    "values",
    [
        [],
        [None, "toy", 1, "toy/1"],
        [None, "toy", "1", "toy/1", 2],
        ["x", "toy", 1, "toy/1", 2],
        [True, "toy", 1, "toy/1", 2],
        [None, "toy", True, "toy/1", 2],
    ],
)
def test_values_of_no_place_are_refused(values: list[object]) -> None:
    with pytest.raises(QueryError, match="name no place"):
        NeuronOrder(Statistic.DENSITY).position_of(values)


def test_a_place_of_another_order_is_refused() -> None:
    with pytest.raises(QueryError, match="name no place"):
        NeuronOrder().position_of([0.5, "toy", 1, "toy/1", 2])


def test_a_place_comes_back_as_it_was() -> None:
    order = NeuronOrder(Statistic.DENSITY, descending=True)
    row: dict[str, object] = {
        "density": 0.5, "model_id": "toy", "layer_index": 1, "layer_id": "toy/1", "index": 2,
    }  # fmt: skip
    place = order.position(row)
    assert order.position_of(place.values()) == place
