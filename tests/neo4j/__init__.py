"""A real Neo4j server without Docker, for tests and benchmarks: Maven's jars and Java.

    with running_neo4j() as server:
        server.graph_url   # bolt://neo4j:…@127.0.0.1:…

`python -m tests.neo4j` starts one to try things on.
"""

from tests.neo4j.jars import NoJavaError
from tests.neo4j.server import SHORT_LIVED, Neo4jServer, given_neo4j, running_neo4j
from tests.neo4j.wipe import wipe

__all__ = [
    "SHORT_LIVED",
    "Neo4jServer",
    "NoJavaError",
    "given_neo4j",
    "running_neo4j",
    "wipe",
]
