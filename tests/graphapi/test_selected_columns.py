"""What few ask for is read for those alone, and the answers are the same."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from cypher import ids
from cypher.engines import engine_for
from cypher.pack import Pack, PackWriter, extend_pack, open_pack
from cypher.url import parse_graph_url
from graphapi.context import Context
from graphapi.reader import Reader
from graphapi.schema import make_schema
from graphapi.settings import Settings
from tests.graphapi.passing_on import PassingOn
from tests.packs import small_pack
from tests.whole import load

TWICE = "tiny/0/2"
"""Two runs say of it that it fires on ` t1`, most of all tokens."""
SETTINGS = Settings()


def _asked(url: str, *queries: str) -> list[tuple[Any, list[str]]]:
    """The data of each operation, and the statements that it made."""

    async def ask() -> list[tuple[Any, list[str]]]:
        graph = await engine_for(parse_graph_url(url)).open()
        try:
            found = []
            for query in queries:
                watched = PassingOn(graph)
                context = Context(watched, Reader(watched, SETTINGS), SETTINGS)
                result = await make_schema(SETTINGS).execute(query, context_value=context)
                assert result.errors is None
                found.append((result.data, watched.statements))
            return found
        finally:
            await graph.close()

    return asyncio.run(ask())


def _of_two_runs(path: Path) -> Pack:
    base = small_pack(path / "base")
    (own,) = [
        row
        for row in base.table("ACTIVATES_ON").to_pylist()
        if row["source"] == TWICE and row["rank"] == 1
    ]
    run = ids.run_id("token-graphs", "other", {})
    with PackWriter(path / "more") as writer:
        writer.add("ACTIVATES_ON", [{**own, "activation": 0.25, "run_id": run}])
        writer.add("IngestRun", [{"id": run, "job": "token-graphs", "source": "other"}])
        covered = {"source": run, "target": ids.layer_id("tiny", 0)}
        writer.add("COVERS", [{**covered, "n_present": 1, "n_absent": 0}])
    extend_pack(base, open_pack(path / "more"), path / "pack")
    return open_pack(path / "pack")


def _tokens(fields: str, first: int = 3) -> str:
    return (
        f"{{ neurons(first: 20) {{ edges {{ node {{ id activatesOn(first: {first}) "
        f"{{ edges {{ activation node {{ text }} {fields} }} }} }} }} }} }}"
    )


@pytest.mark.parametrize("first", [1, 3])
def test_two_runs_at_one_place_come_in_the_order_of_their_runs(
    graph_url: str, tmp_path: Path, first: int
) -> None:
    load(graph_url, _of_two_runs(tmp_path))
    one = f'{{ neuron(id: "{TWICE}") {{ activatesOn(first: {first}) {{ edges {{ activation }} }} }} }}'
    (lean, texts), (whole, _), (of_one, _) = _asked(
        graph_url, _tokens("", first), _tokens("run { id }", first), one
    )
    edges: dict[str, list[tuple[str, Any]]] = {}
    for neuron in whole["neurons"]["edges"]:
        for edge in neuron["node"]["activatesOn"]["edges"]:
            edges.setdefault(neuron["node"]["id"], []).append((edge["run"]["id"], edge))
            del edge["run"]
    assert lean == whole
    if first > 1:
        (run, edge), (other, beside) = edges[TWICE][:2]
        assert edge["node"] == beside["node"]
        assert run < other
    assert of_one["neuron"]["activatesOn"]["edges"] == [
        {"activation": edge["activation"]} for _, edge in edges[TWICE]
    ]
    assert sum("r.token_rank" in text for text in texts) == 1, "the runs were needed, and not read"


@pytest.mark.parametrize(
    ("fields", "columns"),
    [
        ("", set()),
        ("rank", set()),
        ("tokenRank", {"r.token_rank", "r.run_id"}),
        ("run { job }", {"r.token_rank", "r.run_id"}),
        ("cursor", {"r.token_rank", "r.run_id"}),
    ],
)
def test_columns_are_read_for_what_is_made_of_them(
    graph_url: str, tmp_path: Path, fields: str, columns: set[str]
) -> None:
    load(graph_url, small_pack(tmp_path / "pack"))
    ((data, texts),) = _asked(graph_url, _tokens(fields))
    (text,) = [text for text in texts if "ACTIVATES_ON" in text]
    assert {name for name in ("r.token_rank", "r.run_id") if f"{name} AS" in text} == columns
    assert any(edge["node"]["activatesOn"]["edges"] for edge in data["neurons"]["edges"])


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ("text", False),
        ("text score explainer scores { value }", False),
        ("explainerModel", True),
        ("about", True),
        ("text run { job }", True),
    ],
)
def test_columns_of_explanations_are_read_for_what_is_made_of_them(
    graph_url: str, tmp_path: Path, fields: str, read: bool
) -> None:
    load(graph_url, small_pack(tmp_path / "pack"))
    ids_ = "{ neurons(first: 20) { edges { node { id explanations { %s } } } } }"
    (lean, texts), (whole, _), (one, _) = _asked(
        graph_url,
        ids_ % fields,
        ids_ % f"{fields} promptVersion",
        f'{{ neuron(id: "{TWICE}") {{ explanations(explainer: "template") {{ {fields} }} }} }}',
    )
    (text,) = [text for text in texts if "HAS_EXPLANATION" in text and "e.text" in text]
    columns = ("e.explainer_model", "e.prompt_version", "e.about", "e.run_id")
    assert {f"{name} AS" in text for name in columns} == {read}
    explained = {}
    for answer in (lean, whole):
        for edge in answer["neurons"]["edges"]:
            for explanation in edge["node"]["explanations"]:
                explanation.pop("promptVersion", None)
            explained[edge["node"]["id"]] = edge["node"]["explanations"]
    assert lean == whole
    assert explained[TWICE]
    assert one["neuron"]["explanations"] == explained[TWICE]


@pytest.mark.parametrize("also", ["", "layerIndex"])
def test_an_operation_that_goes_wrong_elsewhere_has_the_same_answer(
    graph_url: str, tmp_path: Path, also: str
) -> None:
    """It is left to graphql-core, which asks for objects one by one."""
    load(graph_url, small_pack(tmp_path / "pack"))
    fields = (
        "id activatesOn(first: 2) { edges { activation node { text } } } explanations { text } "
        f"statistics {{ density maxActivation }} {also}"
    )
    page = f"neurons(first: 5) {{ edges {{ node {{ {fields} }} }} }}"
    wrong = 'b: neuron(id: "nothing") { id }'

    async def ask(query: str) -> tuple[Any, int]:
        graph = await engine_for(parse_graph_url(graph_url)).open()
        try:
            watched = PassingOn(graph)
            context = Context(watched, Reader(watched, SETTINGS), SETTINGS)
            result = await make_schema(SETTINGS).execute(query, context_value=context)
            assert result.data is not None
            errors = [error.path for error in result.errors or ()]
            assert errors == ([["b"]] if wrong in query else [])
            return result.data["neurons"], len(watched.statements)
        finally:
            await graph.close()

    right, of_right = asyncio.run(ask(f"{{ {page} }}"))
    beside, of_both = asyncio.run(ask(f"{{ {page} {wrong} }}"))
    assert beside == right
    assert of_both == of_right, "statements were made twice"
