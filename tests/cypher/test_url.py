"""Graph URLs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypher.errors import GraphUrlError
from cypher.url import Dialect, parse_graph_url


@pytest.mark.parametrize(
    ("text", "location"),
    [
        ("ladybug:///data/graph.lbug", "/data/graph.lbug"),
        ("ladybug://data/graph.lbug", "data/graph.lbug"),
        ("ladybug://./graph.lbug", "graph.lbug"),
        ("ladybug:///with%20space.lbug", "/with space.lbug"),
    ],
)
def test_an_embedded_graph_is_a_path(text: str, location: str) -> None:
    url = parse_graph_url(text)
    assert (url.dialect, url.location) == (Dialect.LADYBUG, location)


@pytest.mark.parametrize(
    ("text", "location", "database"),
    [
        ("neo4j://host", "neo4j://host", None),
        ("neo4j+s://id.databases.example:7687", "neo4j+s://id.databases.example:7687", None),
        ("bolt://[::1]:7687/neurons", "bolt://[::1]:7687", "neurons"),
        ("neo4j://host:1?policy=eu", "neo4j://host:1?policy=eu", None),
    ],
)
def test_a_server_is_a_uri(text: str, location: str, database: str | None) -> None:
    url = parse_graph_url(text, user="me", password="secret")
    assert (url.dialect, url.location, url.database) == (Dialect.NEO4J, location, database)
    assert (url.user, url.password) == ("me", "secret")


def test_credentials_of_the_url_come_first() -> None:
    url = parse_graph_url("bolt://some%40body:p%2Fw@host", user="me", password="secret")
    assert (url.user, url.password) == ("some@body", "p/w")


@pytest.mark.parametrize(
    "text",
    ["", "graph.lbug", "/data/graph.lbug", "http://host", "ladybug://", "ladybug:///", "neo4j://", "bolt://host:port"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(GraphUrlError, match="expected ladybug:///"):
        parse_graph_url(text)


@given(st.sampled_from(["bolt", "neo4j", "http", "bolt+x"]), st.sampled_from(["", ":x", ":70000"]))
def test_a_password_is_never_shown(scheme: str, port: str) -> None:
    text = f"{scheme}://user:hunter2@host{port}"
    try:
        url = parse_graph_url(text)
        shown = f"{url} {url!r}"
    except GraphUrlError as error:
        shown = str(error)
    assert "hunter2" not in shown
