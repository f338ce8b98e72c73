"""The schema is committed, and says of everything in it what it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
)

from graphapi.sdl import sdl

COMMITTED = Path(__file__).parents[2] / "schema.graphql"


def test_the_committed_schema_is_the_servers() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == sdl(), (
        "Run `python -m graphapi.sdl > schema.graphql`."
    )


def _descriptions(schema: GraphQLSchema) -> Iterator[tuple[str, str | None]]:
    for name, type_ in schema.type_map.items():
        if name.startswith("__") or name in ("Boolean", "Float", "ID", "Int", "String"):
            continue
        yield name, type_.description
        if isinstance(type_, GraphQLObjectType):
            for field_name, field in type_.fields.items():
                yield f"{name}.{field_name}", field.description
                for argument_name, argument in field.args.items():
                    yield f"{name}.{field_name}({argument_name}:)", argument.description
        elif isinstance(type_, GraphQLInputObjectType):
            for field_name, input_field in type_.fields.items():
                yield f"{name}.{field_name}", input_field.description
        elif isinstance(type_, GraphQLEnumType):
            for value_name, value in type_.values.items():
                yield f"{name}.{value_name}", value.description


def test_everything_is_described() -> None:
    described = dict(_descriptions(build_schema(sdl())))
    assert [place for place, text in described.items() if not text] == []
    assert {"Neuron.similar(layers:)", "NeuronFilter.density", "Layers.OTHER"} <= described.keys()


def test_a_missing_description_is_noticed() -> None:
    schema = build_schema('"""A."""\ntype Query { "b" a(c: Int): Int }')
    assert [place for place, text in _descriptions(schema) if not text] == ["Query.a(c:)"]


def test_the_outline_of_the_design_holds() -> None:
    fields = build_schema(sdl()).query_type.fields  # type: ignore[union-attr]
    assert str(fields["models"].type) == "[Model!]!"
    assert str(fields["neuron"].type) == "Neuron"
    assert str(fields["neurons"].type) == "NeuronConnection!"
    assert str(fields["runs"].type) == "IngestRunConnection!"
    assert str(fields["neurons"].args["first"].type) == "Int"
    assert "first: Int = 20" in sdl()
