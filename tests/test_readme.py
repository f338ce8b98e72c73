"""The README does what it says: its commands run, its queries answer, its answers are true."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from cypher.load import load_pack
from cypher.url import GraphUrl, parse_graph_url
from neurocypher.demo import demo_pack
from tests.neo4j import Neo4jServer
from tests.readme import README, blocks, with_answers
from tests.shared import narrow_model, stories_path

ROOT = README.parent
STARTING_SECONDS = 300
"""`make demo` installs the package first."""
NEURONS = 20
"""Of each layer of the model that commands read: as many as they name."""


@pytest.fixture(scope="module")
def demo_url(tmp_path_factory: pytest.TempPathFactory) -> GraphUrl:
    url = parse_graph_url(f"ladybug://{tmp_path_factory.mktemp('demo')}/demo.lbug")
    load_pack(demo_pack().path, url, lambda *_: None)
    return url


def test_its_answers_are_the_demos(demo_url: GraphUrl) -> None:
    text = README.read_text("utf-8")
    assert text == with_answers(text, demo_url), "run `make docs`"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A user's: the package's commands on the path, and a cache of their own."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return {
        **os.environ,
        "PATH": path,
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "HF_HUB_OFFLINE": "1",
    }


@pytest.fixture
def demo(environment: dict[str, str], tmp_path: Path) -> Iterator[int]:
    """The port of a demo that `make demo` serves."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with (tmp_path / "make.log").open("wb") as log:
        made = subprocess.Popen(
            ["make", "demo"],
            cwd=ROOT,
            env={**environment, "ARGS": f"--port {port}"},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        until = time.monotonic() + STARTING_SECONDS
        while not _answers(port):
            assert made.poll() is None, (tmp_path / "make.log").read_text()
            assert time.monotonic() < until, (tmp_path / "make.log").read_text()
            time.sleep(0.2)
        yield port
    finally:
        os.killpg(made.pid, signal.SIGINT)
        made.wait(timeout=60)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").is_success
    except httpx.TransportError:
        return False


@pytest.mark.slow
def test_its_commands_run(
    demo: int,
    environment: dict[str, str],
    tmp_path: Path,
    neo4j_server: Neo4jServer,
    neo4j_graph: str,
) -> None:
    assert neo4j_graph  # the server is empty
    narrow_model(tmp_path / "path" / "to" / "model", neurons=NEURONS)
    stories = stories_path().read_text("utf-8").splitlines(keepends=True)[:60]
    (tmp_path / "texts.jsonl").write_text("".join(stories), "utf-8")
    commands = blocks("bash")
    assert commands[0] == "make demo\n"  # which the fixture has run
    replaced = {
        "localhost:8000": f"localhost:{demo}",
        "neo4j://localhost:7687": neo4j_server.url,
        "NEUROCYPHER_USER=neo4j": f"NEUROCYPHER_USER={neo4j_server.user}",
        "NEUROCYPHER_PASSWORD=secret": f"NEUROCYPHER_PASSWORD={neo4j_server.password}",
    }
    assert urlsplit(neo4j_server.url).scheme in ("bolt", "neo4j")
    printed = []
    for command in commands[1:]:
        text = _without_installation(command)
        for ours, here in replaced.items():
            text = text.replace(ours, here)
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        printed.append(done.stdout)
    assert '"data":{"word":' in printed[0]
    assert (tmp_path / "density.parquet").stat().st_size > 0
    assert any(output.rstrip().endswith("860\n1 row") for output in printed)


def _without_installation(command: str) -> str:
    """The command less `pip install .`: the package, and each extra, are installed already."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    installs = re.findall(r"^pip install '?\.(?:\[(\w+)\])?'?$", command, re.MULTILINE)
    assert all(not extra or extra in extras for extra in installs)
    return re.sub(r"^pip install .*$", "", command, flags=re.MULTILINE)
