"""`neurocypher demo`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click

from cypher.engines import engine_for
from cypher.pack import Pack
from cypher.state import READ_STATE, state_of
from cypher.url import GraphUrl
from graphapi.examples import EXAMPLES
from graphapi.serve import serve
from neurocypher.demo import demo_graph, demo_pack
from neurocypher.load_progress import load_showing_progress


@click.command(name="demo")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8000, show_default=True, help="Port; 0 for any that is free.")
def command(*, host: str, port: int) -> None:
    r"""Load the packaged pack into an embedded graph and serve it.

    The pack holds all 860 neurons of stories260K, a small trained language model. The graph is
    made once, in your cache folder; other commands name it `--graph demo`:

    \b
    neurocypher status --graph demo
    neurocypher query 'MATCH (n:Neuron) RETURN count(n)' --graph demo
    """
    pack, graph = demo_pack(), demo_graph()
    if not (Path(graph.location).exists() and asyncio.run(_holds(graph, pack))):
        load_showing_progress(pack.path, graph)

    def announce(address: str) -> None:
        click.echo(f"Serving {graph} at {address}/graphql\n")
        for example in EXAMPLES:
            body = json.dumps({"query": " ".join(example.text.split())}, ensure_ascii=False)
            click.echo(f"{example.question}\n")
            click.echo(
                f"  curl -s {address}/graphql -H 'content-type: application/json' -d '{body}'\n"
            )
        click.echo(f"The same to click on: {address}. Ctrl-C ends it.")

    serve(graph, host=host, port=port, announce=announce)


async def _holds(url: GraphUrl, pack: Pack) -> bool:
    graph = await engine_for(url).open()
    try:
        state = state_of(await graph.read(READ_STATE, {}), str(url))
    finally:
        await graph.close()
    runs = [str(run) for run in pack.table("IngestRun", ["id"]).column("id").to_pylist()]
    return state.holds(runs, pack.digest)
