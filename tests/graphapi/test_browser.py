"""The first page in a real browser: it asks the server, and shows what it says."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lacking import lacking
from tests.packs import small_pack
from tests.whole import load

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture
def browser() -> str:
    """The path of a browser; without one the test is skipped, or fails where CI is set."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        lacking(f"no browser: none of {', '.join(BROWSERS)} is on the path")
    return found


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address of a server of a small graph, whose word for neurons is not the demo's."""
    url = f"ladybug://{tmp_path / 'graph.lbug'}"
    load(url, small_pack(tmp_path / "pack"))
    command = [sys.executable, "-m", "neurocypher", "serve", "--graph", url, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://[\d.:]+\d", server.stdout.readline())
        assert found is not None
        yield found[0]
        server.terminate()


@pytest.mark.slow
def test_the_first_page_asks_and_shows_the_answer(
    browser: str, address: str, tmp_path: Path
) -> None:
    page = subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", f"--user-data-dir={tmp_path / 'profile'}",
            "--virtual-time-budget=10000", "--dump-dom", address,
        ],
        capture_output=True, text=True, timeout=120, check=True,
    ).stdout  # fmt: skip
    shown = re.search(r'<pre id="answer"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert shown is not None
    answer = json.loads(html.unescape(shown[1]))
    assert answer["data"] == {"word": None}
    assert answer.keys() == {"data", "extensions"}  # no errors
    assert page.count("<button>") == 3
    assert re.search(r'<span id="took">\d+ ms</span>', page)
