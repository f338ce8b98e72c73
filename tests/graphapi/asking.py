"""Asking a server in GraphQL."""

from __future__ import annotations

from typing import Any

import httpx


class Asker:
    """Sends operations over HTTP."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def __call__(self, query: str, **variables: Any) -> Any:
        """The data of an operation that has no errors."""
        answer = await self.answer(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def error(self, query: str, **variables: Any) -> Any:
        """The one error of an operation."""
        (error,) = (await self.answer(query, **variables))["errors"]
        return error

    async def answer(self, query: str, **variables: Any) -> Any:
        """The whole response."""
        sent = {"query": query, "variables": variables}
        return (await self.client.post("/graphql", json=sent)).json()

    async def pages(self, query: str, *path: str | int, first: int, **variables: Any) -> list[Any]:
        """The edges of all pages of the connection at `path`, read `first` at a time."""
        edges: list[Any] = []
        after = None
        while True:
            found = await self(query, first=first, after=after, **variables)
            for name in path:
                found = found[name]
            edges += found["edges"]
            info = found["pageInfo"]
            assert info["hasPreviousPage"] is (after is not None)
            if found["edges"]:
                assert info["startCursor"] == found["edges"][0]["cursor"]
                assert info["endCursor"] == found["edges"][-1]["cursor"]
            if not info["hasNextPage"]:
                return edges
            assert len(found["edges"]) == first
            assert info["endCursor"] != after, "the next page would be this one again"
            after = info["endCursor"]
