"""The questions of docs/questions.md and of the README: the same is found on either engine.

Those of the page are asked in GraphQL and in Cypher; the README's answers are those of the engines.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode, parse
from graphql.language import OperationDefinitionNode

from cypher.engines import engine_for
from cypher.graph import Graph
from cypher.load import load_pack
from cypher.url import parse_graph_url
from graphapi.app import create_app
from graphapi.settings import Settings
from neurocypher.demo import demo_pack
from tests.graphapi.asking import Asker
from tests.loaded import anyio_backend, empty_graph
from tests.readme import blocks, graphql_answers

__all__ = ["anyio_backend"]

PAGE = Path(__file__).parents[1] / "docs" / "questions.md"
_QUESTION = re.compile(
    r"^### (\d+)\. ([^\n]+)\n\n```graphql\n(.+?)\n```\n\n```cypher\n(.+?)\n```$",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """One of the page."""

    number: int
    words: str
    graphql: str
    cypher: str


QUESTIONS = [
    Question(int(number), words, graphql, cypher)
    for number, words, graphql, cypher in _QUESTION.findall(PAGE.read_text("utf-8"))
]


@pytest.fixture(
    scope="module",
    params=[pytest.param("ladybug"), pytest.param("neo4j", marks=pytest.mark.neo4j)],
)
async def graph(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Graph]:
    """The demo, on either engine."""
    url = parse_graph_url(empty_graph(request, tmp_path_factory.mktemp("demo")))
    load_pack(demo_pack().path, url, lambda *_: None)
    opened = await engine_for(url).open()
    yield opened
    await opened.close()


def test_there_are_forty_and_no_part_of_the_page_is_missed() -> None:
    assert [question.number for question in QUESTIONS] == list(range(1, len(QUESTIONS) + 1))
    text = PAGE.read_text("utf-8")
    assert len(QUESTIONS) >= 40
    assert text.count("```graphql") == text.count("```cypher") == len(QUESTIONS)
    assert len({question.words for question in QUESTIONS}) == len(QUESTIONS)


@pytest.mark.anyio
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: str(question.number))
async def test_both_languages_find_the_same(graph: Graph, question: Question) -> None:
    transport = httpx.ASGITransport(create_app(graph, Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        data = await Asker(client)(question.graphql)
    (operation,) = parse(question.graphql).definitions
    assert isinstance(operation, OperationDefinitionNode)
    by_graphql = list(_rows(operation.selection_set, data))
    by_cypher = (await graph.read(question.cypher, {})).values
    assert by_graphql, f"{question.words} has no answer"
    assert len(by_graphql) == len(by_cypher)
    for one, other in zip(by_graphql, by_cypher, strict=True):
        assert len(one) == len(other)
        assert all(map(_same, one, other)), (question.words, one, other)


@pytest.fixture(scope="module")
async def readme_answers(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What the README's GraphQL gets from the demo in a file."""
    url = parse_graph_url(f"ladybug://{tmp_path_factory.mktemp('file')}/demo.lbug")
    load_pack(demo_pack().path, url, lambda *_: None)
    opened = await engine_for(url).open()
    answers = await graphql_answers(opened)
    await opened.close()
    return answers


@pytest.mark.anyio
async def test_the_readmes_graphql_is_answered_alike(
    graph: Graph, readme_answers: list[dict[str, Any]]
) -> None:
    assert await graphql_answers(graph) == readme_answers
    assert len(readme_answers) == len(blocks("graphql"))
    assert '"edges": []' not in json.dumps(readme_answers), "a list without an entry shows nothing"


def _same(one: Any, other: Any) -> bool:
    """Equal, but for how a sum of floats was rounded."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9)
    return bool(one == other)


def _rows(selected: SelectionSetNode, data: dict[str, Any]) -> Iterator[list[Any]]:
    """The answer as a table: values in the order that they are asked for, a row for each entry.

    An object is part of its row; a list of objects makes a row of each, none where it is empty.
    """
    rows: list[list[Any]] = [[]]
    for node in selected.selections:
        assert not isinstance(node, FragmentSpreadNode), "a question needs no named fragment"
        if isinstance(node, InlineFragmentNode):
            values = list(_rows(node.selection_set, data))
        else:
            assert isinstance(node, FieldNode)
            values = _values(node, data[node.name.value])
        rows = [[*row, *more] for row in rows for more in values]
    yield from rows


def _values(node: FieldNode, value: Any) -> list[list[Any]]:
    if node.selection_set is None:
        return [[value]]
    entries = value if isinstance(value, list) else [value]
    return [row for entry in entries for row in _rows(node.selection_set, entry)]
