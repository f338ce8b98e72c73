"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from neurocypher.settings import GRAPH, settings

_Command = TypeVar("_Command", bound=Callable[..., Any])

DEMO = "demo"
"""What stands for the packaged pack, and for the graph that `neurocypher demo` makes of it."""


class _GraphUrlType(click.ParamType[Any]):
    """A graph's URL, or `demo`."""

    name = "URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from cypher.url import GraphUrl, parse_graph_url  # noqa: PLC0415  `--help` needs none

        if isinstance(value, GraphUrl):
            return value
        if value == DEMO:
            from neurocypher.demo import demo_graph  # noqa: PLC0415  `--help` needs none

            return demo_graph()
        given = settings()
        return parse_graph_url(value, user=given.user, password=given.password)


def _given(ctx: click.Context, param: click.Parameter, value: Any) -> Any:
    """The graph that was named, or the environment's."""
    value = value or settings().graph
    if value is None:
        raise click.UsageError(
            f"No graph is named. Give --graph URL, or set {GRAPH}; `--graph {DEMO}` is the demo's."
        )
    return param.type.convert(value, param, ctx)


def graph_option(command: _Command) -> _Command:
    """`--graph URL`, with the environment's default; gives `graph`, a `cypher.url.GraphUrl`."""
    return click.option(
        "--graph",
        type=_GraphUrlType(),
        callback=_given,
        help=f"The graph: ladybug:///path/to/graph.lbug, neo4j://host:7687 (also neo4j+s, bolt), "
        f"or `{DEMO}` for the demo's. Default: ${GRAPH}. A server's user and password are taken "
        f"from the URL or from $NEUROCYPHER_USER and $NEUROCYPHER_PASSWORD.",
    )(command)
