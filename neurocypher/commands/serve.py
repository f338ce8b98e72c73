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
    r"""Serve a graph over HTTP: GraphQL, ad-hoc Cypher, and tables for dashboards.

    SIGTERM or Ctrl-C ends it once the requests under way are answered. What is loaded meanwhile
    is served as soon as it is whole, and no request fails for it.

    \b
    neurocypher serve --graph ladybug:///data/neurons.lbug
    curl -s localhost:8000/graphql -H 'content-type: application/json' \
      -d '{"query": "{ models { id } }"}'
    curl -s localhost:8000/tables                  every table, its parameters and columns
    curl -s localhost:8000/tables/coverage.csv     one: .csv, .json or .arrow
    curl -s localhost:8000/metrics                 figures for Prometheus

    Where strangers can reach it, set NEUROCYPHER_PUBLIC=1: lower limits, no introspection, no
    suggestions, a rate for each address. What else can be set, each by NEUROCYPHER_ and its
    name, stands in docs/dashboards.md; most wanted:

    \b
    NEUROCYPHER_KEYS=FILE            only who has a key may ask; see `neurocypher key`
    NEUROCYPHER_QUERIES=FOLDER       *.graphql, each answered at /q/NAME?variable=value
    NEUROCYPHER_CORS_ORIGINS=URL,…   pages of these origins may ask
    """

    def announce(address: str) -> None:
        click.echo(f"Serving {graph} at {address}/graphql (try it at {address}). Ctrl-C ends it.")

    serve(graph, host=host, port=port, announce=announce)
