"""Circuits in GraphQL: their nodes, effects and groups, and the neurons that they tell of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.graphapi.asking import Asker
from tests.graphapi.test_pages import PAGE, SIZES
from tests.graphs import Tables

pytestmark = pytest.mark.anyio

COLUMNS = {
    "kind": "kind", "position": "position", "activation": "activation", "influence": "influence",
    "label": "label", "layerIndex": "layer_index", "tokenId": "token_id",
    "probability": "probability", "isTarget": "is_target", "pinned": "pinned",
}  # fmt: skip


def _of(tables: Tables, table: str, source: str) -> list[dict[str, Any]]:
    return [row for row in tables[table] if row["source"] == source]


def _ids(edges: list[Any]) -> list[str]:
    return [edge["node"]["id"] for edge in edges]


async def test_each_is_listed_with_its_model_run_and_groups(ask: Asker, tables: Tables) -> None:
    edges = await ask.pages(
        f"query($first: Int, $after: String) {{ circuits(first: $first, after: $after) {{ edges {{ "
        f"cursor node {{ id prompt tokens sourceSet details model {{ id }} run {{ id job }} "
        f"supernodes {{ id name number run {{ id }} nodes {{ id }} }} }} }} {PAGE} }} }}",
        "circuits", first=1,
    )  # fmt: skip
    assert [edge["node"] for edge in edges] == [
        {
            "id": row["id"],
            "prompt": row["prompt"],
            "tokens": row["tokens"],
            "sourceSet": row["source_set"],
            "details": row["details"],
            "model": {"id": row["model_id"]},
            "run": {"id": row["run_id"], "job": "circuits"},
            "supernodes": [
                {
                    "id": group["id"],
                    "name": group["name"],
                    "number": group["number"],
                    "run": {"id": row["run_id"]},
                    "nodes": sorted(
                        ({"id": one["target"]} for one in _of(tables, "GROUPS", group["id"])),
                        key=lambda node: node["id"],
                    ),
                }
                for group in tables["Supernode"]
                if group["id"].startswith(f"{row['id']}/")
            ],
        }
        for row in sorted(tables["Circuit"], key=lambda row: row["id"])
    ]
    assert len(edges) == 2


async def test_those_of_a_model(ask: Asker) -> None:
    query = (
        "query($of: ID!) { circuits(model: $of) { edges { node { id } } } circuit(id: $of) { id } }"
    )
    assert await ask(query, of="other") == {"circuits": {"edges": []}, "circuit": None}
    assert _ids((await ask(query, of="toy"))["circuits"]["edges"]) == ["greeting", "sum"]


@pytest.mark.parametrize("first", SIZES)
@pytest.mark.parametrize("kind", ["FEATURE", None])
async def test_its_nodes_by_influence(
    ask: Asker, tables: Tables, first: int, kind: str | None
) -> None:
    edges = await ask.pages(
        f"query($first: Int, $after: String, $kind: CircuitNodeKind) {{ circuit(id: \"sum\") {{ "
        f"nodes(first: $first, after: $after, kind: $kind) {{ edges {{ cursor node {{ id "
        f"{' '.join(COLUMNS)} circuit {{ id }} neuron {{ id }} }} }} {PAGE} }} }} }}",
        "circuit", "nodes", first=first, kind=kind,
    )  # fmt: skip
    neuron = {row["source"]: row["target"] for row in tables["IS_NEURON"]}
    wanted = [
        row
        for row in tables["CircuitNode"]
        if row["id"].startswith("sum/") and kind in (None, row["kind"].upper())
    ]
    wanted.sort(key=lambda row: (row["influence"] is None, -(row["influence"] or 0.0), row["id"]))
    assert len(wanted) >= 9
    assert [edge["node"] for edge in edges] == [
        {
            "id": row["id"],
            **{field: row[column] for field, column in COLUMNS.items()},
            "circuit": {"id": "sum"},
            "neuron": {"id": neuron[row["id"]]} if row["id"] in neuron else None,
        }
        for row in wanted
    ]


@pytest.mark.parametrize("first", SIZES)
@pytest.mark.parametrize(
    ("field", "here", "there"),
    [("influences", "source", "target"), ("influencedBy", "target", "source")],
)
async def test_what_a_node_has_an_effect_on(
    ask: Asker, tables: Tables, *, first: int, field: str, here: str, there: str
) -> None:
    """The largest effects first, whatever the sign; equals by id."""
    node = max(
        (row["id"] for row in tables["CircuitNode"]),
        key=lambda id_: sum(row[here] == id_ for row in tables["INFLUENCES"]),
    )
    edges = await ask.pages(
        f"query($first: Int, $after: String, $ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on CircuitNode "
        f"{{ {field}(first: $first, after: $after) {{ edges {{ cursor weight node {{ id }} }} "
        f"{PAGE} }} }} }} }}",
        "nodes", 0, field, first=first, ids=[node],
    )  # fmt: skip
    effects = [(row["weight"], row[there]) for row in tables["INFLUENCES"] if row[here] == node]
    assert len({abs(weight) for weight, _ in effects}) < len(effects)
    effects.sort(key=lambda effect: (-abs(effect[0]), effect[1]))
    assert [(edge["weight"], edge["node"]["id"]) for edge in edges] == effects


async def test_where_circuits_have_a_neuron(ask: Asker, tables: Tables) -> None:
    of: dict[str, list[str]] = {}
    for row in tables["IS_NEURON"]:
        of.setdefault(row["target"], []).append(row["source"])
    neuron, nodes = max(of.items(), key=lambda item: len(item[1]))
    assert len(nodes) > 1
    edges = await ask.pages(
        f"query($first: Int, $after: String, $id: ID!) {{ neuron(id: $id) {{ circuitNodes(first: "
        f"$first, after: $after) {{ edges {{ cursor node {{ id }} }} {PAGE} }} }} }}",
        "neuron", "circuitNodes", first=1, id=neuron,
    )  # fmt: skip
    assert _ids(edges) == sorted(nodes)


async def test_a_circuit_and_its_nodes_are_found_by_their_ids(ask: Asker) -> None:
    ids = ["sum", "toy", "sum/0_embedding", "toy/0", "sum/nothing"]
    answer = await ask("query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids)
    assert [node and (node["__typename"], node["id"]) for node in answer["nodes"]] == [
        ("Circuit", "sum"),
        ("Model", "toy"),
        ("CircuitNode", "sum/0_embedding"),
        ("Layer", "toy/0"),
        None,
    ]


async def test_judgements_beside_the_truth(ask: Asker, tables: Tables) -> None:
    texts = {row["id"]: row for row in tables["Sequence"]}
    judged = {row["source"]: texts[row["target"]] for row in tables["JUDGES"]}
    most = max(
        (row["id"] for row in tables["Explanation"]),
        key=lambda id_: len(_of(tables, "HAS_JUDGEMENT", id_)),
    )
    answer = await ask(
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Explanation { judgements(first: 2) { id "
        "source kind number activating prediction probability distance highlighted scorerModel "
        "text tokens { text activation } run { id } } } } }",
        ids=[most],
    )
    expected = []
    for row in tables["Judgement"]:
        if row["id"].startswith(f"{most}@") and row["number"] <= 2:
            text = judged.get(row["id"])
            tokens = text and [{"text": t, "activation": 0.5} for t in text["tokens"]]
            expected.append({
                "id": row["id"], "source": "endpoint", "kind": "detection",
                "number": row["number"], "activating": row["activating"],
                "prediction": row["prediction"], "probability": row["probability"],
                "distance": None, "highlighted": False, "scorerModel": None,
                "text": text["text"] if text else row["text"], "tokens": tokens,
                "run": {"id": row["run_id"]},
            })  # fmt: skip
    assert len(expected) == 2
    assert answer["nodes"][0]["judgements"] == expected


async def test_what_a_source_lists(ask: Asker, tables: Tables) -> None:
    neuron = tables["RESPONDS_TO"][0]["source"]
    answer = await ask(
        "query($id: ID!) { neuron(id: $id) { respondsTo { edges { meanActivation rank node { text } "
        "run { id } } } indexedUnder { kind form word { text } run { id } } } }",
        id=neuron,
    )
    assert answer["neuron"]["respondsTo"]["edges"] == [
        {
            "meanActivation": row["mean_activation"],
            "rank": row["rank"],
            "node": {"text": row["target"]},
            "run": {"id": row["run_id"]},
        }
        for row in _of(tables, "RESPONDS_TO", neuron)
    ]
    entries = [
        {
            "kind": row["kind"],
            "form": row["form"],
            "word": {"text": row["target"]},
            "run": {"id": row["run_id"]},
        }
        for row in _of(tables, "INDEXED_UNDER", neuron)
    ]
    assert answer["neuron"]["indexedUnder"] == sorted(
        entries, key=lambda entry: (entry["kind"], entry["word"]["text"], entry["form"])
    )


async def test_runs_are_told_apart(ask: Asker, tables: Tables) -> None:
    """What leads to a neuron is listed for either side, each by its own run."""
    neuron = next(
        row["source"]
        for row in tables["CONNECTED_FROM"]
        if any(other["target"] == row["source"] for other in tables["CONNECTS_TO"])
    )
    query = (
        "query($id: ID!, $run: ID) { neuron(id: $id) { connectedFrom(run: $run, first: 1000) "
        "{ edges { weight rank node { id } run { id } } } } }"
    )
    expected = [
        (row["weight"], row["rank"], row["target"], row["run_id"])
        for row in _of(tables, "CONNECTED_FROM", neuron)
    ] + [
        (row["weight"], row["rank"], row["source"], row["run_id"])
        for row in tables["CONNECTS_TO"]
        if row["target"] == neuron
    ]
    expected.sort(key=lambda one: (-abs(one[0]), one[2], one[3]))
    runs = {run for *_, run in expected}
    assert len(runs) == 2
    for wanted in (None, *runs):
        edges = (await ask(query, id=neuron, run=wanted))["neuron"]["connectedFrom"]["edges"]
        found = [(e["weight"], e["rank"], e["node"]["id"], e["run"]["id"]) for e in edges]
        assert found == [one for one in expected if wanted in (None, one[3])]
