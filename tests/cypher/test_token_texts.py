"""Tokens by their places: each neuron has the rows of the statement as it is written."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import ladybug
import pytest

from cypher import ids
from cypher.catalogue import catalogue
from cypher.engines import engine_for
from cypher.engines.token_texts import TokenTexts, placed
from cypher.graph import Rows, Value
from cypher.load import load_pack
from cypher.pack import PackWriter
from cypher.url import Dialect, parse_graph_url

NEURONS = 150
STATEMENTS = {
    "activating_tokens": ("ACTIVATES_ON", "activation"),
    "context_tokens": ("CONDITIONED_ON", "importance"),
    "reads": ("READS", "weight"),
    "writes": ("WRITES", "weight"),
}


def _asked(
    name: str, *, without: tuple[str, ...] = (), n: int = NEURONS
) -> tuple[str, dict[str, Value]]:
    given: dict[str, Value] = {"ids": [f"toy/0/{index}" for index in range(n)], "run": ""}
    read = catalogue()[name].asked(
        Dialect.LADYBUG, {**given, "from": 1, "until": 3}, without=without
    )
    return read.text, dict(read.parameters)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph whose neurons have tokens of two runs, often at one rank."""
    chance = random.Random(3)
    folder = tmp_path_factory.mktemp("tokens")
    runs = [ids.run_id("token-graphs", source, {}) for source in ("one", "other")]
    tokens = [f" {chance.randrange(1000)}{letter}" for letter in "abcdefghijklmno"]
    layer = ids.layer_id("toy", 0)
    with PackWriter(folder / "pack") as writer:
        writer.add("Model", [{"id": "toy"}])
        writer.add("Layer", [{"id": layer, "model_id": "toy", "name": "0", "layer_index": 0,
                              "kind": "mlp", "n_neurons": NEURONS}])  # fmt: skip
        writer.add("HAS_LAYER", [{"source": "toy", "target": layer}])
        neurons = [ids.neuron_id("toy", 0, index) for index in range(NEURONS)]
        writer.add("Neuron", [{"id": neuron, "model_id": "toy", "layer_id": layer,
                               "layer_index": 0, "index": index}
                              for index, neuron in enumerate(neurons)])  # fmt: skip
        writer.add("HAS_NEURON", [{"source": layer, "target": neuron} for neuron in neurons])
        words = sorted({ids.word_id(token) for token in tokens})
        writer.add("Token", [{"id": token} for token in tokens])
        writer.add("Word", [{"id": word} for word in words])
        writer.add("FORM_OF", [{"source": t, "target": ids.word_id(t)} for t in tokens])
        writer.add("IngestRun", [{"id": run, "job": "token-graphs", "source": source,
                                  "model_id": "toy"}
                                 for run, source in zip(runs, ("one", "other"), strict=True)])  # fmt: skip
        writer.add("COVERS", [{"source": run, "target": layer, "n_present": NEURONS, "n_absent": 0}
                              for run in runs])  # fmt: skip
        for table, measure in STATEMENTS.values():
            rows = [
                {"source": neuron, "target": token, measure: chance.random(), "rank": rank,
                 "token_rank": 1, "distance": 1, "run_id": run}
                for neuron in neurons
                for run in runs
                for rank, token in enumerate(chance.sample(tokens, chance.randrange(5)), start=1)
            ]  # fmt: skip
            kept = {"source", "target", measure, "rank", "run_id"}
            kept |= {"token_rank"} if table in ("ACTIVATES_ON", "CONDITIONED_ON") else set()
            kept |= {"distance"} if table == "CONDITIONED_ON" else set()
            writer.add(table, [{k: v for k, v in row.items() if k in kept} for row in rows])
    load_pack(
        folder / "pack", parse_graph_url(f"ladybug://{folder / 'graph.lbug'}"), lambda *_: None
    )
    return folder / "graph.lbug"


class _Running:
    """Runs statements as they are, and remembers them."""

    def __init__(self, file: Path) -> None:
        self._connection = ladybug.Connection(ladybug.Database(file, read_only=True))
        self.texts: list[str] = []

    def __call__(self, text: str, parameters: Mapping[str, Value]) -> Rows:
        self.texts.append(text)
        found = self._connection.execute(text, dict(parameters))
        assert not isinstance(found, list)
        values = cast("list[list[Value]]", found.get_all())
        return Rows(tuple(found.get_column_names()), values)


def _by_neuron(found: Rows, *columns: str) -> dict[Value, list[list[Value]]]:
    lists: dict[Value, list[list[Value]]] = {}
    for row in found.as_dicts():
        lists.setdefault(row["neuron_id"], []).append([row[name] for name in columns])
    return lists


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_rows_of_each_neuron_and_their_order_are_the_same(file: Path, name: str) -> None:
    text, parameters = _asked(name)
    wanted = _Running(file)(text, parameters)
    ranks = [(row["neuron_id"], row["rank"]) for row in wanted.as_dicts()]
    assert len(set(ranks)) < len(ranks), "no neuron has two tokens of one rank"

    async def read() -> list[Rows]:
        graph = await engine_for(parse_graph_url(f"ladybug://{file}")).open()
        try:
            return [await graph.read(text, parameters) for _ in range(2)]
        finally:
            await graph.close()

    for found in asyncio.run(read()):
        assert found.columns == wanted.columns
        assert _by_neuron(found, *found.columns) == _by_neuron(wanted, *found.columns)


@pytest.mark.parametrize("name", STATEMENTS)
def test_what_is_not_read_is_not_sorted_by(file: Path, name: str) -> None:
    dropped = tuple(
        column.name
        for column in catalogue()[name].columns
        if column.name in ("token_rank", "run_id")
    )
    text, parameters = _asked(name, without=dropped)
    running = _Running(file)
    wanted = running(text, parameters)
    found = TokenTexts().rows(text, parameters, running)
    assert running.texts[-1] != text
    assert found.columns == wanted.columns
    assert _by_neuron(found, "rank", "token") == _by_neuron(wanted, "rank", "token")
    assert sorted(map(repr, map(list, found.values))) == sorted(map(repr, wanted.values))


def test_texts_are_read_once(file: Path) -> None:
    running, tokens = _Running(file), TokenTexts()
    for _ in range(3):
        tokens.rows(*_asked("activating_tokens"), running)
    assert len(running.texts) == 3 + 2
    tokens.rows(*_asked("activating_tokens", n=5), running)
    assert running.texts[-1] == _asked("activating_tokens")[0]


@pytest.mark.parametrize(
    "name", sorted(name for name in catalogue() if name not in {*STATEMENTS, "responses"})
)
def test_other_statements_are_asked_as_they_are(name: str) -> None:
    statement = catalogue()[name]
    assert placed(statement.texts[Dialect.LADYBUG], {"ids": ["a"] * 1000}) is None


def test_a_row_with_a_null_is_asked_for_as_it_is(file: Path) -> None:
    """No pack has one where its schema says that a value must be there."""
    text, parameters = _asked("activating_tokens")
    by_place = placed(text, parameters)
    assert by_place is not None
    columns = ("neuron_id", "token", "activation", "rank", "token_rank", "run_id")
    whole: list[list[Value]] = [["n", [1, 0], [0.5, 1.0], [2, 1], [1, 1], ["r", "r"]]]
    found = by_place.with_texts(Rows(columns, whole), ["a", "b"], ["n"])
    assert found is not None
    assert found.nodes == [("n", 0, 2)]
    assert [*map(list, found.values)] == [["n", "a", 1.0, 1, 1, "r"], ["n", "b", 0.5, 2, 1, "r"]]
    uneven: list[list[Value]] = [["n", [1, 0], [0.5], [2, 1], [1, 1], ["r", "r"]]]
    assert by_place.with_texts(Rows(columns, uneven), ["a", "b"], ["n"]) is None
