"""The engines, each the only module that imports its library; and the one that a URL names."""

from __future__ import annotations

from cypher.graph import Engine
from cypher.url import Dialect, GraphUrl


def engine_for(url: GraphUrl) -> Engine:
    """The engine that holds the graph at `url`; nothing is opened yet."""
    if url.dialect is Dialect.LADYBUG:
        from cypher.engines.embedded import LadybugEngine  # noqa: PLC0415  imported if needed

        return LadybugEngine(url)
    from cypher.engines.neo4j import Neo4jEngine  # noqa: PLC0415  imported if needed

    return Neo4jEngine(url)
