"""`neurocypher load`."""

from __future__ import annotations

from pathlib import Path

import click

from cypher.pack import open_pack
from cypher.url import GraphUrl
from neurocypher.demo import demo_pack
from neurocypher.load_progress import load_showing_progress
from neurocypher.options import DEMO, graph_option


@click.command(name="load")
@click.argument("packs", nargs=-1, required=True, metavar="PACK...")
@graph_option
def command(*, packs: tuple[str, ...], graph: GraphUrl) -> None:
    r"""Load packs into a graph.

    PACK is a pack's folder, or `demo` for the packaged one. A load replaces exactly what the
    pack covers: its layers, as its sources told of them before. Loading a pack again changes
    nothing. An embedded graph has the whole pack or nothing of it; a load into a server that
    was cut short is marked, and repaired by running it again.

    \b
    neurocypher load my-pack --graph ladybug:///data/neurons.lbug
    neurocypher load demo --graph neo4j://localhost:7687
    """
    paths = [_path(pack) for pack in packs]
    for path in paths:  # all of them, before the first is loaded
        open_pack(path).verify()
    for path in paths:
        report = load_showing_progress(path, graph)
        rows = sum(report.written.values())
        click.echo(f"Loaded {path} into {graph}: {rows:,} rows. Load id {report.load_id}.")


def _path(pack: str) -> Path:
    path = Path(pack)
    return demo_pack().path if pack == DEMO and not path.exists() else path
