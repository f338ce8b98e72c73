"""`neurocypher export`."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cypher.dump import Tables, open_dump
from cypher.engines import engine_for
from cypher.load import load_pack
from cypher.pack import open_pack
from cypher.url import GraphUrl, parse_graph_url
from ingest.errors import OutputError
from neurocypher.progress import progress_for_this_terminal
from neurocypher.settings import settings

if TYPE_CHECKING:
    from ingest.exports.asked import Asked

_TABLES = ("jsonl", "datasets")
_SOURCED = ("neuronpedia", "n2g", "openai")


@click.command(name="export")
@click.argument("origin", metavar="GRAPH_OR_PACK")
@click.option("--format", "-f", "format_", type=click.Choice([*_SOURCED, *_TABLES]),
              required=True, help="neuronpedia: its exports' layout; n2g: Neuron to Graph's DOT, "
              "scores, index and maxima; openai: neuron-explainer's records, explanations with "
              "simulations, related neurons and tokens; jsonl: the graph model's tables as JSON Lines; datasets: "
              "a folder for datasets.load_dataset, with a card.")  # fmt: skip
@click.option("--out", "output", type=click.Path(path_type=Path), required=True,
              help="The folder to write, whole or not at all.")  # fmt: skip
@click.option("--source", help="Whose sayings to write: a format has room for one source's.  "
              "[default: the format's name]")  # fmt: skip
@click.option("--explained-by", "explained", multiple=True, metavar="SOURCE",
              help="Whose sentences, scores and simulations OpenAI's layout is to have; again for "
              "each further source, such as template and token-graph.  [default: --source]")  # fmt: skip
@click.option("--model", help="The model to write, where there are several.")
@click.option("--layers", help="Layers to write, such as 2, 0-4 or 6-res-jb.  [default: all]")
@click.option("--neurons", help="Neurons of each layer to write, such as 0-99 or 3,17.  "
              "[default: all]")  # fmt: skip
def command(
    *,
    origin: str,
    format_: str,
    output: Path,
    source: str | None,
    explained: tuple[str, ...],
    model: str | None,
    layers: str | None,
    neurons: str | None,
) -> None:
    r"""Write a graph or a pack in a format that others read.

    GRAPH_OR_PACK is a pack's folder or a graph's URL. What `neurocypher ingest` makes of neuronpedia,
    n2g and openai is what was exported, as far as the format can hold it.

    \b
    neurocypher export my-pack --format datasets --layers 0-3 --out hub-folder
    neurocypher export ladybug:///data/neurons.lbug --format neuronpedia --out export
    neurocypher export my-pack --format n2g --layers 0-3 --out graphs
    neurocypher export my-pack --format openai --source model --explained-by template
        --explained-by token-graph --out records
    """
    if format_ in _TABLES:
        if source or explained or model or neurons:
            raise OutputError(
                f"{format_} has everybody's sayings of all neurons of a layer. Leave out --source, "
                f"--explained-by, --model and --neurons, or name another format."
            )
        counts = _write_tables(format_, origin, output, layers)
    else:
        from ingest.exports.asked import Asked  # noqa: PLC0415  `--help` needs none
        from ingest.sources.format import Choice  # noqa: PLC0415

        asked = Asked(
            source or format_,
            Choice.of(layers, "--layers"),
            Choice.of(neurons, "--neurons"),
            model,
            explained,
        )
        with _graph(origin) as url:
            counts = asyncio.run(_write(format_, url, output, asked))
    said = "; ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    click.echo(said or "nothing")
    click.echo(f"Written to {output}.")


def _write_tables(format_: str, origin: str, output: Path, layers: str | None) -> dict[str, int]:
    from ingest.exports.of_layers import of_layers  # noqa: PLC0415
    from ingest.exports.tables import write_datasets, write_jsonl  # noqa: PLC0415
    from ingest.sources.format import Choice  # noqa: PLC0415

    progress = progress_for_this_terminal()

    def write(tables: Tables) -> dict[str, int]:
        if layers is not None:
            tables = of_layers(tables, Choice.of(layers, "--layers"), progress=progress)
        written = write_jsonl if format_ == "jsonl" else write_datasets
        return written(tables, output, progress=progress)

    if "://" not in origin:
        pack = open_pack(origin)
        pack.verify()
        return write(pack)
    output.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=output.parent, prefix=f".{output.name}.") as scratch,
        open_dump(_url(origin), Path(scratch)) as tables,
    ):
        return write(tables)


def _url(origin: str) -> GraphUrl:
    given = settings()
    return parse_graph_url(origin, user=given.user, password=given.password)


@contextmanager
def _graph(origin: str) -> Iterator[GraphUrl]:
    """The graph that is meant, or an embedded one of the pack, as long as the context lasts."""
    if "://" in origin:
        yield _url(origin)
        return
    pack = open_pack(origin)
    with tempfile.TemporaryDirectory() as folder:
        url = parse_graph_url(f"ladybug://{Path(folder) / 'graph.lbug'}")
        load_pack(pack.path, url, lambda *_: None)
        yield url


async def _write(format_: str, url: GraphUrl, output: Path, asked: Asked) -> dict[str, int]:
    from ingest.exports.registry import WRITERS  # noqa: PLC0415

    graph = await engine_for(url).open()
    try:
        return await WRITERS[format_](graph, output, asked, progress=progress_for_this_terminal())
    finally:
        await graph.close()
