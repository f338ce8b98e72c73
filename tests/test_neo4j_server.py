"""The Neo4j that the tests run on is real, locked, empty when handed out, and never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from neo4j import Driver, GraphDatabase
from neo4j.exceptions import AuthError, ServiceUnavailable

from tests.neo4j import Neo4jServer, given_neo4j, wipe

ROOT = Path(__file__).parents[1]


def _schema(driver: Driver) -> list[tuple[str, str]]:
    records = driver.execute_query("SHOW INDEXES YIELD name, type RETURN name, type").records
    constraints = driver.execute_query("SHOW CONSTRAINTS YIELD name, type RETURN name, type")
    return sorted((row["name"], row["type"]) for row in records + constraints.records)


def test_a_query_answers(neo4j_server: Neo4jServer) -> None:
    with neo4j_server.driver() as driver:
        answer = driver.execute_query("CALL dbms.components() YIELD name RETURN name")
    assert "Neo4j Kernel" in [record["name"] for record in answer.records]


def test_a_wrong_password_is_refused(neo4j_server: Neo4jServer) -> None:
    with (
        GraphDatabase.driver(neo4j_server.url, auth=(neo4j_server.user, "wrong")) as driver,
        pytest.raises(AuthError),
    ):
        driver.verify_connectivity()


def test_the_password_is_not_shown(neo4j_server: Neo4jServer) -> None:
    assert neo4j_server.password in neo4j_server.graph_url
    assert neo4j_server.password not in repr(neo4j_server)


def test_wiping_leaves_nothing(neo4j_server: Neo4jServer) -> None:
    wipe(neo4j_server)
    with neo4j_server.driver() as driver:
        fresh = _schema(driver)
        driver.execute_query("CREATE CONSTRAINT `odd name` FOR (n:Odd) REQUIRE n.id IS UNIQUE")
        driver.execute_query("CREATE INDEX by_size FOR (n:Odd) ON (n.size)")
        driver.execute_query("CREATE FULLTEXT INDEX by_text FOR (n:Odd) ON EACH [n.text]")
        driver.execute_query(
            "UNWIND range(1, 25000) AS i CREATE (:Odd {id: i})-[:NEXT]->(:Even {id: i})"
        )
        assert _schema(driver) != fresh

        wipe(neo4j_server, keep={"by_size"})
        assert _schema(driver) == sorted([*fresh, ("by_size", "RANGE")])
        wipe(neo4j_server)

        left = driver.execute_query("MATCH (n) RETURN count(n) AS n").records[0]["n"]
        assert left == 0
        assert _schema(driver) == fresh


def test_the_same_body_runs_on_each_engine(graph_url: str) -> None:
    assert urlsplit(graph_url).scheme in {"ladybug", "bolt"}


def test_the_configured_graph_is_out_of_sight() -> None:
    assert not [name for name in os.environ if name.startswith("NEUROCYPHER_")]


@pytest.mark.parametrize(
    "environment",
    [
        {"NEO4J_TEST_URL": "neo4j+s://me:p%40ss@db.example:7687"},
        {
            "NEO4J_TEST_URL": "neo4j+s://db.example:7687",
            "NEO4J_TEST_USER": "me",
            "NEO4J_TEST_PASSWORD": "p@ss",
        },
    ],
)
def test_a_given_server_is_read_from_the_environment(environment: dict[str, str]) -> None:
    server = given_neo4j(environment)
    assert server == Neo4jServer("neo4j+s://db.example:7687", "me", "p@ss")
    assert server.graph_url == "neo4j+s://me:p%40ss@db.example:7687"


def test_a_given_server_needs_a_password() -> None:
    with pytest.raises(ValueError, match="NEO4J_TEST_PASSWORD"):
        given_neo4j({"NEO4J_TEST_URL": "bolt://db.example:7687"})


def test_the_configured_graph_is_never_the_test_server() -> None:
    assert given_neo4j({"NEUROCYPHER_GRAPH": "bolt://me:secret@db.example:7687"}) is None


@pytest.mark.slow
def test_a_server_does_not_outlive_a_killed_process(neo4j_server: Neo4jServer) -> None:
    del neo4j_server  # Java is there, then
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.neo4j"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        server = given_neo4j({"NEO4J_TEST_URL": process.stdout.readline().strip()})
        assert server is not None
        with server.driver() as driver:
            driver.verify_connectivity()
        process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    with server.driver() as driver:
        while time.monotonic() < deadline:
            try:
                driver.verify_connectivity()
            except ServiceUnavailable:
                return
            time.sleep(0.1)
    pytest.fail("the server still answers half a minute after its starter was killed")


@pytest.mark.slow
@pytest.mark.parametrize(("ci", "outcome"), [("", "1 skipped"), ("true", "1 error")])
def test_without_java_it_skips_but_never_in_ci(ci: str, outcome: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "pytest", __file__, "-k", "test_a_query_answers"],
        cwd=ROOT,
        env={"PATH": os.devnull, "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in run.stdout.splitlines()[-1]
    assert "`java` is not installed" in run.stdout or "`mvn` is not installed" in run.stdout
