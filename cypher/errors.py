"""What can go wrong between a pack and a graph.

Exception
└── CypherError
    ├── IdError                 an id's part breaks the id's grammar
    ├── PackError               a pack is missing, truncated, foreign, corrupt or of another format
    ├── StatementError          a `.cypher` file of the catalogue is malformed
    ├── QueryError              a statement was refused by the engine
    │   ├── QueryTimeoutError   it ran out of time
    │   ├── StatementRefusedError   an ad-hoc statement holds what is not allowed; it was not run
    │   └── LimitError          an ad-hoc statement reached a limit on rows, bytes, memory or waiting
    ├── LoadError               a load failed; the graph is as it was, or marked as unfinished
    └── GraphError              the graph itself cannot be used
        ├── GraphUrlError       the URL names no graph
        ├── GraphUnavailableError   nothing answers there, or it refuses us
        ├── GraphBusyError      another process is writing it
        └── SchemaVersionError  it was made by another version of the graph model

Each message says what was found, what was expected, and what to do.
"""


class CypherError(Exception):
    """Base of every error that this package raises."""


class IdError(CypherError):
    """A part of an id holds a character that the id's grammar reserves."""


class PackError(CypherError):
    """A pack is missing, truncated, foreign, corrupt or of another format version."""


class StatementError(CypherError):
    """A statement of the catalogue is malformed; the message names file and line."""


class QueryError(CypherError):
    """The engine refused a statement."""


class QueryTimeoutError(QueryError):
    """A statement took longer than it was given."""


class StatementRefusedError(QueryError):
    """An ad-hoc statement holds what is not allowed; it was not run."""


class LimitError(QueryError):
    """An ad-hoc statement reached a limit."""

    def __init__(self, message: str, limit: str) -> None:
        super().__init__(message)
        self.limit = limit
        """Which one: `rows`, `bytes`, `memory` or `concurrency`."""


class LoadError(CypherError):
    """A pack could not be loaded."""


class GraphError(CypherError):
    """The graph cannot be used."""


class GraphUrlError(GraphError):
    """A URL names no graph that this package can open."""


class GraphUnavailableError(GraphError):
    """Nothing answers at the URL, or it refuses the credentials."""


class GraphBusyError(GraphError):
    """Another process is writing the graph."""


class SchemaVersionError(GraphError):
    """The graph was made by another version of the graph model."""
