"""`neurocypher load`."""

from __future__ import annotations

from pathlib import Path

import click

from cypher.errors import LoadError
from cypher.graph import OnConflict
from cypher.pack import open_pack
from cypher.url import Dialect, GraphUrl
from neurocypher.demo import demo_pack
from neurocypher.failure import ignore_half_made_objects
from neurocypher.load_progress import load_showing_progress
from neurocypher.options import DEMO, graph_option

_LEFT = {
    Dialect.LADYBUG: "The graph is as it was before.",
    Dialect.NEO4J: "The graph holds part of it and is marked as unfinished.",
}
"""What a load that was stopped leaves."""


@click.command(name="load")
@click.argument("packs", nargs=-1, required=True, metavar="PACK...")
@graph_option
@click.option("--on-conflict", type=click.Choice([rule.value for rule in OnConflict]), default=OnConflict.STOP.value,
              show_default=True, help="Where a pack and what else the graph holds say different "
              "things of a model, a layer or a text's tokens: load nothing and say what, keep what "
              "the graph says, or replace it.")  # fmt: skip
def command(*, packs: tuple[str, ...], graph: GraphUrl, on_conflict: str) -> None:
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
    for path in paths[1:]:  # before the first is loaded, which verifies that one itself
        open_pack(path).verify()
    for path in paths:
        try:
            report = load_showing_progress(path, graph, OnConflict(on_conflict))
        except KeyboardInterrupt as stop:
            ignore_half_made_objects()
            raise LoadError(
                f"stopped while {path} was loaded. {_LEFT[graph.dialect]} "
                f"Give the same command again to load it."
            ) from stop
        rows = sum(report.written.values())
        click.echo(f"Loaded {path} into {graph}: {rows:,} rows. Load id {report.load_id}.")


def _path(pack: str) -> Path:
    path = Path(pack)
    return demo_pack().path if pack == DEMO and not path.exists() else path
