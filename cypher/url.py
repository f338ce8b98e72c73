"""Graph URLs: which engine holds a graph, and where.

ladybug:///absolute/path.lbug    ladybug://relative/path.lbug
neo4j://host:7687                neo4j+s://…    neo4j+ssc://…    bolt://…    bolt+s://…
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from cypher.errors import GraphUrlError

_SERVER_SCHEMES = ("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc")
_EXPECTED = "expected ladybug:///path/to/graph.lbug, or neo4j://host:7687 (also neo4j+s, bolt)"


class Dialect(StrEnum):
    """Which engine's Cypher."""

    LADYBUG = "ladybug"
    NEO4J = "neo4j"


@dataclass(frozen=True, slots=True)
class GraphUrl:
    """A parsed URL. Its `str` and `repr` hold no password."""

    dialect: Dialect
    location: str
    """The file's path, or the server's URI without credentials."""
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    database: str | None = None
    """On a server; null for the user's home database."""

    def __str__(self) -> str:
        if self.dialect is Dialect.LADYBUG:
            return f"ladybug://{self.location}"
        return self.location + (f"/{self.database}" if self.database else "")


def parse_graph_url(text: str, *, user: str | None = None, password: str | None = None) -> GraphUrl:
    """The graph that `text` names; `user` and `password` serve where it names none.

    Raises GraphUrlError.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise GraphUrlError(f"{_safe(text)} is no graph URL ({error}); {_EXPECTED}.") from error
    if parts.scheme == "ladybug":
        path = unquote(parts.netloc + parts.path)
        if not path or path == "/":
            raise GraphUrlError(f"{text!r} names no file; {_EXPECTED}.")
        return GraphUrl(Dialect.LADYBUG, str(Path(path).expanduser()))
    if parts.scheme not in _SERVER_SCHEMES:
        raise GraphUrlError(f"{_safe(text)} is no graph URL; {_EXPECTED}.")
    if not parts.hostname:
        raise GraphUrlError(f"{_safe(text)} names no host; {_EXPECTED}.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    netloc = f"{host}:{port}" if port else host
    return GraphUrl(
        Dialect.NEO4J,
        urlunsplit((parts.scheme, netloc, "", parts.query, "")),
        unquote(parts.username) if parts.username else user,
        unquote(parts.password) if parts.password else password,
        parts.path.strip("/") or None,
    )


def _safe(text: str) -> str:
    """`text` for a message, without what may be a password."""
    before, at, after = text.rpartition("@")
    scheme = before.partition("://")[0]
    return repr(f"{scheme}://…@{after}" if at else text)
