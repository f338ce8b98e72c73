"""`python -m tests.readme`: the README with the answers that the demo graph gives today.

An answer stands between `<!-- answer: NAME -->` and `<!-- end -->`. `firing` and `similar` are
those of the first two GraphQL blocks, `text` is that of the one about a text, `cypher` is that of
the command right before it, `graphs` are two token graphs, and `summary` is what the job that made
the demo pack said in the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shlex
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from cypher.engines import engine_for
from cypher.graph import Graph
from cypher.load import load_pack
from cypher.url import GraphUrl, parse_graph_url
from graphapi.app import create_app
from graphapi.settings import Settings
from ingest.jobs.explaining.summary import distribution
from ingest.jobs.summary import summary
from neurocypher.demo import demo_pack
from tests.drawn import drawn

README = Path(__file__).parents[1] / "README.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_ANSWER = re.compile(r"(<!-- answer: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_DRAWN = """
MATCH (n:Neuron)-[:HAS_TOKEN_GRAPH]->(g:TokenGraph)
WHERE g.n_nodes >= 8 AND g.n_nodes <= 14 AND g.random_support >= 10 AND g.random_f1 >= 0.85
RETURN n.id AS neuron ORDER BY g.random_f1 - g.random_bigram_baseline_f1 DESC, neuron LIMIT 2
"""
"""Small graphs that say more than bigrams do."""


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language, in their order."""
    return [text for kind, text in _BLOCK.findall(README.read_text("utf-8")) if kind == language]


def with_answers(text: str, url: GraphUrl) -> str:
    """The README's text with its answers as the graph at `url` gives them."""
    answers = asyncio.run(_answers(text, url))
    return _ANSWER.sub(lambda match: match[1] + answers[match.start()] + match[3], text)


async def _answers(text: str, url: GraphUrl) -> dict[int, str]:
    """Each answer by its place in the text."""
    said, _, _ = summary(demo_pack().path).partition("\nThe pack is ")
    async with _opened(url) as graph:
        firing, similar, *others = await graphql_answers(graph)
        (in_text,) = (data for data in others if "neuronsFiringOn" in data)
        known = {
            "firing": _firing(firing),
            "similar": _similar(similar),
            "text": _in_text(in_text),
            "summary": _fenced(said),
            "scores": _fenced(distribution(demo_pack().path, "token-graph")),
            "graphs": _fenced("\n".join([await drawn(graph, n) for n in await _small(graph)])),
        }
        return {
            match.start(): await _rows(graph, text[: match.start()])
            if match[2] == "cypher"
            else known[match[2]]
            for match in _ANSWER.finditer(text)
        }


async def graphql_answers(graph: Graph) -> list[dict[str, Any]]:
    """The data that each GraphQL block of the README gets. Raises if one gets an error."""
    transport = httpx.ASGITransport(create_app(graph, Settings()))
    async with httpx.AsyncClient(transport=transport, base_url="http://graph") as client:
        answers = []
        for query in blocks("graphql"):
            answer = (await client.post("/graphql", json={"query": query})).json()
            if answer.get("errors"):
                raise AssertionError(f"{query}\n{answer['errors']}")
            answers.append(answer["data"])
        return answers


@asynccontextmanager
async def _opened(url: GraphUrl) -> AsyncIterator[Graph]:
    graph = await engine_for(url).open()
    try:
        yield graph
    finally:
        await graph.close()


def _firing(data: dict[str, Any]) -> str:
    return _table(
        ("activation", "neuron", "explanation"),
        [
            (edge["activation"], edge["node"]["id"], edge["node"]["explanations"][0]["text"])
            for edge in data["word"]["neurons"]["edges"]
        ],
    )


def _similar(data: dict[str, Any]) -> str:
    rows = []
    for edge in data["neuron"]["similar"]["edges"]:
        tokens = (f"`{json.dumps(token, ensure_ascii=False)}`" for token in edge["sharedTokens"])
        rows.append((round(edge["similarity"], 3), edge["node"]["id"], ", ".join(tokens)))
    return _table(("similarity", "neuron", "shared tokens"), rows)


def _in_text(data: dict[str, Any]) -> str:
    found = data["neuronsFiringOn"]
    rows = [
        (
            edge["node"]["id"],
            ", ".join(
                f"`{json.dumps(place['token'], ensure_ascii=False)}` {place['activation']}"
                for place in edge["places"]
            ),
        )
        for edge in found["edges"]
    ]
    return _table((f"the first of {found['totalCount']} neurons", "fires on"), rows)


async def _small(graph: Graph) -> list[str]:
    return [str(neuron) for (neuron,) in (await graph.read(_DRAWN, {})).values]


async def _rows(graph: Graph, before: str) -> str:
    """What the last command of the text before an answer gets."""
    kind, command = _BLOCK.findall(before)[-1]
    arguments = shlex.split(command)
    if kind != "bash" or arguments[:2] != ["neurocypher", "query"]:
        raise AssertionError(f"no `neurocypher query` stands right before an answer:\n{command}")
    parser = argparse.ArgumentParser()
    parser.add_argument("statement")
    parser.add_argument("--graph")
    parser.add_argument("--param", action="append", default=[])
    given = parser.parse_args(arguments[2:])
    parameters = dict(one.split("=", 1) for one in given.param)
    rows = await graph.read(given.statement, parameters)
    return _table([name.replace("_", " ") for name in rows.columns], rows.values)


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    cells = ([str(cell).replace("|", "\\|") for cell in line] for line in lines)
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)


def _fenced(text: str) -> str:
    return f"```text\n{text.strip()}\n```\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = parse_graph_url(f"ladybug://{folder}/demo.lbug")
        load_pack(demo_pack().path, url, lambda *_: None)
        sys.stdout.write(with_answers(README.read_text("utf-8"), url))


if __name__ == "__main__":
    main()
