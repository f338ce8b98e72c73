"""Neurons and tokens that are spoken of by columns are those that are spoken of one by one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cypher.errors import IdError
from cypher.pack import PackWriter, open_pack
from ingest.sources.beside import working_beside
from ingest.sources.format import Choice, Wanted
from ingest.sources.known_texts import KnownTexts
from ingest.sources.outbox import Outbox
from ingest.sources.said import Said
from ingest.sources.sink import Sink
from ingest.sources.unranked import UnrankedWriter

TABLES = ("Model", "Layer", "HAS_LAYER", "Neuron", "HAS_NEURON", "Token", "Word", "FORM_OF")
TOKENS = st.lists(
    st.lists(st.sampled_from(["a", " a", "A", "b", "\n", "é"]), max_size=4), max_size=4
)
NEURONS = st.lists(
    st.tuples(
        st.sampled_from(["0", "10", "3-res"]),
        st.lists(st.integers(0, 12), min_size=1, max_size=6),
        st.booleans(),
    ),
    max_size=5,
)


def written(folder: Path, say: Callable[[Sink], Any]) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """What was returned, the rows by table, and which neurons are present."""
    everything = Choice.of(None, "--layers")
    said = Said()
    path = folder / "pack"
    with (
        PackWriter(path, replace=True) as writer, UnrankedWriter(path) as unranked,
        working_beside() as beside,
    ):  # fmt: skip
        outbox = Outbox(
            "m", "s", "r", writer, beside,
            unranked=unranked, known_texts=KnownTexts(), skip_bad=False,
        )  # fmt: skip
        sink = Sink(
            Wanted("m", everything, everything), "s", "r", outbox, said=said, skip_bad=False
        )  # fmt: skip
        sink.layer("3-res", index=3, kind="sae")
        given_back = say(sink)
        sink.close()
        beside.wait()
    pack = open_pack(path)
    return given_back, {name: pack.table(name).to_pylist() for name in TABLES}, dict(said.present)


@settings(deadline=None, max_examples=40)
@given(NEURONS)
def test_by_columns_as_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, spoken: list[tuple[str, list[int], bool]]
) -> None:
    folder = tmp_path_factory.mktemp("neurons")
    by_columns = written(
        folder,
        lambda sink: [
            sink.neurons(layer, indices, present=present) for layer, indices, present in spoken
        ],
    )
    one_by_one = written(
        folder,
        lambda sink: [
            [sink.neuron(layer, index, present=present) for index in indices]
            for layer, indices, present in spoken
        ],
    )
    assert by_columns == one_by_one


@settings(deadline=None, max_examples=20)
@given(TOKENS)
def test_tokens_by_columns_as_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, spoken: list[list[str]]
) -> None:
    def by_columns(sink: Sink) -> None:
        for some in spoken:
            sink.tokens(some)

    def one_by_one(sink: Sink) -> None:
        for text in chain.from_iterable(spoken):
            sink.token(text)

    folder = tmp_path_factory.mktemp("tokens")
    assert written(folder, by_columns) == written(folder, one_by_one)


def test_each_has_a_row_once_whichever_way_it_comes(tmp_path: Path) -> None:
    def say(sink: Sink) -> list[str]:
        sink.neuron("0", 5)
        sink.neurons("0", [5, 6, 6], present=False)
        return [sink.neuron("0", 6)]

    found, rows, present = written(tmp_path, say)
    assert found == ["m/0/6"]
    assert [row["id"] for row in rows["Neuron"]] == ["m/0/5", "m/0/6"]
    assert {row["run_id"] for row in rows["Neuron"]} == {None}
    assert present == {"0": {5, 6}}


def test_negative_places_are_told(tmp_path: Path) -> None:
    with pytest.raises(IdError, match="negative"):
        written(tmp_path, lambda sink: sink.neurons("0", [1, -1]))
    assert not (tmp_path / "pack").exists()
