from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cypher import ids
from ingest.mining.chunks import Chunk, Cursor, Document, batches_of, cut, grouped, padded

TEXTS = [chr(97 + at) for at in range(26)]
documents = st.lists(st.text("abc", max_size=9), max_size=12)


def encode(texts: object) -> list[list[int]]:
    return [[ord(character) - 97 for character in text] for text in texts]  # type: ignore[attr-defined]


START = Cursor()


def chunks(texts: list[str], start: Cursor = START) -> list[Chunk]:
    listed = [Document(index, text) for index, text in enumerate(texts)]
    return list(cut(listed, model="m", encode=encode, texts=TEXTS, length=4, start=start))


def shown(chunk: Chunk) -> tuple[int, int, int, str, int]:
    text = "".join(TEXTS[token] for token in chunk.tokens)
    return chunk.index, chunk.document, chunk.part, text, chunk.key


@given(documents)
def test_the_chunks_are_the_documents(texts: list[str]) -> None:
    found = [shown(chunk) for chunk in chunks(texts)]
    assert [index for index, *_ in found] == list(range(len(found)))
    for number, text in enumerate(texts):
        parts = [(part, piece) for _, at, part, piece, _ in found if at == number]
        assert [part for part, _ in parts] == list(range(len(parts)))
        assert "".join(piece for _, piece in parts) == text
        assert all(len(piece) == 4 for _, piece in parts[:-1])
    for *_, text, key in found:
        assert f"{key:016x}" == ids.sequence_id("m", list(text))


@given(documents)
def test_it_goes_on_anywhere(texts: list[str]) -> None:
    whole = chunks(texts)
    for done, last in enumerate(whole, start=1):
        rest = chunks(texts, Cursor(last.index + 1, last.document, last.part + 1))
        assert [shown(chunk) for chunk in rest] == [shown(chunk) for chunk in whole[done:]]


@given(documents, st.integers(1, 5))
def test_batches_hold_each_chunk_once_and_long_ones_first(texts: list[str], size: int) -> None:
    block = chunks(texts)
    batches = list(batches_of(block, size))
    flat = [chunk for batch in batches for chunk in batch]
    assert sorted(chunk.index for chunk in flat) == [chunk.index for chunk in block]
    lengths = [len(chunk.tokens) for chunk in flat]
    assert lengths == sorted(lengths, reverse=True)


def test_rows_begin_alike_and_end_in_zeros() -> None:
    tokens = [np.array([5, 6, 7], np.int32), np.array([8], np.int32)]
    assert padded(tokens, 1).tolist() == [[1, 5, 6, 7], [1, 8, 0, 0]]
    assert padded(tokens, None).tolist() == [[5, 6, 7], [8, 0, 0]]


def test_groups() -> None:
    assert list(grouped(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(grouped([], 2)) == []
