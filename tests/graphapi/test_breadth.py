"""Breadth first, an operation has the answer that graphql-core gives it, errors and nulls included."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strawberry import Schema
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from cypher.graph import Graph
from graphapi.context import Context
from graphapi.reader import Reader
from graphapi.schema import make_schema
from graphapi.settings import Settings

pytestmark = pytest.mark.anyio

SETTINGS = Settings(max_page=20)
BREADTH_FIRST = make_schema(SETTINGS)
DEPTH_FIRST = make_schema(SETTINGS)
DEPTH_FIRST.execution_context_class = StrawberryGraphQLCoreExecutionContext

GIVEN: dict[str, tuple[str, ...]] = {
    "first": ("0", "1", "2", "5", "21", "null"),
    "after": ("null", '"?"'),
    "id": ('"toy/0/3"', '"toy/1/2"', '"toy/9/9"', '"toy"', '"?"'),
    "text": ('"play"', '" play"', '""', '"never"'),
    "bucket": ('"top"', '"q1"', '"bottom"', "null"),
    "layers": ("ANY", "SAME", "OTHER"),
    "where": (
        '{model: "toy"}',
        "{layerIndex: {min: 1}}",
        "{density: {min: 0.1}}",
        "null",
        '{or: [{firesOnToken: " play"}, {pattern: {when: [{words: ["play"]}]}}], not: {lacks: "a"}}',
        '{and: [{not: {similarTo: {where: {ids: ["toy/1/2"]}, layers: OTHER}}}, {layerKind: "mlp"}]}',
    ),
    "orderBy": ("{field: DENSITY, direction: DESC}", "null"),
}
"""What arguments may be, of each name; some of it is wrong."""
DIRECTIVES = ("", "", "", " @include(if: $yes)", " @skip(if: $yes)", " @skip(if: false)")


async def _answer(schema: Schema, graph: Graph, query: str) -> tuple[Any, list[Any]]:
    context = Context(graph, Reader(graph, SETTINGS), SETTINGS)
    result = await schema.execute(query, {"yes": True}, context_value=context)
    errors = [(error.message, error.path, error.locations) for error in result.errors or ()]
    return result.data, errors


@st.composite
def _selections(draw: st.DrawFn, type_: GraphQLObjectType, depth: int) -> str:
    """A selection set of `type_`, braces included."""
    names = sorted(type_.fields)
    if depth == 0:
        names = [name for name in names if is_leaf_type(get_named_type(type_.fields[name].type))]
    chosen = draw(st.lists(st.sampled_from([*names, "__typename"]), min_size=1, max_size=3))
    texts = [draw(_field(type_, name, f"a{place}", depth)) for place, name in enumerate(chosen)]
    if draw(st.booleans()):
        inside = draw(st.integers(0, len(texts)))
        texts.append(f"... on {type_.name} {{ __typename {' '.join(texts[:inside])} }}")
    return "{ " + " ".join(texts) + " }"


@st.composite
def _field(draw: st.DrawFn, type_: GraphQLObjectType, name: str, alias: str, depth: int) -> str:
    directive = draw(st.sampled_from(DIRECTIVES))
    if name == "__typename":
        return f"{alias}: {name}{directive}"
    field = type_.fields[name]
    arguments = [
        f"{argument}: {draw(st.sampled_from(GIVEN[argument]))}"
        for argument, of in field.args.items()
        if argument in GIVEN and (isinstance(of.type, GraphQLNonNull) or draw(st.booleans()))
    ]
    written = f"({', '.join(arguments)})" if arguments else ""
    named = get_named_type(field.type)
    below = draw(_selections(named, depth - 1)) if isinstance(named, GraphQLObjectType) else ""
    return f"{alias}: {name}{written}{directive} {below}"


def _schema() -> GraphQLSchema:
    return BREADTH_FIRST._schema


def _query_type() -> GraphQLObjectType:
    query = _schema().query_type
    assert query is not None
    return query


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(selections=_selections(_query_type(), 4))
async def test_any_operation_is_answered_as_graphql_core_answers_it(
    graph: Graph, caplog: pytest.LogCaptureFixture, selections: str
) -> None:
    query = f"query($yes: Boolean!) {selections}"
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "graphapi.breadth"):
        found, errors = await _answer(BREADTH_FIRST, graph, query)
    wanted, expected = await _answer(DEPTH_FIRST, graph, query)
    assert found == wanted
    # Of several errors that null the same, which one is told depends on which comes first.
    assert bool(errors) == bool(expected)
    if len(expected) == len(errors) == 1:
        assert errors[0][0] == expected[0][0] or found is None
    assert _order(found) == _order(wanted)
    if not errors and "__typename" in query:
        assert not caplog.records, "it went well, and yet was left to graphql-core"


def _order(data: Any) -> Any:
    """The response names in their order, all the way down."""
    if isinstance(data, dict):
        return [(name, _order(value)) for name, value in data.items()]
    return [_order(item) for item in data] if isinstance(data, list) else None


WRONG = {
    "a page that is too long, below one that is not": "{ neurons(first: 3) { edges { node { id "
    "activatesOn(first: 21) { edges { rank } } } } } }",
    "beside what goes well": '{ models { id } neuron(id: "?") { id } }',
    "twice": '{ a: neurons(first: -1) { totalCount } b: neuron(id: "?") { id } }',
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_errors_and_the_nulls_around_them_are_graphql_cores(graph: Graph, wrong: str) -> None:
    found = await _answer(BREADTH_FIRST, graph, WRONG[wrong])
    assert found == await _answer(DEPTH_FIRST, graph, WRONG[wrong])
    assert found[1]


def _nodes(data: Any) -> Iterator[Any]:
    for edge in data["neurons"]["edges"]:
        yield edge["node"]


async def test_introspection_is_left_to_graphql_core(graph: Graph) -> None:
    query = "{ __schema { queryType { name } } neurons(first: 2) { edges { node { id } } } }"
    data, errors = await _answer(BREADTH_FIRST, graph, query)
    assert not errors
    assert data["__schema"] == {"queryType": {"name": "Query"}}
    assert len(list(_nodes(data))) == 2


@pytest.mark.parametrize("where", [where for where in GIVEN["where"] if "min" not in where])
async def test_input_objects_are_made_as_strawberry_makes_them(
    graph: Graph, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    query = f"""{{ neurons(where: {where}, orderBy: {{field: DENSITY, direction: DESC}}, first: 20) {{
      totalCount edges {{ node {{ id }} }} }} }}"""
    with caplog.at_level(logging.DEBUG, "graphapi.breadth"):
        found = await _answer(BREADTH_FIRST, graph, query)
    assert not caplog.records, "it was left to graphql-core"
    assert found == await _answer(DEPTH_FIRST, graph, query)
    assert not found[1]
