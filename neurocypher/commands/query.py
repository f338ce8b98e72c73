"""`neurocypher query`."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import click

from cypher.engines import engine_for
from cypher.graph import Rows, Value
from cypher.url import GraphUrl
from neurocypher.options import graph_option
from neurocypher.output import BINARY, FORMATS, write_rows


@click.command(name="query")
@click.argument("statement")
@graph_option
@click.option(
    "--param",
    "-p",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help='A parameter: JSON if it is such, else text. -p "token= play" -p \'ids=["m/0/1"]\'',
)
@click.option("--format", "-f", "format_", type=click.Choice(FORMATS), default="table")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), help="Write to a file, whole or not at all."
)
@click.option("--timeout", type=float, default=60.0, show_default=True, help="Seconds.")
def command(
    *,
    statement: str,
    graph: GraphUrl,
    params: tuple[str, ...],
    format_: str,
    output: Path | None,
    timeout: float,
) -> None:
    r"""Ask a graph one Cypher question.

    \b
    neurocypher query 'MATCH (n:Neuron)-[r:ACTIVATES_ON]->(t:Token {id: $token})
        RETURN n.id, r.activation ORDER BY r.activation DESC LIMIT 5' -p 'token= play'

    docs/graph-model.md lists the labels, the relationships and their properties.
    """
    if format_ in BINARY and output is None and sys.stdout.isatty():
        raise click.UsageError(f"{format_} is not text: name a file with --output.")
    rows = asyncio.run(_ask(graph, statement, dict(map(_parameter, params)), timeout))
    write_rows(rows, format_, output)


async def _ask(url: GraphUrl, statement: str, parameters: dict[str, Value], timeout: float) -> Rows:
    graph = await engine_for(url).open()
    try:
        return await graph.read(statement, parameters, timeout=timeout)
    finally:
        await graph.close()


def _parameter(text: str) -> tuple[str, Value]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"--param {text!r}: expected NAME=VALUE.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
