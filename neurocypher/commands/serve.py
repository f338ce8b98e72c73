"""`neurocypher serve`."""

from __future__ import annotations

import click

from cypher.url import GraphUrl
from graphapi.serve import serve
from neurocypher.options import graph_option


@click.command(name="serve")
@graph_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8000, show_default=True, help="Port; 0 for any that is free.")
def command(*, graph: GraphUrl, host: str, port: int) -> None:
    r"""Serve a graph over HTTP: GraphQL.

    SIGTERM or Ctrl-C ends it once the requests under way are answered. An embedded graph is
    served as it is now: what is loaded later is seen after a restart.

    \b
    neurocypher serve --graph ladybug:///data/neurons.lbug
    curl -s localhost:8000/graphql -H 'content-type: application/json' \
      -d '{"query": "{ models { id } }"}'
    """

    def announce(address: str) -> None:
        click.echo(f"Serving {graph} at {address}/graphql (try it at {address}). Ctrl-C ends it.")

    serve(graph, host=host, port=port, announce=announce)
