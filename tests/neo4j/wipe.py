"""Make a test server's database as good as new.

Constraints and indexes stay from test to test unless a test is about them: making them again
takes seconds, and a load finds them or makes them.
"""

from __future__ import annotations

from neo4j import Session

from tests.neo4j.server import Neo4jServer

# In batches, each its own transaction: a whole graph at once would not fit into the heap.
_DELETE_EVERYTHING = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"


def wipe(server: Neo4jServer) -> None:
    """Delete every node and relationship. Community has one database."""
    with server.driver() as driver, driver.session() as session:
        session.run(_DELETE_EVERYTHING).consume()


def wipe_schema(server: Neo4jServer) -> None:
    """Delete every constraint and index, as of a database that nothing was loaded into."""
    with server.driver() as driver, driver.session() as session:
        for name in _names(session, "SHOW CONSTRAINTS YIELD name RETURN name"):
            session.run("DROP CONSTRAINT $name", name=name).consume()
        # A new database has the LOOKUP indexes, and without them a label cannot be scanned.
        for name in _names(
            session, "SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP' RETURN name"
        ):
            session.run("DROP INDEX $name", name=name).consume()


def _names(session: Session, statement: str) -> list[str]:
    return [record["name"] for record in session.run(statement)]
