"""The graph model: one spelling of everything, and the page that is made from it."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from cypher.docs import graph_model_page
from cypher.elements import NodeType, Ownership, RelationshipType
from cypher.schema import NODE_BY_LABEL, NODES, PACKED, RELATIONSHIPS
from cypher.tables import arrow_schema, key_columns

EVERYTHING: tuple[NodeType | RelationshipType, ...] = (*NODES, *RELATIONSHIPS)
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("kind", PACKED, ids=lambda kind: kind.name)
def test_names_are_the_fields(kind: NodeType | RelationshipType) -> None:
    pattern = r"[A-Z][A-Za-z]+" if isinstance(kind, NodeType) else r"[A-Z][A-Z_]+"
    assert re.fullmatch(pattern, kind.name)
    for property_ in kind.properties:
        assert re.fullmatch(r"[a-z][a-z0-9_]*", property_.name)
        assert property_.description


@pytest.mark.parametrize("rel", RELATIONSHIPS, ids=lambda rel: rel.type)
def test_relationships_join_labels_that_exist(rel: RelationshipType) -> None:
    assert {rel.source, rel.target} <= NODE_BY_LABEL.keys()
    assert set(rel.key) <= {property_.name for property_ in rel.properties}


def test_no_name_stands_twice() -> None:
    names = [kind.name for kind in EVERYTHING]
    assert len(names) == len(set(names))


def test_a_property_has_one_type_wherever_it_stands() -> None:
    types = defaultdict(set)
    for kind in EVERYTHING:
        for property_ in kind.properties:
            types[property_.name].add(property_.type)
    assert {name: found for name, found in types.items() if len(found) > 1} == {}


def test_every_row_of_a_run_says_so() -> None:
    for kind in PACKED:
        names = {property_.name for property_ in kind.properties}
        owned = kind.ownership is Ownership.RUN and kind.name not in ("IngestRun", "COVERS")
        owned |= kind.ownership is Ownership.HELD  # whose statistics it has at the moment
        assert ("run_id" in names) == owned, kind.name


@pytest.mark.parametrize("kind", PACKED, ids=lambda kind: kind.name)
def test_the_parquet_schema_has_the_keys_first(kind: NodeType | RelationshipType) -> None:
    schema = arrow_schema(kind)
    ends = [name for name in key_columns(kind) if name not in getattr(kind, "key", ())]
    assert schema.names[: len(ends)] == ends
    assert not any(schema.field(name).nullable for name in key_columns(kind))


def test_the_page_is_the_one_in_docs() -> None:
    page = (ROOT / "docs" / "graph-model.md").read_text(encoding="utf-8")
    assert page == graph_model_page(), "run `make docs`"
