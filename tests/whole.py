"""A whole graph as sets, to compare two of them: every node, relationship and property."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass

from cypher.engines import engine_for
from cypher.graph import Graph, Rows
from cypher.load import load_pack
from cypher.pack import Pack
from cypher.schema import NODES, RELATIONSHIPS
from cypher.state import READ_STATE, State, state_of
from cypher.url import parse_graph_url


@dataclass(frozen=True)
class Whole:
    """Everything in a graph, and how often: rows as JSON, by label or type."""

    nodes: dict[str, Counter[str]]
    relationships: dict[str, Counter[str]]

    def ids(self, label: str) -> set[str]:
        return {json.loads(row)[0] for row in self.nodes[label]}

    def count(self, name: str) -> int:
        return ({**self.nodes, **self.relationships}[name]).total()


def load(url: str, *packs: Pack) -> str:
    """Load packs into the graph at `url`; the last load id."""
    load_id = ""
    for pack in packs:
        load_id = load_pack(pack.path, parse_graph_url(url), lambda *_: None).load_id
    return load_id


def state_at(url: str) -> State:
    """What the graph at `url` says of itself; opening it shows that it can be read."""

    async def read() -> State:
        graph = await engine_for(parse_graph_url(url)).open()
        try:
            return state_of(await graph.read(READ_STATE, {}), url)
        finally:
            await graph.close()

    return asyncio.run(read())


def whole_graph(url: str) -> Whole:
    """Every node, relationship and property of the graph at `url`."""

    async def read() -> Whole:
        graph = await engine_for(parse_graph_url(url)).open()
        try:
            return Whole(
                {node.label: _rows(await _nodes(graph, node.label)) for node in NODES},
                {rel.type: _rows(await _relationships(graph, rel.type)) for rel in RELATIONSHIPS},
            )
        finally:
            await graph.close()

    return asyncio.run(read())


async def _nodes(graph: Graph, label: str) -> Rows:
    node = next(node for node in NODES if node.label == label)
    columns = ", ".join(f"n.`{p.name}`" for p in node.properties)
    return await graph.read(
        f"MATCH (n:`{label}`) RETURN n.id" + (f", {columns}" * bool(columns)), {}
    )


async def _relationships(graph: Graph, type_: str) -> Rows:
    rel = next(rel for rel in RELATIONSHIPS if rel.type == type_)
    columns = "".join(f", r.`{p.name}`" for p in rel.properties)
    pattern = f"(a:`{rel.source}`)-[r:`{type_}`]->(b:`{rel.target}`)"
    return await graph.read(f"MATCH {pattern} RETURN a.id, b.id{columns}", {})


def _rows(rows: Rows) -> Counter[str]:
    return Counter(json.dumps(row) for row in rows.values)
