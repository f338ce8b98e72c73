"""Tokens, words and explanations by what they are like, against the pack's rows in Python."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from cypher import ids
from tests.graphapi.asking import Asker
from tests.graphs import TOKENS, Tables

pytestmark = pytest.mark.anyio

TEXTS = """query ($where: TokenFilter!, $first: Int, $after: String) {
  %s(where: $where, first: $first, after: $after) { totalCount edges { cursor node { text } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
SENTENCES = """query ($where: ExplanationFilter!, $first: Int, $after: String) {
  explanations(where: $where, first: $first, after: $after) { totalCount
  edges { cursor node { id text score neuron { id } } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
WORDS = sorted({ids.word_id(token) for token in TOKENS})

Like = Callable[[str], object]
FILTERS: list[tuple[dict[str, str], Like]] = [
    ({"prefix": " pl"}, lambda text: text.startswith(" pl")),
    ({"prefix": ""}, lambda _: True),
    ({"contains": "la"}, lambda text: "la" in text),
    ({"contains": "\\"}, lambda text: "\\" in text),
    ({"contains": "'"}, lambda text: "'" in text),
    ({"matches": " ?[a-z]+"}, lambda text: re.fullmatch(" ?[a-z]+", text)),
    ({"matches": "(.|\\s)"}, lambda text: len(text) == 1),
    ({"matches": "\\s"}, lambda text: text in (" ", "\n")),
    ({"matches": "[^a-z]*"}, lambda text: re.fullmatch("[^a-z]*", text)),
    ({"prefix": "p", "contains": "y", "matches": ".+ed"}, lambda text: text == "played"),
    ({"matches": "none"}, lambda _: False),
]


@pytest.mark.parametrize(("where", "like"), FILTERS)
@pytest.mark.parametrize("field", ["tokens", "words"])
async def test_texts_that_are_like_this(
    ask: Asker, field: str, where: dict[str, str], like: Like
) -> None:
    every = sorted(TOKENS) if field == "tokens" else WORDS
    expected = [text for text in every if like(text)]
    for first in (2, 100):
        edges = await ask.pages(TEXTS % field, field, first=first, where=where)
        assert [edge["node"]["text"] for edge in edges] == expected
    counted = await ask(TEXTS % field, first=0, where=where)
    assert counted[field]["totalCount"] == len(expected)


@pytest.mark.parametrize(
    ("where", "why"),
    [({}, "say what the text is like"), ({"matches": "(a*)*"}, "repeats a group")],
)
async def test_a_filter_that_is_refused(ask: Asker, where: dict[str, str], why: str) -> None:
    error = await ask.error(TEXTS % "tokens", where=where)
    assert why in error["message"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    "where",
    [
        {},
        {"contains": "FIRES"},
        {"contains": "no such thing"},
        {"explainer": "template"},
        {"explainer": "nobody"},
        {"score": {}},
        {"score": {"min": 0.3, "max": 0.8}},
        {"model": "toy", "contains": "on", "score": {"min": 0.2}},
        {"model": "to"},
    ],
)
async def test_explanations_that_are_like_this(
    ask: Asker, tables: Tables, where: dict[str, Any]
) -> None:
    expected = sorted(
        (row for row in tables["Explanation"] if _is_like(row, where)),
        key=lambda row: (row["score"] is None, -(row["score"] or 0), row["id"]),
    )
    neurons = {row["target"]: row["source"] for row in tables["HAS_EXPLANATION"]}
    for first in (7, 1000):
        edges = await ask.pages(SENTENCES, "explanations", first=first, where=where)
        assert [edge["node"] for edge in edges] == [
            {"id": row["id"], "text": row["text"], "score": row["score"]}
            | {"neuron": {"id": neurons[row["id"]]}}
            for row in expected
        ]
    counted = await ask(SENTENCES, first=0, where=where)
    assert counted["explanations"]["totalCount"] == len(expected)


def _is_like(row: dict[str, Any], where: dict[str, Any]) -> bool:
    score = where.get("score")
    return (
        where.get("contains", "").lower() in row["text"].lower()
        and where.get("explainer") in (None, row["explainer"])
        and row["id"].startswith(f"{where['model']}/" if "model" in where else "")
        and (
            score is None
            or (
                row["score"] is not None
                and score.get("min", -9.0) <= row["score"] <= score.get("max", 9.0)
            )
        )
    )


@pytest.mark.parametrize(("field", "table"), [("readBy", "READS"), ("writtenBy", "WRITES")])
async def test_who_reads_and_writes_tokens(
    ask: Asker, tables: Tables, field: str, table: str
) -> None:
    every = f'{{ tokens(where: {{prefix: ""}}, first: 40) {{ edges {{ node {{ text {field}(first: 1000) {{ edges {{ weight rank node {{ id }} }} }} }} }} }} }}'
    found = (await ask(every))["tokens"]["edges"]
    assert len(found) == len(TOKENS)
    for edge in found:
        assert edge["node"][field]["edges"] == _tied(tables[table], edge["node"]["text"])
    one = f'query ($first: Int, $after: String) {{ token(text: " play") {{ {field}(first: $first, after: $after) {{ edges {{ cursor weight rank node {{ id }} }} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }} }}'
    edges = await ask.pages(one, "token", field, first=3)
    expected = _tied(tables[table], " play")
    assert len(expected) > 6
    assert [{k: v for k, v in edge.items() if k != "cursor"} for edge in edges] == expected


def _tied(rows: list[dict[str, Any]], token: str) -> list[dict[str, Any]]:
    own = sorted(
        (row for row in rows if row["target"] == token),
        key=lambda row: (-abs(row["weight"]), row["source"]),
    )
    return [
        {"weight": row["weight"], "rank": row["rank"], "node": {"id": row["source"]}} for row in own
    ]
