"""`python -m tests.readme`: the README with the answers that the demo graph gives today.

The README's queries stand in fenced blocks; three of its answers are made from them.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

import httpx

from cypher.engines import engine_for
from cypher.load import load_pack
from cypher.url import GraphUrl, parse_graph_url
from graphapi.app import create_app
from graphapi.settings import Settings
from neurocypher.demo import demo_pack

README = Path(__file__).parents[1] / "README.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_ANSWER = re.compile(r"(<!-- answer: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in their order."""
    return [text for kind, text in _BLOCK.findall(README.read_text("utf-8")) if kind == language]


def with_answers(text: str, url: GraphUrl) -> str:
    """The README's text with its answers as the graph at `url` gives them."""
    firing, similar, *_ = asyncio.run(graphql_answers(url))
    quality = next(block for block in blocks("bash") if "bigram_baseline_f1" in block)
    made = {
        "firing": _table(
            ("activation", "neuron", "explanation"),
            [
                (e["activation"], e["node"]["id"], e["node"]["explanations"][0]["text"])
                for e in firing["word"]["neurons"]["edges"]
            ],
        ),
        "similar": _table(
            ("similarity", "neuron", "shared tokens"),
            [
                (
                    round(e["similarity"], 3),
                    e["node"]["id"],
                    ", ".join(
                        f"`{json.dumps(token, ensure_ascii=False)}`" for token in e["sharedTokens"]
                    ),
                )
                for e in similar["neuron"]["similar"]["edges"]
            ],
        ),
        "quality": _table(("layer", "token graphs", "bigrams"), asyncio.run(_rows(url, quality))),
    }
    return _ANSWER.sub(lambda match: match[1] + made[match[2]] + match[3], text)


async def graphql_answers(url: GraphUrl) -> list[dict[str, Any]]:
    """The data that each GraphQL block of the README gets. Raises if one gets an error."""
    graph = await engine_for(url).open()
    try:
        transport = httpx.ASGITransport(create_app(graph, Settings()))
        async with httpx.AsyncClient(transport=transport, base_url="http://graph") as client:
            answers = []
            for query in blocks("graphql"):
                answer = (await client.post("/graphql", json={"query": query})).json()
                if answer.get("errors"):
                    raise AssertionError(f"{query}\n{answer['errors']}")
                answers.append(answer["data"])
            return answers
    finally:
        await graph.close()


async def _rows(url: GraphUrl, command: str) -> list[list[Any]]:
    statement = command.split("'")[1]
    graph = await engine_for(url).open()
    try:
        return (await graph.read(statement, {})).values
    finally:
        await graph.close()


def _table(head: tuple[str, ...], rows: Any) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = parse_graph_url(f"ladybug://{folder}/demo.lbug")
        load_pack(demo_pack().path, url, lambda *_: None)
        sys.stdout.write(with_answers(README.read_text("utf-8"), url))


if __name__ == "__main__":
    main()
