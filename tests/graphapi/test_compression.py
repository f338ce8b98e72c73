"""Answers are compressed for whoever takes that, and say the same."""

from __future__ import annotations

import gzip

import httpx
import pyarrow as pa
import pytest

from tests.graphapi.asking import Asker

pytestmark = pytest.mark.anyio

LARGE = "/tables/density_histogram.json"


async def _get(ask: Asker, url: str, encodings: str) -> tuple[httpx.Response, bytes]:
    """The response, and its body as it was sent."""
    request = ask.client.build_request("GET", url, headers={"accept-encoding": encodings})
    response = await ask.client.send(request, stream=True)
    body = b"".join([part async for part in response.aiter_raw()])
    await response.aclose()
    return response, body


@pytest.mark.parametrize(
    ("encodings", "expected"),
    [
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("br;q=0, gzip;q=0.1", "gzip"),
    ],
)
async def test_by_what_is_taken(ask: Asker, encodings: str, expected: str) -> None:
    _, plain = await _get(ask, LARGE, "identity")
    response, body = await _get(ask, LARGE, encodings)
    assert response.headers["content-encoding"] == expected
    assert response.headers["vary"].lower() == "accept-encoding"
    assert len(body) == int(response.headers["content-length"]) < len(plain) / 2
    if expected == "gzip":
        assert gzip.decompress(body) == plain
    else:
        codec = pa.Codec("brotli" if expected == "br" else "zstd")
        assert codec.decompress(body, len(plain), asbytes=True) == plain


async def test_not_below_a_size_nor_unasked(ask: Asker) -> None:
    for url, encodings in ((LARGE, "identity"), (LARGE, ""), ("/healthz", "gzip")):
        response, _ = await _get(ask, url, encodings)
        assert "content-encoding" not in response.headers
        assert "accept-encoding" in response.headers["vary"].lower()
