"""The tokenizer that a pack carries is the model's own: it cuts every text the same way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from transformers import AutoTokenizer, ByT5Tokenizer

from cypher.compression import expanded
from ingest.mining.chunks import Document
from ingest.subject import Subject
from ingest.subject.texts import definition
from neurocypher.demo import demo_pack
from tests.ingest.families import save

TEXTS = st.text(max_size=40)


@pytest.fixture(scope="module")
def read(subject: Subject) -> Tokenizer:
    """stories260K's, by its definition."""
    written = subject.tokenizer_definition()
    assert written is not None
    return Tokenizer.from_str(written)


@given(text=TEXTS)
def test_every_text_is_cut_the_same(subject: Subject, read: Tokenizer, text: str) -> None:
    assert [read.encode(text, add_special_tokens=False).ids] == subject.encode([text])


def test_long_texts_are_cut_the_same(
    subject: Subject, read: Tokenizer, stories: list[Document]
) -> None:
    texts = [document.text for document in stories]
    found = [read.encode(text, add_special_tokens=False).ids for text in texts]
    assert found == subject.encode(texts)


@pytest.mark.parametrize("family", ["gpt2", "gemma"])
def test_byte_level_tokenizers(family: str, tmp_path: Path) -> None:
    tokenizer: Any = AutoTokenizer.from_pretrained(save(family, tmp_path))
    written = definition(tokenizer)
    assert written is not None
    text = "a dög 😀\n"
    expected = tokenizer(text, add_special_tokens=False)["input_ids"]
    assert Tokenizer.from_str(written).encode(text, add_special_tokens=False).ids == expected


def test_what_the_tokenizer_did_last_is_no_part_of_it(tmp_path: Path) -> None:
    tokenizer: Any = AutoTokenizer.from_pretrained(save("gpt2", tmp_path))
    tokenizer.pad_token = "x299"
    before = definition(tokenizer)
    tokenizer(["a", "a longer text"], padding=True, truncation=True, max_length=4)
    assert definition(tokenizer) == before
    assert before is not None
    assert {json.loads(before)[name] for name in ("truncation", "padding")} == {None}


def test_a_tokenizer_that_has_no_such_form_says_so() -> None:
    assert definition(ByT5Tokenizer()) is None  # type: ignore[no-untyped-call,unused-ignore]


def test_the_demo_carries_it(subject: Subject) -> None:
    [row] = demo_pack().table("Tokenizer").to_pylist()
    assert row["id"] == "stories260K@tokenizer"
    assert expanded(row["definition"]) == subject.tokenizer_definition()
    assert tuple(row["vocabulary"]) == subject.texts
    edges = demo_pack().table("HAS_TOKENIZER").to_pylist()
    assert edges == [{"source": "stories260K", "target": "stories260K@tokenizer"}]
