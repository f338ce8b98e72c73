"""Keys: hashed at rest, taken in three ways, each held to its rate."""

from __future__ import annotations

import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from cypher.graph import Graph
from graphapi.app import create_app
from graphapi.errors import ServeError
from graphapi.keys import new_key, read_keys
from graphapi.rates import Rates
from graphapi.settings import Settings
from tests.cli import assert_failed, neurocypher


@asynccontextmanager
async def _client(graph: Graph, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(graph, settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def _file(folder: Path, **rates: int | None) -> tuple[Path, dict[str, str]]:
    """A file of keys, and the keys by name."""
    made = {name: new_key(name, rate) for name, rate in rates.items()}
    path = folder / "keys.txt"
    path.write_text("# who may ask\n" + "\n".join(line for _, line in made.values()) + "\n")
    return path, {name: text for name, (text, _) in made.items()}


@pytest.mark.anyio
async def test_only_a_key_is_let_in(graph: Graph, tmp_path: Path) -> None:
    path, keys = _file(tmp_path, lab=None, other=None)
    key = keys["lab"]
    basic = base64.b64encode(f"anyone:{key}".encode()).decode()
    async with _client(graph, Settings(keys=str(path))) as client:
        for headers in (
            {"authorization": f"Bearer {key}"},
            {"authorization": f"bearer {key}"},
            {"authorization": f"Basic {basic}"},
            {"x-api-key": keys["other"]},
        ):
            assert (await client.get("/tables", headers=headers)).status_code == 200, headers
        for headers in (
            {},
            {"authorization": "Bearer "},
            {"authorization": f"Bearer {key}x"},
            {"authorization": f"Bearer {key[:-1]}"},
            {"authorization": f"Digest {key}"},
            {"authorization": "Basic !"},
            {"x-api-key": "\u00e9"},
        ):
            given = {name.encode(): value.encode() for name, value in headers.items()}
            response = await client.get("/tables", headers=given)
            assert response.status_code == 401, headers
            assert response.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
            assert "Basic" in response.headers["www-authenticate"]
        for path_ in ("/", "/graphql", "/metrics", "/nothing"):
            assert (await client.get(path_)).status_code == 401, path_
        for path_ in ("/healthz", "/readyz"):
            assert (await client.get(path_)).status_code == 200, path_


@pytest.mark.anyio
async def test_each_key_has_its_rate(graph: Graph, tmp_path: Path) -> None:
    path, keys = _file(tmp_path, slow=2, fast=None)
    async with _client(graph, Settings(keys=str(path), rate_per_minute=5)) as client:
        slow = [await client.get("/tables", headers={"x-api-key": keys["slow"]}) for _ in range(3)]
        fast = [await client.get("/tables", headers={"x-api-key": keys["fast"]}) for _ in range(6)]
    assert [one.status_code for one in slow] == [200, 200, 429]
    assert [one.status_code for one in fast] == [200] * 5 + [429]
    assert 1 <= int(slow[-1].headers["retry-after"]) <= 30
    assert "more than 2 requests in a minute" in slow[-1].json()["errors"][0]["message"]


@pytest.mark.anyio
async def test_strangers_are_held_to_a_rate_in_public(graph: Graph) -> None:
    async with _client(graph, Settings(public=True, rate_per_minute=3)) as client:
        statuses = [(await client.get("/tables")).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_a_bucket_is_filled_again() -> None:
    now = 0.0
    rates = Rates(lambda: now)
    assert [rates.wait("a", 60) for _ in range(60)] == [0.0] * 60
    assert rates.wait("a", 60) == pytest.approx(1.0)
    assert rates.wait("b", 60) == 0.0
    now = 1.0
    assert rates.wait("a", 60) == 0.0
    assert rates.wait("a", 60) == pytest.approx(1.0)
    now = 1000.0
    assert [rates.wait("a", 60) > 0 for _ in range(61)] == [False] * 60 + [True]


def test_the_command_makes_a_key_and_keeps_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "keys.txt"
    first = neurocypher("key", "lab", "--file", path)
    second = neurocypher("key", "grafana", "--file", path, "--rate", 60)
    assert (first.status, second.status) == (0, 0)
    key = first.out.strip()
    assert re.fullmatch(r"nc_[\w-]{43}", key)
    assert key not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0
    keys = read_keys(path)
    assert [(one.name, one.rate_per_minute) for one in keys] == [("lab", None), ("grafana", 60)]
    assert "digest" not in repr(keys)
    assert_failed(neurocypher("key", "lab", "--file", path), "holds a key of the name lab")
    assert_failed(neurocypher("key", "a b", "--file", path), "'a b' is no name for a key")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "holds no key"),
        ("lab\n", "line 1 is no key"),
        (f"lab {'0' * 64}\n\nlab {'1' * 64}\n", "line 3: there is a key of the name lab"),
        (f"lab {'0' * 63}\n", "line 1 is no key"),
        (f"lab {'0' * 64} many\n", "line 1 is no key"),
    ],
)
def test_a_file_that_is_none_is_said(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "keys.txt"
    path.write_text(text)
    with pytest.raises(ServeError, match=expected):
        read_keys(path)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ServeError, match="cannot be read: No such file"):
        read_keys(tmp_path / "none.txt")
