"""What every test has: engines to run on, and no way to the graph that the user configured."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cypher.ddl import neo4j_ddl
from cypher.native import IS_THERE
from tests.lacking import lacking
from tests.neo4j import SHORT_LIVED, Neo4jServer, NoJavaError, given_neo4j, running_neo4j, wipe


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs Neo4j, and run the fast tests first, then those, then the slow ones.

    Among several processes, a file with slow tests goes before one without: what is begun last
    is to be over soon, or one process waits for the other.
    """
    for item in items:
        if "neo4j_server" in getattr(item, "fixturenames", ()):
            item.add_marker("neo4j")

    def cost(item: pytest.Item) -> int:
        if item.get_closest_marker("slow"):
            return 2
        return 1 if item.get_closest_marker("neo4j") else 0

    items.sort(key=cost)
    if "PYTEST_XDIST_WORKER" in os.environ:
        slow = {item.path for item in items if cost(item) == 2}
        items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session", autouse=True)
def _no_configured_graph() -> Iterator[None]:
    """Hide the application's own settings: a test never touches the graph that they name."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("NEUROCYPHER_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Neo4jServer]:
    """A Neo4j server that belongs to the tests: `NEO4J_TEST_URL`'s, or one started here."""
    given = given_neo4j(os.environ)
    if given is not None:
        if int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")) > 1:
            pytest.fail("NEO4J_TEST_URL names one server, whose data each test deletes: JOBS=1")
        yield given
        return
    try:
        with running_neo4j(options=SHORT_LIVED) as server:
            yield server
    except NoJavaError as error:
        lacking(str(error))


@pytest.fixture
def neo4j_graph(neo4j_server: Neo4jServer) -> str:
    """The URL of an empty Neo4j database, credentials included.

    The constraints and indexes of the graph model may be there, from the test before: a load
    would make the same first, and two seconds per test is much. A test about their making wipes
    without `keep`.
    """
    wipe(neo4j_server, keep={name for name, _ in neo4j_ddl()})
    return neo4j_server.graph_url


@pytest.fixture
def ladybug_graph(tmp_path: Path) -> str:
    """The URL of a Ladybug graph that does not exist yet."""
    return f"ladybug://{tmp_path / 'graph.lbug'}"


@pytest.fixture(
    params=[pytest.param("ladybug"), pytest.param("neo4j", marks=pytest.mark.neo4j)],
)
def graph_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty graph: the test runs once on each engine."""
    url: str = request.getfixturevalue(f"{request.param}_graph")
    return url


@pytest.fixture(scope="session")
def native_reader() -> None:
    """`cypher.native` has the compiled reader; if not, the test is skipped, or fails where CI is set."""
    if not IS_THERE:
        lacking(
            "neurocypher_native is not installed: where cargo is on the path, make setup does it"
        )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder with a disk of 7 MB to itself, where a tmpfs can be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=7m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("a tmpfs cannot be mounted here, and so no disk be filled")
    yield folder
    subprocess.run(["umount", folder], check=True)
