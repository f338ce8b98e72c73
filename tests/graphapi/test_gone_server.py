"""A Neo4j that goes away, or freezes: what cannot be answered is a 503, and it recovers by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.graphapi.serving import serving
from tests.packs import small_pack
from tests.proxy import Proxy, proxy_to
from tests.whole import load

PATIENCE = 60.0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lose", "find", "codes"),
    [
        (Proxy.cut, Proxy.mend, {"GRAPH_UNAVAILABLE"}),
        (Proxy.freeze, Proxy.thaw, {"GRAPH_UNAVAILABLE", "TIMEOUT"}),
    ],
    ids=["cut", "frozen"],
)
def test_it_says_so_and_recovers(
    neo4j_graph: str,
    tmp_path: Path,
    lose: Callable[[Proxy], None],
    find: Callable[[Proxy], None],
    codes: set[str],
) -> None:
    load(neo4j_graph, small_pack(tmp_path / "pack"))
    parts = urlsplit(neo4j_graph)
    assert parts.hostname is not None
    assert parts.port is not None
    with proxy_to(parts.hostname, parts.port) as proxy:
        credentials, _, _ = parts.netloc.rpartition("@")
        url = f"bolt://{credentials}@127.0.0.1:{proxy.port}"
        limits = {"poll_seconds": 0.1, "request_seconds": 4, "statement_seconds": 3}
        with serving(url, **limits) as (process, address):
            asked = 0

            def ask() -> httpx.Response:
                nonlocal asked
                asked += 1  # another answer each time: none that is kept
                query = f"{{ neurons(first: {asked}) {{ edges {{ node {{ id }} }} }} }}"
                return httpx.post(address, json={"query": query}, timeout=PATIENCE)

            base = address.removesuffix("/graphql")
            assert ask().status_code == 200
            for _ in range(2 if lose is Proxy.cut else 1):
                lose(proxy)
                for _ in range(2):
                    answer = ask()
                    assert answer.status_code == 503, answer.text
                    error = answer.json()["errors"][0]
                    assert error["extensions"]["code"] in codes
                    assert answer.headers["retry-after"] == "1"
                    assert httpx.get(f"{base}/healthz", timeout=PATIENCE).status_code == 200
                ready = httpx.get(f"{base}/readyz", timeout=PATIENCE)
                assert ready.status_code == 503
                assert ready.json()["status"] == "unavailable"
                find(proxy)
                deadline = time.monotonic() + PATIENCE
                while ask().status_code != 200:
                    assert time.monotonic() < deadline, "it did not recover"
                assert httpx.get(f"{base}/readyz", timeout=PATIENCE).status_code == 200
            assert process.poll() is None
