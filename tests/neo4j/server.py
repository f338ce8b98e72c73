"""One Neo4j Community server for as long as a `with` block lasts, or one that we were given."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote, urlsplit

from neo4j import Driver, GraphDatabase
from neo4j.exceptions import ServiceUnavailable, TransientError

from tests.neo4j.jars import java

GUARD = Path(__file__).with_name("guard.py")
START_SECONDS = 180
"""Four are enough on an idle machine; a busy CI runner has needed forty."""
STOP_SECONDS = 180
SHORT_LIVED = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Options of the JVM for a server that lives for minutes, of statements that are asked once or
twice: half its time would go into compiling the server well, which nothing gets back. Not for
benchmarks."""

CONFIGURATION = """\
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
server.memory.pagecache.size={page_cache}
db.tx_log.preallocate=false
db.tx_log.rotation.retention_policy=keep_none
"""


@dataclass(frozen=True, slots=True)
class Neo4jServer:
    """Where a server whose data may be destroyed answers, and how to get in."""

    url: str
    """Scheme, host and port: `bolt://127.0.0.1:50123`."""
    user: str
    password: str = field(repr=False)

    @property
    def graph_url(self) -> str:
        """The URL that names its graph, credentials included."""
        scheme, _, address = self.url.partition("://")
        return f"{scheme}://{quote(self.user, safe='')}:{quote(self.password, safe='')}@{address}"

    def driver(self) -> Driver:
        """A driver that is let in."""
        return GraphDatabase.driver(self.url, auth=(self.user, self.password), connection_timeout=5)


def given_neo4j(environment: Mapping[str, str]) -> Neo4jServer | None:
    """The server that `NEO4J_TEST_URL` names; None if it names none."""
    url = environment.get("NEO4J_TEST_URL")
    if not url:
        return None
    parts = urlsplit(url)
    credentials, _, address = parts.netloc.rpartition("@")
    user, _, password = credentials.partition(":")
    user = unquote(user) or environment.get("NEO4J_TEST_USER", "neo4j")
    password = unquote(password) or environment.get("NEO4J_TEST_PASSWORD", "")
    if not password:
        raise ValueError(
            "NEO4J_TEST_URL is set, but no password is: put it into the URL "
            "(bolt://user:password@host:7687) or into NEO4J_TEST_PASSWORD."
        )
    return Neo4jServer(f"{parts.scheme}://{address}", user, password)


@contextmanager
def running_neo4j(
    *,
    heap: str = "1g",
    page_cache: str = "256m",
    kept: Path | None = None,
    options: tuple[str, ...] = (),
) -> Iterator[Neo4jServer]:
    """Start a server on a free port of this machine, with these `options` of the JVM besides its
    heap; end it at the end.

    Its database is empty; or it is the one in the folder `kept`, where it stays for the next
    time. One server at a time may run on a folder.
    """
    password = _password(kept) if kept else secrets.token_hex(16)
    server = Neo4jServer(f"bolt://127.0.0.1:{_free_port()}", "neo4j", password)
    with (
        # The guard empties it; this covers a failure before there is one.
        tempfile.TemporaryDirectory(prefix="neurocypher-neo4j-") as temporary,
        tempfile.TemporaryFile() as log,
    ):
        home = str(kept or temporary)
        _write_home(Path(home), server, page_cache)
        command = java(
            "org.neo4j.server.CommunityEntryPoint",
            f"--home-dir={home}",
            f"--config-dir={home}/conf",
            "--console-mode",
            options=(f"-Xmx{heap}", *options),
        )
        guard = subprocess.Popen(
            [sys.executable, "-I", str(GUARD), "stop" if kept else "kill", temporary, *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            # Its own session, so that Ctrl-C reaches the tests and not the server beneath them.
            start_new_session=True,
        )
        try:
            _wait_until_it_answers(server, guard, log)
            yield server
        finally:
            # Any byte ends it. Closing the pipe would not, where a forked child still holds it.
            guard.communicate(b"\n", timeout=STOP_SECONDS)


def _write_home(home: Path, server: Neo4jServer, page_cache: str) -> None:
    configuration = home / "conf" / "neo4j.conf"
    configuration.parent.mkdir(parents=True, exist_ok=True)
    port = urlsplit(server.url).port
    configuration.write_text(CONFIGURATION.format(port=port, page_cache=page_cache))
    if (home / "data").exists():  # a server has run here, and knows its password
        return
    subprocess.run(
        java(
            "org.neo4j.server.startup.Neo4jAdminCommand",
            "dbms",
            "set-initial-password",
            server.password,
            options=("-Xmx256m", *SHORT_LIVED),
        ),
        env={**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(configuration.parent)},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _password(home: Path) -> str:
    """The password of the server whose folder this is; made the first time."""
    file = home / "password"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_hex(16))
    return file.read_text()


def _wait_until_it_answers(
    server: Neo4jServer, guard: subprocess.Popen[bytes], log: BinaryIO
) -> None:
    deadline = time.monotonic() + START_SECONDS
    with server.driver() as driver:
        while guard.poll() is None and time.monotonic() < deadline:
            try:
                # Not `execute_query`, which would try again by itself for half a minute.
                with driver.session() as session:
                    session.run("RETURN 1").consume()
            except (ServiceUnavailable, TransientError):
                time.sleep(0.1)
            else:
                return
    log.seek(0)
    said = log.read().decode(errors="replace")
    ended = "" if guard.returncode is None else f", ended with status {guard.returncode}"
    raise RuntimeError(f"Neo4j did not answer at {server.url}{ended}. Its log:\n{said}")


def _free_port() -> int:
    # Neo4j can choose a port itself, but then tells nobody which.
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
