"""The pages of a list, joined, are the list, on either engine."""

from __future__ import annotations

from typing import Any

import pytest

from cypher import ids
from tests.graphapi.asking import Asker
from tests.graphs import Tables

pytestmark = pytest.mark.anyio

PAGE = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
SIZES = [1, 7, 1000]


def _sorted(rows: list[dict[str, Any]], value: str) -> list[tuple[str, float]]:
    return sorted(
        ((row["source"], row[value]) for row in rows), key=lambda pair: (-pair[1], pair[0])
    )


@pytest.mark.parametrize("first", SIZES)
async def test_the_neurons_of_a_token(ask: Asker, tables: Tables, first: int) -> None:
    edges = await ask.pages(
        'query($first: Int, $after: String) { token(text: " play") { neurons(first: $first, '
        f"after: $after) {{ edges {{ cursor activation rank tokenRank node {{ id }} }} {PAGE} }} "
        "} }",
        "token", "neurons", first=first,
    )  # fmt: skip
    rows = [row for row in tables["ACTIVATES_ON"] if row["target"] == " play"]
    assert len(rows) > 8
    found = [(edge["node"]["id"], edge["activation"]) for edge in edges]
    assert found == _sorted(rows, "activation")
    ranks = {row["source"]: (row["rank"], row["token_rank"]) for row in rows}
    assert {edge["node"]["id"]: (edge["rank"], edge["tokenRank"]) for edge in edges} == ranks


@pytest.mark.parametrize("first", SIZES)
async def test_the_neurons_of_a_word(ask: Asker, tables: Tables, first: int) -> None:
    edges = await ask.pages(
        'query($first: Int, $after: String) { word(text: "play") { neurons(first: $first, '
        f"after: $after) {{ edges {{ cursor activation node {{ id }} }} {PAGE} }} }} }}",
        "word", "neurons", first=first,
    )  # fmt: skip
    strongest: dict[str, float] = {}
    for row in tables["ACTIVATES_ON"]:
        if ids.word_id(row["target"]) == "play":
            strongest[row["source"]] = max(strongest.get(row["source"], 0), row["activation"])
    expected = sorted(strongest.items(), key=lambda pair: (-pair[1], pair[0]))
    assert [(edge["node"]["id"], edge["activation"]) for edge in edges] == expected


@pytest.mark.parametrize("first", SIZES)
async def test_the_neurons_conditioned_on_a_token(ask: Asker, tables: Tables, first: int) -> None:
    edges = await ask.pages(
        'query($first: Int, $after: String) { token(text: "x") { conditions(first: $first, '
        f"after: $after) {{ edges {{ cursor importance distance node {{ id }} }} {PAGE} }} }} }}",
        "token", "conditions", first=first,
    )  # fmt: skip
    rows = [row for row in tables["CONDITIONED_ON"] if row["target"] == "x"]
    assert len(rows) > 8
    found = [(edge["node"]["id"], edge["importance"]) for edge in edges]
    assert found == _sorted(rows, "importance")
    assert {edge["distance"] for edge in edges} == {2}


@pytest.mark.parametrize("first", SIZES)
@pytest.mark.parametrize(
    ("field", "table"), [("activatesOn", "ACTIVATES_ON"), ("conditionedOn", "CONDITIONED_ON")]
)
async def test_the_tokens_of_a_neuron(
    ask: Asker, tables: Tables, first: int, field: str, table: str
) -> None:
    neuron = max(row["source"] for row in tables[table])
    edges = await ask.pages(
        f"query($first: Int, $after: String, $id: ID!) {{ neuron(id: $id) {{ {field}(first: "
        f"$first, after: $after) {{ edges {{ cursor rank node {{ text }} }} {PAGE} }} }} }}",
        "neuron", field, first=first, id=neuron,
    )  # fmt: skip
    rows = sorted(
        (row for row in tables[table] if row["source"] == neuron), key=lambda row: row["rank"]
    )
    assert rows
    assert [(edge["rank"], edge["node"]["text"]) for edge in edges] == [
        (row["rank"], row["target"]) for row in rows
    ]


@pytest.mark.parametrize("first", SIZES)
@pytest.mark.parametrize("layers", ["ANY", "SAME", "OTHER"])
async def test_similar_neurons(ask: Asker, tables: Tables, first: int, layers: str) -> None:
    edges = await ask.pages(
        "query($first: Int, $after: String, $layers: Layers!) { neuron(id: \"toy/1/2\") { "
        "similar(first: $first, after: $after, layers: $layers) "
        f"{{ edges {{ cursor rank node {{ id }} }} {PAGE} }} }} }}",
        "neuron", "similar", first=first, layers=layers,
    )  # fmt: skip
    rank = "cross_layer_rank" if layers == "OTHER" else "rank"
    rows = [
        row
        for row in tables["SIMILAR_TO"]
        if row["source"] == "toy/1/2"
        and row[rank] is not None
        and (layers != "SAME" or row["target"].startswith("toy/1/"))
    ]
    assert rows
    assert [(edge["rank"], edge["node"]["id"]) for edge in edges] == sorted(
        (row[rank], row["target"]) for row in rows
    )


@pytest.mark.parametrize("first", SIZES)
async def test_runs(ask: Asker, tables: Tables, first: int) -> None:
    edges = await ask.pages(
        "query($first: Int, $after: String) { runs(first: $first, after: $after) "
        f"{{ edges {{ cursor node {{ id }} }} {PAGE} }} }}",
        "runs", first=first,
    )  # fmt: skip
    rows = sorted(tables["IngestRun"], key=lambda row: row["id"])
    rows.sort(key=lambda row: row["started_at"] or "", reverse=True)
    assert [edge["node"]["id"] for edge in edges] == [row["id"] for row in rows]


@pytest.mark.parametrize("first", [1, 50, 1000])
async def test_neurons_by_a_statistic_with_ties(ask: Asker, tables: Tables, first: int) -> None:
    edges = await ask.pages(
        "query($first: Int, $after: String) { neurons(where: {model: \"toy\"}, orderBy: {field: "
        "MIN_ACTIVATION, direction: DESC}, first: $first, after: $after) "
        f"{{ edges {{ cursor node {{ id statistics {{ minActivation }} }} }} {PAGE} }} }}",
        "neurons", first=first,
    )  # fmt: skip
    rows = [row for row in tables["Neuron"] if row["model_id"] == "toy"]
    rows.sort(key=lambda row: (row["layer_index"], row["layer_id"], row["index"]))
    rows.sort(key=lambda row: (row["min_activation"] is None, -(row["min_activation"] or 0.0)))
    assert [edge["node"]["id"] for edge in edges] == [row["id"] for row in rows]


async def test_several_tokens_at_once_are_paged_like_one(ask: Asker) -> None:
    """Neurons of many tokens come from one statement about ranks; of one token, from another."""
    query = (
        'query($first: Int, $after: String) { a: word(text: "play") { tokens { text '
        f"neurons(first: $first, after: $after) {{ edges {{ activation node {{ id }} }} {PAGE} }} "
        "} } }"
    )
    many = await ask(query, first=5)
    for token in many["a"]["tokens"]:
        alone = await ask(
            "query($text: String!) { token(text: $text) { neurons(first: 5) "
            f"{{ edges {{ activation node {{ id }} }} {PAGE} }} }} }}",
            text=token["text"],
        )
        assert alone["token"]["neurons"] == token["neurons"]


async def test_a_cursor_is_of_one_tokens_list(ask: Asker) -> None:
    found = await ask('{ token(text: " play") { neurons(first: 1) { pageInfo { endCursor } } } }')
    error = await ask.error(
        'query($after: String) { token(text: "x") { neurons(after: $after) { edges { cursor } } } }',
        after=found["token"]["neurons"]["pageInfo"]["endCursor"],
    )
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "is no cursor of this list" in error["message"]


async def test_several_words_at_once_are_paged_like_one(ask: Asker) -> None:
    fields = f"text neurons(first: 3) {{ edges {{ activation node {{ id }} }} {PAGE} }}"
    together = await ask(
        f'{{ a: word(text: "play") {{ {fields} }} b: word(text: "the") {{ {fields} }} }}'
    )
    for name, word in (("a", "play"), ("b", "the")):
        alone = await ask(f'{{ word(text: "{word}") {{ {fields} }} }}')
        assert together[name] == alone["word"]


async def test_the_total_is_counted_if_it_is_asked_for(ask: Asker, tables: Tables) -> None:
    answer = await ask(
        "{ all: neurons(first: 0) { totalCount edges { cursor } pageInfo { hasNextPage } } "
        'some: neurons(first: 1, where: {firesOnWord: "Play", layerIndex: {max: 1}}) '
        "{ totalCount } }"
    )
    assert answer["all"] == {
        "totalCount": len(tables["Neuron"]),
        "edges": [],
        "pageInfo": {"hasNextPage": True},
    }
    firing = {
        row["source"] for row in tables["ACTIVATES_ON"] if ids.word_id(row["target"]) == "play"
    }
    low = {row["id"] for row in tables["Neuron"] if row["layer_index"] <= 1}
    assert answer["some"]["totalCount"] == len(firing & low)
