"""Exporting, and comparing complete packs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from cypher.engines import engine_for
from cypher.load import load_pack
from cypher.pack import Pack
from cypher.schema import PACKED
from cypher.url import parse_graph_url
from ingest.exports.asked import Asked
from ingest.exports.registry import WRITERS
from ingest.progress import Silent
from ingest.sources.format import Choice
from tests.ingest.sources.published import rows


def loaded(pack: Pack, url: str) -> str:
    """The URL of a graph that now holds the pack."""
    load_pack(pack.path, parse_graph_url(url), lambda *_: None)
    return url


def exported(
    format_: str,
    url: str,
    out: Path,
    *,
    source: str | None = None,
    layers: str | None = None,
    neurons: str | None = None,
    model: str | None = None,
    explained: tuple[str, ...] = (),
) -> Path:
    """What a graph gives in a format, as `neurocypher export` writes it."""
    asked = Asked(
        source or format_,
        Choice.of(layers, "--layers"),
        Choice.of(neurons, "--neurons"),
        model,
        explained,
    )

    async def write() -> None:
        graph = await engine_for(parse_graph_url(url)).open()
        try:
            await WRITERS[format_](graph, out, asked, progress=Silent())
        finally:
            await graph.close()

    asyncio.run(write())
    return out


def tables(pack: Pack) -> dict[str, list[Any]]:
    """Every table but the run's own, in one order, without the run."""
    found = {
        kind.name: rows(pack, kind.name)
        for kind in PACKED
        if kind.name not in ("IngestRun", "COVERS")
    }
    found["LACKS"] = [{**row, "target": "the run"} for row in found["LACKS"]]
    return {name: sorted(listed, key=repr) for name, listed in found.items()}
