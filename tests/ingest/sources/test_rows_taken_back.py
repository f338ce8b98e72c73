"""Rows of a bad record are taken back as if they had never come; columns are what rows would be."""

from __future__ import annotations

from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypher import ids
from ingest.errors import SourceError
from ingest.sources.column_rows import ColumnRows, Numbered, Same
from ingest.sources.example_rows import ExampleRows
from ingest.sources.samples import Samples
from ingest.sources.text_rows import TextRows, Texts

MODEL, SOURCE, RUN = "gpt2", "openai", "0" * 16
TEXTS = st.lists(
    st.lists(st.text(max_size=3), min_size=1, max_size=4), min_size=1, max_size=4, unique_by=tuple
)
RECORDS = st.lists(TEXTS, min_size=1, max_size=4)


def samples_of(texts: list[list[str]]) -> Samples:
    return Samples.of([(text, [float(len(token)) for token in text]) for text in texts])


def examples_of(records: list[list[list[str]]]) -> ExampleRows:
    rows = ExampleRows(SOURCE, RUN)
    for number, texts in enumerate(records):
        add_examples(rows, number, texts)
    return rows


def add_examples(rows: ExampleRows, number: int, texts: list[list[str]]) -> None:
    samples = samples_of(texts)
    rows.add(
        f"{MODEL}/0/{number}",
        ids.sequence_ids_of_json(MODEL, samples.json),
        buckets={"top": 1, "random": len(texts) - 1},
        samples=samples,
        known={"qualifying": [0] * len(texts)} if number % 2 else {},
    )


def as_dicts(tables: Any) -> dict[str, list[dict[str, Any]]]:
    return {name: table.to_pylist() for name, table in tables.items()}


@given(kept=RECORDS, dropped=RECORDS)
def test_examples(kept: list[list[list[str]]], dropped: list[list[list[str]]]) -> None:
    rows, plain = examples_of(kept), examples_of(kept)
    before = len(rows)
    for number, texts in enumerate(dropped, start=50):
        add_examples(rows, number, texts)
    rows.truncate(before)
    assert len(rows) == before
    add_examples(rows, 90, kept[0])
    add_examples(plain, 90, kept[0])
    assert as_dicts(rows.tables()) == as_dicts(plain.tables())


@given(records=RECORDS)
def test_examples_have_the_ids_of_their_ranks(records: list[list[list[str]]]) -> None:
    found = as_dicts(examples_of(records).tables())
    expected = {
        ids.example_id(f"{MODEL}/0/{number}", SOURCE, bucket, rank): (bucket, rank)
        for number, texts in enumerate(records)
        for bucket, count in (("top", 1), ("random", len(texts) - 1))
        for rank in range(1, count + 1)
    }
    assert {row["id"]: (row["bucket"], row["rank"]) for row in found["Example"]} == expected
    assert [row["id"] for row in found["Example"]] == sorted(expected)


def add_texts(rows: TextRows, texts: list[list[str]]) -> None:
    samples = samples_of(texts)
    rows.add(Texts(ids.sequence_ids_of_json(MODEL, samples.json), samples), list(range(len(texts))))


@given(texts=st.lists(TEXTS, min_size=2, max_size=4))
def test_texts(texts: list[list[list[str]]]) -> None:
    rows, plain = TextRows(MODEL), TextRows(MODEL)
    for part in texts[:-1]:
        add_texts(rows, part)
        add_texts(plain, part)
    before = len(rows)
    add_texts(rows, texts[-1])
    rows.check()
    assert len(rows.truncate(before)) == len(texts[-1])
    found = rows.tables()["Sequence"]
    assert found.equals(plain.tables()["Sequence"])
    said = {ids.sequence_id(MODEL, text): text for part in texts[:-1] for text in part}
    assert {row["id"]: row["tokens"] for row in found.to_pylist()} == said


def test_a_text_that_is_none_is_told_and_the_first_of_them() -> None:
    def fail(at: int) -> list[str]:
        raise SourceError(f"token {at} is no text")

    good, bad = (
        samples_of([["a"]]),
        Samples([b"[1]", b"[2]"], [array("d", [0.0])] * 2, [1, 1], fail),
    )
    rows = TextRows(MODEL)
    rows.add(Texts(["b"], good), [0])
    rows.check()
    rows.add(Texts(["z", "a"], bad), [0, 1])
    for look in (rows.tables, rows.check):
        with pytest.raises(SourceError, match="token 0 is no text"):
            look()
    rows.truncate(1)
    rows.check()
    assert rows.tables()["Sequence"].num_rows == 1


@given(
    kept=st.lists(st.lists(st.integers(0, 99), max_size=3), min_size=1, max_size=3),
    dropped=st.lists(st.integers(0, 99), max_size=3),
)
def test_columns(kept: list[list[int]], dropped: list[int]) -> None:
    def add(rows: ColumnRows, numbers: list[int]) -> None:
        begin = f"{len(numbers)}@x#"
        rows.add({"source": Same(begin), "target": Numbered(begin, numbers)})

    rows = ColumnRows()
    for numbers in kept:
        add(rows, numbers)
    before = len(rows)
    add(rows, dropped)
    rows.truncate(before)
    assert len(rows) == sum(map(len, kept))
    expected = [(f"{len(n)}@x#", f"{len(n)}@x#{one}") for n in kept for one in n]
    if expected:
        table = rows.table("HAS_JUDGEMENT", RUN)
        found = [(row["source"], row["target"]) for row in table.to_pylist()]
        assert found == expected
