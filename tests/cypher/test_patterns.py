"""Any filter and order give the same neurons on either engine as a naive reading in Python."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cypher.engines import engine_for
from cypher.errors import QueryError
from cypher.graph import Graph
from cypher.load import load_pack
from cypher.patterns import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    Context,
    ContextOfLength,
    Counted,
    Counts,
    Explained,
    HasId,
    HeldOut,
    InLayer,
    InModel,
    Lacks,
    LayerBetween,
    Link,
    LinkedTo,
    LinkProperty,
    NeuronOrder,
    Not,
    OfLayerKind,
    Plan,
    Position,
    Related,
    Relation,
    Repeats,
    Side,
    Statistic,
    StatisticBetween,
    TokenGraphF1Between,
    TokenPattern,
    TokenSet,
    Unconnected,
    Within,
    WorseThanBigrams,
    plan,
)
from cypher.patterns.compile import PROPERTIES
from cypher.url import Dialect, parse_graph_url
from tests.filters import filters, graph_with_tries, orders
from tests.graphs import Tables, write_pack
from tests.loaded import anyio_backend, empty_graph
from tests.naive import Naive

__all__ = ["anyio_backend"]


@pytest.fixture(scope="module")
def tables() -> Tables:
    return graph_with_tries(seed=1)


@pytest.fixture(
    scope="module",
    params=[pytest.param("ladybug"), pytest.param("neo4j", marks=pytest.mark.neo4j)],
)
async def graph(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tables: Tables
) -> AsyncIterator[Graph]:
    """The small graph with random tries, on either engine."""
    folder = tmp_path_factory.mktemp("patterns")
    url = parse_graph_url(empty_graph(request, folder))
    load_pack(write_pack(folder / "pack", tables).path, url, lambda *_: None)
    opened = await engine_for(url).open()
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def naive(tables: Tables) -> Naive:
    return Naive(tables)


async def _ids(graph: Graph, where: Condition, order: NeuronOrder) -> list[str]:
    whole = (await plan(graph, where)).page(order, limit=1000)
    return [str(row[0]) for row in (await graph.read(whole.text, whole.parameters)).values]


async def _is_right(
    graph: Graph, naive: Naive, where: Condition, order: NeuronOrder, size: int
) -> None:
    expected = naive.found(where, order)
    assert await _ids(graph, where, order) == expected
    planned = await plan(graph, where)
    counted = planned.count()
    assert (await graph.read(counted.text, counted.parameters)).values == [[len(expected)]]
    joined: list[object] = []
    after: Position | None = None
    while True:
        part = planned.page(order, limit=size, after=after)
        rows = (await graph.read(part.text, part.parameters)).as_dicts()
        joined += [row["id"] for row in rows]
        if len(rows) < size:
            break
        after = order.position_of(order.position(rows[-1]).values())
        assert len(joined) <= len(expected)
    assert joined == expected


def _examples(number: int) -> settings:
    return settings(
        max_examples=number, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )


@pytest.mark.anyio
@pytest.mark.parametrize("graph", ["ladybug"], indirect=True)
@_examples(120)
@given(where=filters, order=orders, size=st.integers(20, 60))
async def test_a_filter_finds_what_a_naive_reading_finds(
    graph: Graph, naive: Naive, where: Condition, order: NeuronOrder, size: int
) -> None:
    await _is_right(graph, naive, where, order, size)


@pytest.mark.anyio
@pytest.mark.parametrize("graph", [pytest.param("neo4j", marks=pytest.mark.neo4j)], indirect=True)
@_examples(25)  # it plans each statement of a new form, for longer than it then runs
@given(where=filters, order=orders, size=st.integers(20, 60))
async def test_a_filter_finds_on_a_server_what_a_naive_reading_finds(
    graph: Graph, naive: Naive, where: Condition, order: NeuronOrder, size: int
) -> None:
    await _is_right(graph, naive, where, order, size)


PLAY = TokenSet((" play",))
THE = TokenSet(("the",), words=True)
ONE = AllOf((HasId(("toy/1/2", "toy/0/3")),))
LEAVES: dict[str, Condition] = {
    "everything": AllOf(),
    "nothing": AnyOf(),
    "model": InModel("toy"),
    "layer": InLayer("toy/1-res"),
    "ids": HasId(("toy/1/2", "none", "toy/0/3")),
    "blocks": LayerBetween(Between(1, 1)),
    "kind": OfLayerKind("sae"),
    "no kind": Not(OfLayerKind("sae")),
    "statistic": StatisticBetween(Statistic.DENSITY, Between(0.0, 0.5)),
    "no statistic": Not(StatisticBetween(Statistic.DENSITY, Between(0.0, 0.5))),
    "token": LinkedTo(Link.ACTIVATES_ON, PLAY),
    "word": LinkedTo(Link.ACTIVATES_ON, THE),
    "no word": Not(LinkedTo(Link.ACTIVATES_ON, THE)),
    "tokens": LinkedTo(Link.ACTIVATES_ON, TokenSet((" play", "x", "none"))),
    "hard on tokens": LinkedTo(
        Link.ACTIVATES_ON, PLAY, (Within(LinkProperty.ACTIVATION, Between(0.4, 0.6)),)
    ),
    "in the context, near": LinkedTo(
        Link.CONDITIONED_ON, PLAY, (Within(LinkProperty.DISTANCE, Between(None, 2)),)
    ),
    "both tokens": AllOf((LinkedTo(Link.ACTIVATES_ON, PLAY), LinkedTo(Link.ACTIVATES_ON, THE))),
    "either link": AnyOf((LinkedTo(Link.READS, PLAY), LinkedTo(Link.WRITES, THE))),
    "read, not written": AllOf((LinkedTo(Link.READS, PLAY), Not(LinkedTo(Link.WRITES, PLAY)))),
    "f1": TokenGraphF1Between(Between(0.5)),
    "worse": WorseThanBigrams(worse=True),
    "no worse on random text": Not(WorseThanBigrams(worse=True, texts=HeldOut.RANDOM)),
    "lacks": Lacks("explanation"),
    "explained": Explained(contains="ON 1", score=Between(0.25, 0.25)),
    "scored": Explained(score=Between(0.3), score_kind="detection"),
    "not explained": Not(Explained()),
    "not explained with anything": Not(Explained(contains="")),
    "similar to one": Related(Relation.SIMILAR_TO, Side.EITHER, ONE, same_layer=False),
    "feeds what fires": Related(
        Relation.CONNECTS_TO, Side.SOURCE, LinkedTo(Link.ACTIVATES_ON, PLAY),
        (Within(LinkProperty.WEIGHT, Between(0)),),
    ),
    "fed by what does not": Related(
        Relation.CONNECTS_TO, Side.TARGET, Not(LinkedTo(Link.ACTIVATES_ON, PLAY))
    ),
    "pattern": TokenPattern((PLAY,), (Context((THE, TokenSet(('"',))), 1, 3),)),
    "pattern without": TokenPattern((PLAY, THE), (), (Context((PLAY,), 1, 1),)),
    "no pattern": Not(TokenPattern((), (Context((PLAY,), 2, 30),), (), Between(None, 0.0))),
    "length": ContextOfLength(Between(2, 3)),
    "repeats": Repeats(),
    "does not repeat": Not(Repeats()),
    "unconnected": Unconnected(Between(2)),
    "connected": Not(Unconnected(Between(1))),
    "similar to what repeats": Related(
        Relation.SIMILAR_TO, Side.EITHER, AllOf((Repeats(), LayerBetween(Between(0, 0)))),
        (Within(LinkProperty.SHARED, Between(2)),),
    ),
    "similar to what feeds a pattern": Related(
        Relation.SIMILAR_TO, Side.EITHER,
        Related(Relation.CONNECTS_TO, Side.SOURCE, Not(TokenPattern((PLAY,)))),
    ),
    "a pattern or a token": AnyOf((TokenPattern((PLAY,)), LinkedTo(Link.ACTIVATES_ON, PLAY))),
}  # fmt: skip


@pytest.mark.anyio
@pytest.mark.parametrize("name", LEAVES)
async def test_each_condition_finds_what_a_naive_reading_finds(
    graph: Graph, naive: Naive, tables: Tables, name: str
) -> None:
    where, order = LEAVES[name], NeuronOrder()
    expected = naive.found(where, order)
    if name not in ("everything", "nothing"):
        assert 0 < len(expected) < len(tables["Neuron"]), "it tells no neurons apart"
    assert await _ids(graph, where, order) == expected


@pytest.mark.anyio
@pytest.mark.parametrize("by", [None, Statistic.MIN_ACTIVATION])
@pytest.mark.parametrize("size", [1, 7])
async def test_pages_of_any_size_under_ties(
    graph: Graph, naive: Naive, by: Statistic | None, size: int
) -> None:
    where = AllOf((InModel("toy"), LayerBetween(Between(1, 1)), Not(Lacks("examples"))))
    for descending in (False, True):
        await _is_right(graph, naive, where, NeuronOrder(by, descending), size)


HOSTILE = (
    "'", '"', "`", "\\", "'; DROP", "x' OR '1'='1", "}) DETACH DELETE n //", "$p0", "{id: 1}",
    "\n", "\u2028", "\\u0027", "𝄞", "a" * 10_000, "/*", "*/", "%", "_", ".*", "(?i)play", "\x7f",
)  # fmt: skip


def _everywhere(text: str) -> list[Condition]:
    """Conditions with a text in every place that has one."""
    tokens = (TokenSet((text,)), TokenSet((text, "b"), words=True))
    return [
        InModel(text),
        InLayer(text),
        HasId((text,)),
        OfLayerKind(text),
        Lacks(text),
        *(LinkedTo(link, one) for link in Link for one in tokens),
        Explained(text),
        Explained(None, text, text, Between(), text),
        Related(Relation.SIMILAR_TO, Side.EITHER, InLayer(text)),
        TokenPattern(tokens, (Context(tokens),), (Context(tokens, 1, 2),)),
        TokenPattern(tokens[:1]),
    ]


@pytest.mark.anyio
async def test_a_text_is_never_more_than_a_text(graph: Graph, naive: Naive) -> None:
    for text in HOSTILE:
        where = AnyOf(tuple(_everywhere(text)))
        expected = naive.found(where, NeuronOrder())
        assert await _ids(graph, where, NeuronOrder()) == expected


MARK = "\ue000"
"""A character that no statement of ours holds."""


@given(
    text=st.text(min_size=1).map(lambda text: f"{MARK}{text}"),
    number=st.floats(allow_nan=False),
    block=st.integers(100_000, 1_000_000),
    order=orders,
    dialect=st.sampled_from(Dialect),
)
def test_no_value_gets_into_the_text(
    text: str, number: float, block: int, order: NeuronOrder, dialect: Dialect
) -> None:
    def parts(text: str, number: float, block: int) -> Condition:
        values = Between(number, block)
        return AllOf(
            (
                Not(AllOf(tuple(_everywhere(text)))),
                LayerBetween(values),
                TokenGraphF1Between(values, HeldOut.RANDOM),
                Explained(score=values),
                LinkedTo(Link.READS, None, (Within(LinkProperty.RANK, values),)),
                TokenPattern(activation=values),
                Repeats(number),
                Unconnected(values),
                ContextOfLength(values, values),
                *(StatisticBetween(statistic, values) for statistic in Statistic),
            )
        )

    after = Position(number if order.by else None, (text, block, text, block))
    other = Position(1.5 if order.by else None, ("a", 0, "b", 1))
    counts = Counts(deepest=3)
    made = Plan(parts(text, number, block), dialect, counts)
    plain = Plan(parts("a", 0.5, 1), dialect, counts)
    page = made.page(order, limit=block, after=after)
    # The same shape makes the same text, whatever the values are.
    assert page.text == plain.page(order, limit=1, after=other).text
    assert MARK not in page.text
    assert str(block) not in page.text
    assert made.count().text == plain.count().text
    assert text in page.parameters.values()


@pytest.mark.anyio
async def test_a_page_has_every_property(graph: Graph, tables: Tables) -> None:
    whole = (await plan(graph, AllOf())).page(NeuronOrder(), limit=1000, properties=PROPERTIES)
    rows = (await graph.read(whole.text, whole.parameters)).as_dicts()
    assert sorted(rows, key=lambda row: str(row["id"])) == sorted(
        tables["Neuron"], key=lambda row: str(row["id"])
    )


RARE, COMMON = TokenSet(("rare",)), TokenSet(("common",))
FEW = Counts(
    {
        **{Counted(link, "common"): 30_000 for link in (*Link, "MATCHES")},
        **{Counted(link, "rare"): 3 for link in (*Link, "MATCHES")},
    }
)
RARELY = LinkedTo(Link.ACTIVATES_ON, RARE)
COMMONLY = LinkedTo(Link.ACTIVATES_ON, COMMON)


@pytest.mark.parametrize(
    ("where", "enters"),
    [
        (AllOf(), "MATCH (n:Neuron) "),
        (InModel("toy"), "MATCH (n:Neuron) WHERE"),
        (Not(RARELY), "MATCH (n:Neuron) WHERE"),
        (AllOf((COMMONLY, RARELY)), "-[:ACTIVATES_ON]->(:Token {id: rare}) WITH DISTINCT n"),
        (AllOf((RARELY, COMMONLY)), "-[:ACTIVATES_ON]->(:Token {id: rare}) WITH DISTINCT n"),
        (AllOf((Not(Not(RARELY)), COMMONLY)), "-[:ACTIVATES_ON]->(:Token {id: rare}) WITH"),
        (AllOf((Explained("a"), LinkedTo(Link.READS, RARE))), "-[:READS]->(:Token {id: rare})"),
        (AllOf((OfLayerKind("a"), Lacks("b"))), "-[:LACKS]->"),
        (AllOf((COMMONLY, HasId(("toy/1/2",)))), "WHERE n.id IN ['toy/1/2'] WITH DISTINCT n"),
        (AllOf((COMMONLY, AnyOf((RARELY, LinkedTo(Link.READS, RARE))))), "OPTIONAL MATCH"),
        (AnyOf((RARELY, RARELY)), "MATCH (n:Neuron)-[:ACTIVATES_ON]->(:Token {id: rare})"),
        (TokenPattern((COMMON,), (Context((RARE,)),)), "-[:MATCHES]->(:Token {id: rare}) WITH"),
        (Related(Relation.SIMILAR_TO, Side.EITHER, AllOf((COMMONLY, RARELY))),
         "-[:ACTIVATES_ON]->(:Token {id: rare}) MATCH (n:Neuron)-[:SIMILAR_TO]-"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("dialect", Dialect)
def test_the_graph_is_entered_through_the_narrowest_condition(
    where: Condition, enters: str, dialect: Dialect
) -> None:
    made = Plan(where, dialect, FEW).page(NeuronOrder(), limit=1)
    text = made.text
    for name, value in reversed(list(made.parameters.items())):
        text = text.replace(f"${name}", str(value))
    for number in reversed(range(30)):
        text = text.replace(f"[r{number}:", "[:").replace(f"[k{number}:", "[:")
    begin, _, _ = text.partition("WITH DISTINCT n ")
    assert enters in f"{begin}WITH DISTINCT n "


@pytest.mark.anyio
async def test_what_stands_at_an_entry_is_counted(graph: Graph, tables: Tables) -> None:
    word = LinkedTo(Link.ACTIVATES_ON, THE)
    where = AllOf((LinkedTo(Link.READS, PLAY), word, Lacks("examples"), TokenPattern((PLAY,))))
    for _ in range(2):  # the second time they are remembered
        known = (await plan(graph, where)).counts.known
        assert known == {
            Counted("READS", " play"): sum(r["target"] == " play" for r in tables["READS"]),
            Counted("MATCHES", " play"): sum(r["target"] == " play" for r in tables["MATCHES"]),
            Counted("ACTIVATES_ON", "the", words=True): sum(
                row["target"].strip().casefold() == "the" for row in tables["ACTIVATES_ON"]
            ),
            Counted("LACKS", "examples"): sum(r["kind"] == "examples" for r in tables["LACKS"]),
        }
    assert (await plan(graph, word)).counts.known == {}, "there is no choice"


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
    row: dict[str, object] = {"density": 0.5, "id": "toy/1-mlp/2", "layer_index": 1}
    place = order.position(row)
    assert order.position_of(place.values()) == place
