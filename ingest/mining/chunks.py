"""Documents cut into chunks, and chunks put together to batches that are always the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from jaxtyping import Int32

from cypher import ids

Item = TypeVar("Item")
Tokens = Int32[np.ndarray, " _"]
Encode = Callable[[Sequence[str]], list[list[int]]]
"""Texts to token ids, without special tokens."""

BLOCK_BATCHES = 8
"""Batches per block: enough to sort by length, few enough to lose little by a stop."""
_ENCODED_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Document:
    """One text of a corpus."""

    index: int
    """Place in the corpus, from 0."""
    text: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stretch of one document, at most the context length long."""

    index: int
    """Place in the corpus, from 0, counting chunks."""
    document: int
    """Place of its document in the corpus, from 0."""
    part: int
    """Place within its document, from 0."""
    tokens: Tokens
    """Token ids, without the one that begins a text."""
    key: int
    """The id of its `Sequence` as a number: equal for equal texts."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a corpus was read: everything before this chunk is done."""

    chunk: int = 0
    document: int = 0
    part: int = 0


def sequence_key(model: str, texts: Sequence[str]) -> int:
    """The id of a model's `Sequence` with these tokens as a number."""
    return int(ids.sequence_id(model, texts), 16)


def cut(
    documents: Iterable[Document],
    *,
    model: str,
    encode: Encode,
    texts: Sequence[str],
    length: int,
    start: Cursor = Cursor(),
) -> Iterator[Chunk]:
    """Chunks of at most `length` tokens that do not overlap, from `start` on.

    `texts` holds the exact text of each token id. A document without tokens has no chunk.
    """
    index = start.chunk
    remaining = (document for document in documents if document.index >= start.document)
    for group in grouped(remaining, _ENCODED_AT_ONCE):
        encoded = encode([document.text for document in group])
        for document, token_ids in zip(group, encoded, strict=True):
            first = start.part if document.index == start.document else 0
            for part in range(first, -(-len(token_ids) // length)):
                piece = token_ids[part * length : (part + 1) * length]
                key = sequence_key(model, [texts[token] for token in piece])
                yield Chunk(index, document.index, part, np.array(piece, np.int32), key)
                index += 1


def batches_of(block: Sequence[Chunk], batch_size: int) -> Iterator[list[Chunk]]:
    """The block's chunks in batches of like length, the longest first."""
    by_length = sorted(block, key=lambda chunk: (-len(chunk.tokens), chunk.index))
    yield from grouped(by_length, batch_size)


def padded(chunks: Sequence[Tokens], begin: int | None) -> Int32[np.ndarray, "chunk position"]:
    """The chunks as rows, each after the token `begin` if there is one, zeros at the end.

    A causal model never looks at what follows, so the padding needs no mask.
    """
    offset = 0 if begin is None else 1
    rows = np.zeros((len(chunks), offset + max(map(len, chunks))), np.int32)
    if begin is not None:
        rows[:, 0] = begin
    for row, tokens in zip(rows, chunks, strict=True):
        row[offset : offset + len(tokens)] = tokens
    return rows


def grouped(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of `size` items in their order; the last may be shorter."""
    group: list[Item] = []
    for item in items:
        group.append(item)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group
