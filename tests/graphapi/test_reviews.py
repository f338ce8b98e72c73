"""Worklists: the explanations that should be looked at, the same on both engines."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx

from cypher import ids
from cypher.engines import engine_for
from cypher.pack import Pack, PackWriter, extend_pack, open_pack
from cypher.url import parse_graph_url
from graphapi.app import create_app
from graphapi.settings import Settings
from tests.packs import small_pack
from tests.whole import load

FIRES_ON = "tiny/0/1"
"""Its token graph fires on ` t1`."""
SENTENCES = {
    "named": ("openai", "Every place with long1 words", {"top": 0.9, "random": 0.8}),
    "other": ("openai", "Something quite different altogether", {"top": 0.9, "random": 0.1}),
    "unscored": ("neuronpedia", "every place with long1 words again", {}),
}


def _with_sentences(path: Path) -> tuple[Pack, dict[str, str]]:
    """A small pack with more explanations of one neuron, and their ids."""
    base = small_pack(path / "base")
    run = ids.run_id("explain", "test", {})
    names = {}
    with PackWriter(path / "more") as writer:
        rows: dict[str, list[dict[str, object]]] = {}

        def add(table: str, **values: object) -> None:
            rows.setdefault(table, []).append({**values, "run_id": run})

        for name, (explainer, text, scores) in SENTENCES.items():
            own = names[name] = ids.explanation_id(FIRES_ON, explainer, text)
            add("Explanation", id=own, text=text, explainer=explainer)
            add("HAS_EXPLANATION", source=FIRES_ON, target=own)
            for examples, value in scores.items():
                score = ids.score_id(own, "m", "ev_correlation", examples=examples)
                add("Score", id=score, kind="ev_correlation", source="m", value=value,
                    examples=examples)  # fmt: skip
                add("HAS_SCORE", source=own, target=score)
        add("ACTIVATES_ON", source=FIRES_ON, target=" long1", activation=1.0, rank=2, token_rank=1)
        for table, found in rows.items():
            writer.add(table, found)
        writer.add("Token", [{"id": " long1"}])
        writer.add("Word", [{"id": "long1"}])
        writer.add("FORM_OF", [{"source": " long1", "target": "long1"}])
        writer.add("IngestRun", [{"id": run, "job": "explain", "source": "test"}])
        layer = ids.layer_id("tiny", 0)
        writer.add("COVERS", [{"source": run, "target": layer, "n_present": 1, "n_absent": 0}])
    extend_pack(base, open_pack(path / "more"), path / "pack")
    return open_pack(path / "pack"), names


async def _asked(url: str, why: str, after: str | None = None) -> dict[str, Any]:
    graph = await engine_for(parse_graph_url(url)).open()
    try:
        transport = httpx.ASGITransport(create_app(graph, Settings()))
        async with httpx.AsyncClient(transport=transport, base_url="http://graph") as client:
            query = """query ($why: Review!, $after: String) { reviews(why: $why, first: 2,
                after: $after) { edges { cursor measure otherId neuron { id } node { id text } }
                pageInfo { hasNextPage } } }"""
            body = {"query": query, "variables": {"why": why, "after": after}}
            answer = (await client.post("/graphql", json=body)).json()
            assert "errors" not in answer, answer
            found: dict[str, Any] = answer["data"]["reviews"]
            return found
    finally:
        await graph.close()


def _all(url: str, why: str) -> list[tuple[str, str | None, float]]:
    """Every edge, page by page."""
    found, after = [], None
    while True:
        page = asyncio.run(_asked(url, why, after))
        edges = page["edges"]
        found += [(edge["node"]["id"], edge["otherId"], edge["measure"]) for edge in edges]
        assert all(edge["node"]["id"].startswith(edge["neuron"]["id"]) for edge in edges)
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = edges[-1]["cursor"]


def test_what_should_be_looked_at(graph_url: str, tmp_path: Path) -> None:
    pack, names = _with_sentences(tmp_path)
    load(graph_url, pack)
    unlike = _all(graph_url, "UNLIKE_TOKEN_GRAPH")
    assert unlike == [(names["other"], None, 0.0)]
    assert _all(graph_url, "TOP_ONLY") == [(names["other"], None, -0.8)]
    assert _all(graph_url, "UNSCORED") == [(names["unscored"], None, 0.0)]
    disagreeing = _all(graph_url, "EXPLAINERS_DISAGREE")
    pairs = {(one, other) for one, other, _ in disagreeing}
    first, second = sorted([names["other"], names["unscored"]])
    assert (first, second) in pairs
    assert tuple(sorted([names["named"], names["unscored"]])) not in pairs  # the same words
    template = ids.explanation_id(FIRES_ON, "template", "Fires on t1 (a).")
    assert {own for pair in pairs for own in pair} == {*names.values(), template}
    assert [measure for *_, measure in disagreeing] == sorted(m for *_, m in disagreeing)
