"""`neurocypher export`."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from cypher.engines import engine_for
from cypher.load import load_pack
from cypher.pack import open_pack
from cypher.url import GraphUrl, parse_graph_url
from ingest.errors import OutputError
from neurocypher.settings import settings

_TABLES = ("jsonl", "datasets")


@click.command(name="export")
@click.argument("origin", metavar="GRAPH_OR_PACK")
@click.option("--format", "-f", "format_", type=click.Choice(["neuronpedia", *_TABLES]),
              required=True, help="neuronpedia: its exports' layout; jsonl: the graph model's "
              "tables as JSON Lines; datasets: a folder for datasets.load_dataset, with a card.")  # fmt: skip
@click.option("--out", "output", type=click.Path(path_type=Path), required=True,
              help="The folder to write, whole or not at all.")  # fmt: skip
@click.option("--source", default="neuronpedia", show_default=True,
              help="Whose measurements and examples neuronpedia's layout is to have.")  # fmt: skip
def command(*, origin: str, format_: str, output: Path, source: str) -> None:
    r"""Write a graph or a pack in a format that others read.

    GRAPH_OR_PACK is a pack's folder or, for neuronpedia, a graph's URL as well.

    \b
    neurocypher export my-pack --format datasets --out hub-folder
    neurocypher export ladybug:///data/neurons.lbug --format neuronpedia --out export
    """
    if format_ in _TABLES:
        from ingest.exports.tables import write_datasets, write_jsonl  # noqa: PLC0415

        if "://" in origin:
            raise OutputError(
                f"{format_} is written from a pack, and {origin} is a graph. Name the pack that it "
                f"was loaded from."
            )
        pack = open_pack(origin)
        pack.verify()
        counts = (write_jsonl if format_ == "jsonl" else write_datasets)(pack, output)
    else:
        with _graph(origin) as url:
            counts = asyncio.run(_neuronpedia(url, output, source))
    click.echo("; ".join(f"{count:,} {name}" for name, count in counts.items()) or "nothing")
    click.echo(f"Written to {output}.")


@contextmanager
def _graph(origin: str) -> Iterator[GraphUrl]:
    """The graph that is meant, or an embedded one of the pack, as long as the context lasts."""
    if "://" in origin:
        given = settings()
        yield parse_graph_url(origin, user=given.user, password=given.password)
        return
    pack = open_pack(origin)
    with tempfile.TemporaryDirectory() as folder:
        url = parse_graph_url(f"ladybug://{Path(folder) / 'graph.lbug'}")
        load_pack(pack.path, url, lambda *_: None)
        yield url


async def _neuronpedia(url: GraphUrl, output: Path, source: str) -> dict[str, int]:
    from ingest.exports.neuronpedia import write_neuronpedia  # noqa: PLC0415

    graph = await engine_for(url).open()
    try:
        return await write_neuronpedia(graph, output, source)
    finally:
        await graph.close()
