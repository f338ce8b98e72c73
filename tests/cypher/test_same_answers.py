"""Every statement gives identical rows on both engines, of the types that its header names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pytest

from cypher.catalogue import catalogue
from cypher.engines import engine_for
from cypher.graph import Rows, Value
from cypher.url import Dialect, parse_graph_url
from tests.graphs import TOKENS
from tests.loaded import anyio_backend, both_urls, tables

__all__ = ["anyio_backend", "both_urls", "tables"]

_PYTHON = {
    "string": str,
    "integer": int,
    "float": float,
    "boolean": bool,
    "strings": list,
    "floats": list,
}
_BATCH = 300


@dataclass(frozen=True, slots=True)
class Question:
    """A statement with parameters."""

    statement: str
    parameters: Mapping[str, Value]


_IDS = {
    "models": "Model", "models_by_id": "Model", "layers_of_models": "Model",
    "layers_by_id": "Layer", "layer_neuron_counts": "Layer", "neurons_by_id": "Neuron",
    "token_graphs": "Neuron", "token_graph_nodes": "TokenGraph", "token_graph_edges": "TokenGraph",
    "examples": "Neuron", "examples_of_bucket": "Neuron", "explanations": "Neuron",
    "scores": "Explanation", "similar": "Neuron", "similar_in_layer": "Neuron",
    "similar_across_layers": "Neuron", "shared_tokens": "Neuron", "activating_tokens": "Neuron",
    "context_tokens": "Neuron", "absences": "Neuron", "runs_by_id": "IngestRun",
    "run_layers": "IngestRun", "tokens_by_text": "Token", "words_by_text": "Word",
    "tokens_of_words": "Word", "firing_on_tokens": "Token", "conditioned_on_tokens": "Token",
    "firing_on_words": "Word", "reads": "Neuron", "writes": "Neuron",
    "connections_to": "Neuron", "connections_from": "Neuron",
    "connections_listed_from": "Neuron", "responses": "Neuron", "index_entries": "Neuron",
    "circuit_nodes_of_neurons": "Neuron", "circuits_by_id": "Circuit", "circuit_nodes": "Circuit",
    "supernodes": "Circuit", "circuit_nodes_by_id": "CircuitNode", "influences": "CircuitNode",
    "influences_on": "CircuitNode", "neurons_of_circuit_nodes": "CircuitNode",
    "nodes_of_supernodes": "Supernode", "judgements": "Explanation", "predicted_activations": "TokenGraph",
}  # fmt: skip
"""What the ids of each statement for many are ids of."""

_MORE: dict[str, Sequence[Mapping[str, Value]]] = {
    "examples": [{"first": 2, "source": ""}],
    "examples_of_bucket": [
        {"bucket": "top", "first": 3, "source": ""},
        {"bucket": "bottom", "first": 1, "source": ""},
    ],
    "activating_tokens": [
        {"from": 0, "until": 5, "run": ""},
        {"from": 3, "until": 1000, "run": "none"},
    ],
    "context_tokens": [{"from": 0, "until": 5, "run": ""}],
    "reads": [{"from": 0, "until": 1000, "run": ""}, {"from": 2, "until": 3, "run": ""}],
    "writes": [{"from": 0, "until": 1000, "run": ""}],
    "responses": [{"from": 0, "until": 1000, "run": ""}],
    **{
        name: [{"run": ""}]
        for name in (
            "similar",
            "similar_in_layer",
            "similar_across_layers",
            "connections_to",
            "connections_from",
            "connections_listed_from",
        )
    },
    "circuit_nodes": [{"kind": ""}, {"kind": "feature"}],
    "judgements": [{"first": 2}],
    "firing_on_tokens": [{"first": 4}],
    "conditioned_on_tokens": [{"first": 4}],
    "firing_on_words": [{"first": 4}],
    "predicted_activations": [{"tokens": []}, {"tokens": [*TOKENS, *reversed(TOKENS)]}],
}
_LABELS = {
    "neurons": "Neuron", "models": "Model", "layers": "Layer", "runs": "IngestRun",
    "explanations": "Explanation", "token graphs": "TokenGraph", "words": "Word",
    "normal forms": "Word", "nodes of token graphs": "TokenGraphNode",
}  # fmt: skip
"""What the ids of a statement are ids of, by how its header describes them; else tokens."""

_GIVEN: Mapping[str, Value] = {
    "limit": 1000, "first": 1000, "from": 0, "until": 1000, "prefix": "", "contains": "",
    "pattern": "(?s).*", "source": "", "explainer": "", "scored": False, "most": 1.0, "least": 1,
    "min_score": -1e300, "max_score": 1e300, "layers": "any", "place": 1e308, "after_id": "",
    "tokens": [*TOKENS],
}  # fmt: skip
"""A value for a parameter of a name, where a statement has no questions of its own here."""
_FROM_THE_BEGINNING: Mapping[str, Value] = {
    "string": "",
    "float": -1e300,
    "integer": -1,
    "boolean": False,
}

_ONE = {"firing_on_token": "Token", "firing_on_word": "Word", "conditioned_on_token": "Token"}
_PLACES: Sequence[Mapping[str, Value]] = [
    {"below": 2.0, "after": "", "limit": 1000},
    {"below": 0.5, "after": "toy/1/2", "limit": 7},
]


def _questions(ids: Mapping[str, list[str]]) -> Iterator[Question]:
    """Every statement, asked about everything that is in the graph."""
    for name in catalogue():
        if name in _ONE:
            label = _ONE[name]
            for key in ids[label][:80]:
                for place in _PLACES:
                    yield Question(name, {label.lower(): key, **place})
        elif name == "runs":
            yield Question(name, {"before": "~", "after": "", "limit": 1000})
            yield Question(name, {"before": "2024-01-02T00:00:00Z", "after": "5", "limit": 3})
        elif name in ("models", "coverage", "absence_counts", "token_graph_scores"):
            yield Question(name, {"limit": 1000})
        elif name in _IDS:
            asked = iter([*ids[_IDS[name]], "nothing", "'; DROP"])
            while batch := list(islice(asked, _BATCH)):
                for more in _MORE.get(name, [{}]):
                    yield Question(name, {"ids": batch, **more})
        else:
            yield _plain(name, ids)


def _plain(name: str, ids: Mapping[str, list[str]]) -> Question:
    """A question of a statement that has tests of its own: everything, from the beginning."""
    given: dict[str, Value] = {}
    for parameter in catalogue()[name].parameters:
        if parameter.name == "ids":
            given["ids"] = ids[_LABELS.get(parameter.description, "Token")][:_BATCH]
        else:
            default = _FROM_THE_BEGINNING[parameter.type] if parameter.type != "strings" else []
            given[parameter.name] = _GIVEN.get(parameter.name, default)
    return Question(name, given)


@pytest.mark.anyio
@pytest.mark.slow
async def test_every_statement_answers_the_same_on_both_engines(
    both_urls: tuple[str, str],
) -> None:
    ladybug, neo4j = [await engine_for(parse_graph_url(url)).open() for url in both_urls]
    try:
        ids = {}
        for label in sorted({*_IDS.values(), *_LABELS.values()}):
            found = await ladybug.read(f"MATCH (n:{label}) RETURN n.id AS id ORDER BY id", {})
            ids[label] = [str(row[0]) for row in found.values]
        answered = dict.fromkeys(catalogue(), 0)
        for question in _questions(ids):
            statement = catalogue()[question.statement]
            given = statement.checked(question.parameters)
            one = await ladybug.read(statement.texts[Dialect.LADYBUG], given)
            other = await neo4j.read(statement.texts[Dialect.NEO4J], given)
            # repr tells 1 from 1.0 and from True, and -0.0 from 0.0
            assert repr(_in_order(question, one)) == repr(_in_order(question, other)), question
            assert one.columns == other.columns
            _check_types(question.statement, one.as_dicts())
            answered[question.statement] += len(one.values)
        unanswered = {name for name, rows in answered.items() if not rows}
        assert unanswered & {*_IDS, *_ONE} == set()
    finally:
        await ladybug.close()
        await neo4j.close()


def _in_order(question: Question, rows: Rows) -> list[list[Value]]:
    """The rows; of a statement for many, id by id, for each engine has its own order of ids."""
    if "ids" not in question.parameters:
        return [list(row) for row in rows.values]
    return sorted(map(list, rows.values), key=lambda row: str(row[0]))


def _check_types(name: str, rows: list[dict[str, Any]]) -> None:
    for column in catalogue()[name].columns:
        for row in rows:
            value = row[column.name]
            if value is None:
                assert column.nullable, f"{name}.{column.name} is null"
            else:
                assert type(value) is _PYTHON[column.type], f"{name}.{column.name}: {value!r}"
