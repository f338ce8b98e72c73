"""Attribution graphs: the real ones value by value, and the ids that two nodes share."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from cypher import ids
from cypher.engines import engine_for
from cypher.load import load_pack
from cypher.url import parse_graph_url
from graphapi.app import create_app
from graphapi.settings import Settings
from ingest.errors import SourceError
from ingest.sources.circuits import read_circuit
from tests.ingest.sources.published import by_id, edges, imported, real, rows

FILES = {"dallas": "clt-hp", "small-big": "gemmascope-transcoder-16k"}
"""The real graphs, and where their latents come from."""
DOCUMENT = Path(__file__).parents[3] / "docs" / "importing-latents.md"
KINDS = {
    "cross layer transcoder": "feature",
    "mlp reconstruction error": "error",
    "embedding": "embedding",
    "logit": "logit",
}


def _real(name: str) -> tuple[bytes, dict[str, Any]]:
    data = real("circuit", f"{name}.json").read_bytes()
    return data, json.loads(data)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_real_graph_arrives_with_every_value(name: str, tmp_path: Path) -> None:
    _, plain = _real(name)
    pack, report = imported("neuronpedia", real("circuit", f"{name}.json"), tmp_path / "pack")
    assert report.bad == ()
    slug, model = plain["metadata"]["slug"], plain["metadata"]["scan"]

    (circuit,) = rows(pack, "Circuit")
    assert (circuit["id"], circuit["model_id"]) == (slug, model)
    assert circuit["prompt"] == plain["metadata"]["prompt"]
    assert circuit["tokens"] == plain["metadata"]["prompt_tokens"]
    assert circuit["source_set"] == FILES[name]
    own = {"slug", "scan", "prompt", "prompt_tokens"}
    details = {key: value for key, value in plain["metadata"].items() if key not in own}
    assert json.loads(circuit["details"]) == details

    pinned = set(plain["qParams"]["pinnedIds"])
    found = by_id(pack, "CircuitNode")
    assert len(found) == len(plain["nodes"])
    new_id = {}
    for node in plain["nodes"]:
        kind = KINDS[node["feature_type"]]
        layer, index, position = node["node_id"].split("_")
        if kind == "error":  # published as 0_{layer}_{position}: an index that is none
            layer, index = node["layer"], "-1"
        new_id[node["node_id"]] = f"{slug}/{layer}_{index}_{position}"
        inside = kind in ("feature", "error")
        assert found[new_id[node["node_id"]]] == {
            "id": new_id[node["node_id"]],
            "kind": kind,
            "position": node["ctx_idx"],
            "label": node["clerp"] or None,
            "activation": node["activation"],
            "influence": node["influence"],
            "layer_index": int(node["layer"]) if inside else None,
            "token_id": None if inside else int(index),
            "probability": node["token_prob"] if kind == "logit" else None,
            "is_target": node["is_target_logit"] if kind == "logit" else None,
            "pinned": node["node_id"] in pinned,
        }

    assert {(r["source"], r["target"], r["weight"]) for r in rows(pack, "INFLUENCES")} == {
        (new_id[link["source"]], new_id[link["target"]], link["weight"]) for link in plain["links"]
    }
    assert pack.rows("INFLUENCES") == len(plain["links"])
    features = [n for n in plain["nodes"] if KINDS[n["feature_type"]] == "feature"]
    layers = {f"{model}/{node['layer']}-{FILES[name]}": int(node["layer"]) for node in features}
    assert {(r["source"], r["target"]) for r in rows(pack, "IS_NEURON")} == {
        (
            new_id[node["node_id"]],
            f"{model}/{node['layer']}-{FILES[name]}/{node['node_id'].split('_')[1]}",
        )
        for node in features
    }
    assert {r["target"] for r in rows(pack, "IS_NEURON")} == set(by_id(pack, "Neuron"))
    found_layers = by_id(pack, "Layer")
    assert {id_: row["layer_index"] for id_, row in found_layers.items()} == layers
    assert {row["kind"] for row in found_layers.values()} == {"transcoder"}
    groups = plain["qParams"]["supernodes"]
    assert {(row["name"], row["number"]) for row in rows(pack, "Supernode")} == {
        (group[0], number) for number, group in enumerate(groups, 1)
    }
    assert {
        id_: {row["target"] for row in listed} for id_, listed in edges(pack, "GROUPS").items()
    } == {
        ids.supernode_id(slug, number): {new_id[member] for member in group[1:]}
        for number, group in enumerate(groups, 1)
    }


@pytest.mark.parametrize("name", sorted(FILES))
def test_links_come_in_the_order_by_which_equal_ids_are_told_apart(name: str) -> None:
    _, plain = _real(name)
    kind = {node["node_id"]: KINDS[node["feature_type"]] for node in plain["nodes"]}
    order = ["feature", "error", "embedding", "logit"]
    by_target: dict[str, list[int]] = {}
    for link in plain["links"]:
        by_target.setdefault(link["target"], []).append(order.index(kind[link["source"]]))
    assert all(ranks == sorted(ranks) for ranks in by_target.values())
    assert Counter(kind[link["target"]] for link in plain["links"])["error"] == 0


def test_both_real_graphs_stand_in_one_graph(graph_url: str, tmp_path: Path) -> None:
    written = 0
    for name in FILES:
        pack, _ = imported("neuronpedia", real("circuit", f"{name}.json"), tmp_path / name)
        report = load_pack(pack.path, parse_graph_url(graph_url), lambda *_: None)
        written += report.written["INFLUENCES"]
    assert written == 4_944 + 23_559
    text = DOCUMENT.read_text("utf-8")
    asked = zip(_blocks(text, "graphql"), _blocks(text, "cypher"), strict=True)
    assert len([asyncio.run(_same(graph_url, *both)) for both in asked]) == 2


def _blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.+?)^```$", text, re.DOTALL | re.MULTILINE)


async def _same(url: str, graphql: str, cypher: str) -> None:
    """Assert that both languages find the same, and something."""
    graph = await engine_for(parse_graph_url(url)).open()
    try:
        transport = httpx.ASGITransport(create_app(graph, Settings()))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            answer = (await client.post("/graphql", json={"query": graphql})).json()
        values = [list(_leaves(edge)) for edge in _edges(answer["data"])]
        assert values == [row[-len(values[0]) :] for row in (await graph.read(cypher, {})).values]
        assert len(values) == 5
    finally:
        await graph.close()


def _edges(data: Any) -> list[Any]:
    """Those of the innermost connection."""
    while "edges" not in data or len(data["edges"]) == 1:
        data = data["edges"][0]["node"] if "edges" in data else _last(data)
    found: list[Any] = data["edges"]
    return found


def _last(data: dict[str, Any]) -> Any:
    return [*data.values()][-1]


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _leaves(part)
    else:
        yield value


def _graph(nodes: list[dict[str, Any]], links: list[tuple[str, str]]) -> bytes:
    metadata = {"slug": "s", "scan": "org/Model-1B", "prompt": "a b", "prompt_tokens": ["a", " b"]}
    return orjson.dumps(
        {
            "metadata": metadata,
            "nodes": nodes,
            "links": [
                {"source": s, "target": t, "weight": at + 1} for at, (s, t) in enumerate(links)
            ],
        }
    )


def _node(node_id: str, kind: str, layer: str) -> dict[str, Any]:
    return {"node_id": node_id, "feature_type": kind, "layer": layer, "ctx_idx": 1, "feature": 7}


FEATURE, ERROR = "cross layer transcoder", "mlp reconstruction error"
CLASHING = [
    _node("3_0_1", FEATURE, "3"), _node("4_9_1", FEATURE, "4"), _node("2_5_1", FEATURE, "2"),
    _node("3_0_1", ERROR, "3"), _node("0_2_1", ERROR, "2"), _node("E_6_1", "embedding", "E"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (["2_5_1", "3_0_1", "3_0_1"], ["2_5_1", "3_0_1", "3_-1_1"]),
        (["3_0_1", "2_5_1", "0_2_1"], ["3_0_1", "2_5_1", "2_-1_1"]),
        (["2_5_1", "0_2_1", "3_0_1", "E_6_1"], ["2_5_1", "2_-1_1", "3_-1_1", "E_6_1"]),
    ],
)
def test_an_error_and_a_latent_of_one_id_are_told_apart(
    sources: list[str], expected: list[str]
) -> None:
    graph = read_circuit(_graph(CLASHING, [(s, "4_9_1") for s in sources]), "c.json")
    assert [graph.nodes[link.source].name for link in graph.links] == expected
    assert graph.model == "Model-1B"


@pytest.mark.parametrize("sources", [["3_0_1"], ["2_5_1", "3_0_1"], ["E_6_1", "3_0_1", "2_5_1"]])
def test_where_nothing_tells_them_apart_the_link_is_named(sources: list[str]) -> None:
    links = [(source, "4_9_1") for source in sources]
    with pytest.raises(SourceError, match=rf"links\[{sources.index('3_0_1')}\], field source"):
        read_circuit(_graph(CLASHING, links), "c.json")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["nodes"][0].pop("node_id"), r"nodes\[0\], field node_id: found nothing"),
        (lambda d: d["nodes"][0].update(node_id="0_2334"), r"nodes\[0\], field node_id"),
        (lambda d: d["nodes"][0].update(layer="1"), "expected its layer 1 and position 1"),
        (lambda d: d["nodes"][0].update(ctx_idx=99), "node_id"),
        (lambda d: d["nodes"].append(d["nodes"][0]), "found 0_2334_1 a second time"),
        (lambda d: d["links"][3].update(weight="x"), r"links\[3\], field weight"),
        (lambda d: d["links"][3].update(source="9_9_9"), "expected the node_id of a node"),
        (lambda d: d["links"].append(d["links"][0]), "found a second link"),
        (lambda d: d["qParams"].update(supernodes=[["a", 1]]), r"supernodes\[0\]"),
        (lambda d: d["metadata"].pop("scan"), "metadata, field scan: found nothing"),
    ],
)
def test_what_is_wrong_is_named(change: Any, message: str) -> None:
    _, plain = _real("dallas")
    change(plain)
    with pytest.raises(SourceError, match=message):
        read_circuit(json.dumps(plain).encode(), "dallas.json")


def test_metadata_that_nest_too_deep_are_said(tmp_path: Path) -> None:
    data, _ = _real("dallas")
    deep = b'"metadata": {"x": ' + b"[" * 300 + b"]" * 300 + b","
    path = tmp_path / "dallas.json"
    path.write_bytes(re.sub(rb'"metadata"\s*:\s*\{', deep, data, count=1))
    with pytest.raises(SourceError, match=r"dallas\.json.*more than 254 times in the metadata"):
        imported("neuronpedia", path, tmp_path / "pack")
