"""Rows per second into either engine: the demo pack repeated to a million relationships.

Peers, in the same run: in Ladybug the bare COPYs of the same files in one transaction, in
Neo4j one client that CREATEs the same relationships of one type in the same batches. The load
does more than they: it verifies every file, replaces a scope, and can be repeated.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from cypher.ddl import ladybug_ddl
from cypher.engines.ladybug import Writer
from cypher.engines.neo4j import Writer as ServerWriter
from cypher.load import load_pack
from cypher.load.rows import relationship_batches, total_rows
from cypher.pack import Pack
from cypher.schema import PACKED, RELATIONSHIP_BY_TYPE
from cypher.url import GraphUrl, parse_graph_url
from tests.benchmarks.repeated import repeated_pack
from tests.benchmarks.report import report
from tests.neo4j import running_neo4j

RELATIONSHIPS = 1_000_000
PEER_TYPE = "HAS_EXAMPLE"
_BATCH = 10_000


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pack = repeated_pack(folder / "pack", RELATIONSHIPS)
        rows = total_rows(pack)
        report("rows in the pack", rows, "rows")
        bare = rows / _bare_copies(pack, folder / "bare.lbug")
        url = parse_graph_url(f"ladybug://{folder / 'graph.lbug'}")
        first = rows / _seconds(pack, url)
        again = rows / _seconds(pack, url)
        report("ladybug, bare COPY", bare, "rows/s")
        report("ladybug, into an empty graph", first, "rows/s")
        report("ladybug, load to bare COPY", first / bare, "1", at_least=0.5)
        report("ladybug, the same pack again", again, "rows/s")
        with running_neo4j(heap="4g", page_cache="2g") as server:
            url = parse_graph_url(server.graph_url)
            first = rows / _seconds(pack, url)
            report("neo4j, into an empty graph", first, "rows/s")
            peer = _bare_creates(pack, url)
            report(f"neo4j, bare CREATE of {PEER_TYPE}", peer, "rows/s")
            report("neo4j, load to bare CREATE", first / peer, "1", at_least=0.5)


def _seconds(pack: Pack, url: GraphUrl) -> float:
    begin = time.perf_counter()
    load_pack(pack.path, url, lambda *_: None)
    return time.perf_counter() - begin


def _bare_copies(pack: Pack, path: Path) -> float:
    begin = time.perf_counter()
    writer = Writer(path)
    writer.run("BEGIN TRANSACTION")
    for statement in ladybug_ddl():
        writer.run(statement)
    for kind in PACKED:
        for file in pack.files(kind.name):
            writer.run(f"COPY `{kind.name}` FROM '{file}'")
    writer.run("COMMIT")
    writer.close()
    return time.perf_counter() - begin


def _bare_creates(pack: Pack, url: GraphUrl) -> float:
    """Rows per second of a second set of relationships between nodes that are there."""
    rel = RELATIONSHIP_BY_TYPE[PEER_TYPE]
    writer = ServerWriter(url)
    begin, rows = time.perf_counter(), 0
    for batch in relationship_batches(pack, rel, _BATCH):
        writer.run(
            f"UNWIND $rows AS row MATCH (a:`{rel.source}` {{id: row.source}}) "
            f"MATCH (b:`{rel.target}` {{id: row.target}}) "
            f"CREATE (a)-[r:`{rel.type}`]->(b) SET r = row.properties",
            {"rows": batch},
        )
        rows += len(batch)
    seconds = time.perf_counter() - begin
    writer.close()
    return rows / seconds


if __name__ == "__main__":
    main()
