"""Attribution graphs as Neuronpedia and circuit-tracer publish them: `circuits/{slug}.json`.

An error node's id is `{layer}_-1_{position}`, which no latent's can be. Memory holds a page of
nodes and what these have effects on.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from cypher import ids
from cypher.catalogue import run
from cypher.graph import Graph
from ingest.exports.asked import Asked, Row
from ingest.exports.folder import path_part
from ingest.exports.json_files import JsonFile, json_file

_CIRCUITS_PER_PAGE = 20
_NODES_PER_PAGE = 500
_TYPES = {
    "feature": "cross layer transcoder",  # so it is called there, whatever transcoder it is of
    "error": "mlp reconstruction error",
    "embedding": "embedding",
    "logit": "logit",
}
_CANTOR_VERSION = 1
"""The version of the files whose `feature` is the number of a pair of layer and index."""


async def write_circuits(graph: Graph, folder: Path, asked: Asked, runs: list[str]) -> int:
    """Write the circuits of some runs; gives how many."""
    count = 0
    async for circuit in _circuits(graph, runs):
        if asked.model in (None, circuit["model_id"]):
            with json_file(folder / "circuits" / f"{path_part(circuit['id'])}.json") as file:
                await _write(graph, circuit, file)
            count += 1
    return count


async def _circuits(graph: Graph, runs: list[str]) -> AsyncIterator[Row]:
    after = ""
    while page := await run(
        graph, "export_circuits", runs=runs, after=after, limit=_CIRCUITS_PER_PAGE
    ):
        for circuit in page:
            yield circuit
        after = str(page[-1]["id"])


async def _write(graph: Graph, circuit: Row, file: JsonFile) -> None:
    details = json.loads(circuit["details"] or "{}")
    file.open("{")
    named = {"slug": circuit["id"], "scan": circuit["model_id"]}
    prompt = {"prompt_tokens": circuit["tokens"], "prompt": circuit["prompt"]}
    file.add({**named, **prompt, **details}, key="metadata")
    pinned = []
    file.open("[", key="nodes")
    async for node in _nodes(graph, circuit["id"]):
        file.add(_node(node, details))
        if node["pinned"]:
            pinned.append(_name(node["id"]))
    file.close()
    file.open("[", key="links")
    async for link in _links(graph, circuit["id"]):
        file.add(link)
    file.close()
    groups: dict[int, list[str]] = {}
    for row in await run(graph, "export_supernodes", ids=[circuit["id"]]):
        group = groups.setdefault(int(str(row["number"])), [str(row["name"])])
        if row["member"] is not None:
            group.append(_name(str(row["member"])))
    file.add({"pinnedIds": pinned, "supernodes": list(groups.values())}, key="qParams")


async def _nodes(graph: Graph, circuit: str) -> AsyncIterator[Row]:
    after = ""
    while page := await run(
        graph, "export_circuit_nodes", circuit=circuit, after=after, limit=_NODES_PER_PAGE
    ):
        for node in page:
            yield node
        after = str(page[-1]["id"])


async def _links(graph: Graph, circuit: str) -> AsyncIterator[Mapping[str, Any]]:
    page: list[str] = []
    async for node in _nodes(graph, circuit):
        page.append(str(node["id"]))
        if len(page) == _NODES_PER_PAGE:
            for link in await _links_from(graph, page):
                yield link
            page = []
    for link in await _links_from(graph, page):
        yield link


async def _links_from(graph: Graph, page: list[str]) -> list[Mapping[str, Any]]:
    return [
        {
            "source": _name(str(row["source"])),
            "target": _name(str(row["target"])),
            "weight": row["weight"],
        }
        for row in (await run(graph, "export_influences", ids=page) if page else [])
    ]


def _name(node: str) -> str:
    return ids.circuit_node_name(node)


def _node(row: Row, details: Mapping[str, Any]) -> Mapping[str, Any]:
    name = _name(row["id"])
    layer, index, _ = name.split("_")
    return {
        "node_id": name,
        "feature": _feature(row, layer, int(index), details),
        "layer": layer,
        "ctx_idx": row["position"],
        "feature_type": _TYPES[row["kind"]],
        "token_prob": row["probability"] if row["kind"] == "logit" else 0,
        "is_target_logit": bool(row["is_target"]),
        "run_idx": 0,
        "reverse_ctx_idx": 0,
        "jsNodeId": f"{layer}_{index}-0",
        "clerp": row["label"] or "",
        "influence": row["influence"],
        "activation": row["activation"],
    }


def _feature(row: Row, layer: str, index: int, details: Mapping[str, Any]) -> int:
    if row["kind"] == "feature" and details.get("schema_version") == _CANTOR_VERSION:
        both = int(layer) + index
        return both * (both + 1) // 2 + index
    return int(row["position"]) if row["kind"] == "embedding" else index
