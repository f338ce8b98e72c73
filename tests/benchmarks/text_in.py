"""Text in, neurons out at GPT-2-small's size: every token graph of a model on a text, over HTTP.

The demo's token graphs stand in for a larger model's, 43 times over: 36,980 neurons with 2.3
million nodes. That is a harder graph than GPT-2's own, for the demo's neurons fire on 512 tokens
where GPT-2's have 50,257 to choose from. On Ladybug; beside it, the statement that runs one
token graph after the other, on the neurons of one layer.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.compute as pc

from cypher.catalogue import run
from cypher.engines import engine_for
from cypher.load import load_pack
from cypher.pack import Pack, PackWriter, open_pack
from cypher.url import parse_graph_url
from graphapi.app import create_app
from graphapi.settings import Settings
from neurocypher.demo import demo_pack
from tests.benchmarks.report import report

_COPIES = 43
_TIMES = 7
_LAYERS = 5
_MODEL, _COPIED = "stories260K", "copied"
_TABLES = (
    "Neuron", "HAS_NEURON", "TokenGraph", "HAS_TOKEN_GRAPH", "TokenGraphNode", "STARTS_AT",
    "CONTAINS", "PRECEDED_BY", "MATCHES",
)  # fmt: skip
_TEXT = (
    "Once upon a time there was a little girl. She wanted to play with her friend in the park, "
    "but the big dog was sad and did not want to share the ball. "
)
_ASK = """query ($text: String!) { neuronsFiringOn(model: "copied", text: $text) { totalCount tokens
  edges { activation places { position activation } node { id } } } }"""


def main() -> None:
    """Load the copies, and ask about texts of several lengths."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = parse_graph_url(f"ladybug://{folder / 'graph.lbug'}")
        begin = time.perf_counter()
        load_pack(copies_of_demo(folder / "pack").path, url, lambda *_: None)
        report(
            "copies of the demo's token graphs, made and loaded in",
            time.perf_counter() - begin,
            "s",
        )
        asyncio.run(_measure(str(url)))


async def _measure(url: str) -> None:
    graph = await engine_for(parse_graph_url(url)).open()
    transport = httpx.ASGITransport(
        create_app(graph, Settings(cache_bytes=1, statement_seconds=300, request_seconds=600))
    )
    async with httpx.AsyncClient(
        transport=transport, base_url="http://graph", timeout=600
    ) as client:
        for words in (4, 12, 36):
            text = " ".join(_TEXT.split()[:words])
            seconds, data = [], {}
            for _ in range(_TIMES):
                begin = time.perf_counter()
                sent = {"query": _ASK, "variables": {"text": text}}
                data = (await client.post("/graphql", json=sent)).json()["data"]["neuronsFiringOn"]
                seconds.append(time.perf_counter() - begin)
            what = (
                f"text of {len(data['tokens'])} tokens, {data['totalCount']} neurons fire, median"
            )
            report(what, statistics.median(seconds) * 1000, "ms")
    layer = await graph.read(
        "MATCH (n:Neuron)-[:HAS_TOKEN_GRAPH]->(g:TokenGraph) WHERE n.layer_id = 'copied/0' "
        "RETURN g.id", {}
    )  # fmt: skip
    begin = time.perf_counter()
    await run(
        graph, "predicted_activations", ids=[row[0] for row in layer.values], tokens=data["tokens"]
    )
    took = time.perf_counter() - begin
    report(f"predicted_activations, the same text, {len(layer.values)} neurons", took * 1000, "ms")
    await graph.close()


def copies_of_demo(path: Path) -> Pack:
    demo = demo_pack()
    with PackWriter(path) as writer:
        for name in ("Token", "Word", "FORM_OF"):
            writer.add(name, demo.table(name))
        writer.add("Model", [{"id": _COPIED}])
        for name in ("Tokenizer", "HAS_TOKENIZER"):
            writer.add(name, _renamed(demo.table(name), _MODEL, _COPIED))
        runs = demo.table("IngestRun")
        writer.add("IngestRun", _renamed(runs, _MODEL, _COPIED))
        for number in range(_COPIES * _LAYERS):
            layer = f"{_COPIED}/{number}"
            row = {"id": layer, "model_id": _COPIED, "name": str(number), "kind": "mlp"}
            writer.add("Layer", [{**row, "layer_index": number}])
            writer.add("HAS_LAYER", [{"source": _COPIED, "target": layer}])
            covered = {"target": layer, "n_present": 172, "n_absent": 0}
            writer.add(
                "COVERS", [{"source": run, **covered} for run in runs.column("id").to_pylist()]
            )
        for name in _TABLES:
            table = demo.table(name)
            for shard in _layers(table):
                writer.add(name, shard)
    return open_pack(path)


def _layers(table: pa.Table) -> Iterator[pa.Table]:
    """The rows of each layer of each copy, in the order of their ids."""
    key = "id" if "id" in table.column_names else "source"
    numbers = sorted(range(_COPIES * _LAYERS), key=lambda number: f"{_COPIED}/{number}/")
    own = {}
    for layer in range(_LAYERS):
        below: Any = pc.match_substring_regex(table.column(key), f"^{_MODEL}/{layer}(/|@|$)")
        own[layer] = table.filter(below)
    for number in numbers:
        layer = number % _LAYERS
        shard = _renamed(own[layer], f"{_MODEL}/{layer}", f"{_COPIED}/{number}")
        if "model_id" in shard.column_names:
            shard = _renamed(shard, _MODEL, _COPIED)
            index = pa.array([number] * shard.num_rows, pa.int64())
            shard = shard.set_column(shard.column_names.index("layer_index"), "layer_index", index)
        yield shard


def _renamed(table: pa.Table, old: str, new: str) -> pa.Table:
    """The table with what its texts begin with changed."""
    columns: dict[str, Any] = {}
    for field in table.schema:
        column = table.column(field.name)
        if pa.types.is_string(field.type) and field.name not in (
            "settings",
            "versions",
            "counts",
            "definition",
        ):
            column = pc.replace_substring_regex(column, f"^{old}(/|@|$)", f"{new}\\1")
        columns[field.name] = column
    return pa.table(columns)


if __name__ == "__main__":
    main()
