"""A malformed statement is refused, with file and line; so are parameters that do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from cypher.catalogue import load_catalogue, run
from cypher.errors import QueryError, StatementError
from cypher.graph import Graph, Value
from cypher.url import Dialect
from tests.loaded import anyio_backend, graph, small_graph_url, tables

__all__ = ["anyio_backend", "graph", "small_graph_url", "tables"]

HEADER = """\
// purpose: Neurons of a layer.
// param layer: string — the layer
// param limit: integer — how many at most
// returns id: string — the neuron
// returns density: float? — share of tokens
"""
BODY = """\
MATCH (l:Layer {id: $layer})-[:HAS_NEURON]->(n:Neuron)
RETURN n.id AS id, n.density AS density
ORDER BY id
LIMIT $limit
"""


def _folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.cypher").write_text(text, encoding="utf-8")
    return tmp_path


def test_a_statement_is_read_with_its_header(tmp_path: Path) -> None:
    statement = load_catalogue(_folder(tmp_path, neurons=HEADER + BODY))["neurons"]
    assert statement.purpose == "Neurons of a layer."
    assert [(p.name, p.type) for p in statement.parameters] == [
        ("layer", "string"),
        ("limit", "integer"),
    ]
    assert [(c.name, c.type, c.nullable) for c in statement.columns] == [
        ("id", "string", False),
        ("density", "float", True),
    ]
    assert statement.texts[Dialect.NEO4J] == BODY.rstrip("\n")


def test_an_engine_may_have_a_variant(tmp_path: Path) -> None:
    variant = BODY.replace("n:Neuron", "n:Neuron&!Layer")
    folder = _folder(tmp_path, neurons=HEADER + BODY)
    (folder / "neurons.neo4j.cypher").write_text(variant)
    texts = load_catalogue(folder)["neurons"].texts
    assert texts[Dialect.NEO4J] == variant.rstrip("\n")
    assert texts[Dialect.LADYBUG] == BODY.rstrip("\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEADER.replace("// purpose", "// about") + BODY, r"neurons.cypher line 1: '// about"),
        (HEADER.replace("integer", "int") + BODY, r"line 3: .* is no header line"),
        (HEADER.replace(" — the neuron", "") + BODY, r"line 4: .* is no header line"),
        ("// purpose: Nothing.\n" + BODY, "line 1: the header has no purpose or no returns"),
        (HEADER + BODY.replace("$layer", "'x'"), r"declares .*'layer'.* and uses \['limit'\]"),
        (HEADER + BODY.replace("RETURN", "SET n.x = 1 RETURN"), "line 7: SET in a read statement"),
        (HEADER + "CREATE (n)\n" + BODY, "line 6: CREATE in a read statement"),
        (HEADER + BODY.replace("AS density", "AS share"), "returns id, share; the header says"),
        (HEADER + BODY.replace("ORDER BY id\n", ""), "no ORDER BY"),
        (HEADER.replace("// param limit: integer — how many at most\n", "")
         + BODY.replace("LIMIT $limit", ""), "not bounded"),
        (HEADER + BODY.replace(":HAS_NEURON", ":HAS_NEURON*"), "no upper bound"),
        (HEADER + BODY.replace(":HAS_NEURON", ":HAS_NEURON*2.."), "no upper bound"),
    ],
)  # fmt: skip
def test_a_malformed_statement_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(StatementError, match=message):
        load_catalogue(_folder(tmp_path, neurons=text))


def test_what_only_looks_malformed_is_taken(tmp_path: Path) -> None:
    text = HEADER + BODY.replace(
        "RETURN", "WHERE n.id <> 'DELETE $me' AND EXISTS { (n)-[:SIMILAR_TO*1..3]->() }\nRETURN"
    )
    assert load_catalogue(_folder(tmp_path, neurons=text))


def test_a_variant_of_nothing_is_refused(tmp_path: Path) -> None:
    folder = _folder(tmp_path, neurons=HEADER + BODY)
    (folder / "layers.neo4j.cypher").write_text(BODY)
    with pytest.raises(StatementError, match=r"layers\.neo4j\.cypher: a variant of no statement"):
        load_catalogue(folder)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"layer": "toy/0"}, "takes layer, limit; given: layer"),
        ({"layer": "toy/0", "limit": 1, "more": 1}, "takes layer, limit; given: layer, limit, mo"),
        ({"layer": None, "limit": 1}, "layer is None; expected string"),
        ({"layer": "toy/0", "limit": True}, "limit is True; expected integer"),
        ({"layer": "toy/0", "limit": 1.5}, "limit is 1.5; expected integer"),
    ],
)
def test_parameters_are_checked(tmp_path: Path, given: Mapping[str, Value], message: str) -> None:
    statement = load_catalogue(_folder(tmp_path, neurons=HEADER + BODY))["neurons"]
    with pytest.raises(QueryError, match=message):
        statement.checked(given)


@pytest.mark.anyio
async def test_a_list_for_many_begins_like_the_list_for_one(graph: Graph) -> None:
    tokens = await run(graph, "tokens_of_words", ids=["play", "the", ".", "x"])
    texts = [str(row["token"]) for row in tokens]
    for one, many in (
        ("firing_on_token", "firing_on_tokens"),
        ("conditioned_on_token", "conditioned_on_tokens"),
    ):
        together = await run(graph, many, ids=texts, first=6)
        for text in texts:
            alone = await run(graph, one, token=text, below=2.0, after="", limit=6)
            assert [row for row in together if row["token"] == text][:6] == alone
    words = sorted({str(row["word"]) for row in tokens})
    together = await run(graph, "firing_on_words", ids=words, first=6)
    for word in words:
        alone = await run(graph, "firing_on_word", word=word, below=2.0, after="", limit=6)
        assert [row for row in together if row["word"] == word][:6] == alone
        assert len(alone) == 6
