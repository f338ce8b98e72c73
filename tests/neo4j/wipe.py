"""Make a test server's database as good as new."""

from __future__ import annotations

from collections.abc import Collection

from neo4j import Transaction

from tests.neo4j.server import Neo4jServer

# In batches, each its own transaction: a whole graph at once would not fit into the heap, nor would
# all relationships of a few thousand neurons.
_DELETE_EVERYTHING = (
    "MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 20000 ROWS",
    "MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 20000 ROWS",
)

# A new database has the LOOKUP indexes, and without them a label cannot be scanned.
_FREE_INDEXES = """
SHOW INDEXES YIELD name, type, owningConstraint
WHERE type <> 'LOOKUP' AND owningConstraint IS NULL
RETURN name
"""


def wipe(server: Neo4jServer, *, keep: Collection[str] = ()) -> None:
    """Delete every node, relationship, constraint and index. Community has one database.

    `keep` names constraints and indexes that may stay.
    """
    with server.driver() as driver, driver.session() as session:
        for statement in _DELETE_EVERYTHING:
            session.run(statement).consume()
        # In one transaction, for each costs a quarter of a second on a busy machine.
        with session.begin_transaction() as transaction:
            for name in _names(transaction, "SHOW CONSTRAINTS YIELD name RETURN name"):
                if name not in keep:
                    transaction.run("DROP CONSTRAINT $name", name=name).consume()
            for name in _names(transaction, _FREE_INDEXES):
                if name not in keep:
                    transaction.run("DROP INDEX $name", name=name).consume()
            transaction.commit()


def _names(transaction: Transaction, statement: str) -> list[str]:
    return [record["name"] for record in transaction.run(statement)]
