"""`neurocypher query`."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

import click

from cypher.adhoc import Door, Limits
from cypher.adhoc.limits import MIB
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
@click.option(
    "--max-rows", type=int, default=1_000_000, show_default=True, help="More is an error."
)
@click.option(
    "--memory", type=int, default=4096, show_default=True, help="MiB that the statement may take."
)
def command(
    *,
    statement: str,
    graph: GraphUrl,
    params: tuple[str, ...],
    format_: str,
    output: Path | None,
    timeout: float,
    max_rows: int,
    memory: int,
) -> None:
    r"""Ask a graph one Cypher question.

    \b
    neurocypher query 'MATCH (n:Neuron)-[r:ACTIVATES_ON]->(t:Token {id: $token})
        RETURN n.id, r.activation ORDER BY r.activation DESC LIMIT 5' -p 'token= play'

    docs/graph-model.md lists the labels, the relationships and their properties. The statement
    reads the graph and nothing else: what could write, or open a file, is refused.
    """
    if format_ in BINARY and output is None and sys.stdout.isatty():
        raise click.UsageError(f"{format_} is not text: name a file with --output.")
    limits = Limits(
        seconds=timeout, rows=max_rows, bytes=1024 * MIB, memory=memory * MIB, concurrency=1
    )
    rows = asyncio.run(_ask(graph, statement, dict(map(_parameter, params)), limits))
    write_rows(rows, format_, output)


async def _ask(url: GraphUrl, statement: str, parameters: dict[str, Value], limits: Limits) -> Rows:
    door = Door(url, limits)
    try:
        async with door.ask(statement, parameters) as answer:
            return await answer.rows()
    finally:
        await door.close()


def _parameter(text: str) -> tuple[str, Value]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"--param {text!r}: expected NAME=VALUE.")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
