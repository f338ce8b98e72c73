"""Documents, and the chunks that they are cut into as rows of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from jaxtyping import Int32

Item = TypeVar("Item")
Tokens = Int32[np.ndarray, " _"]
Encode = Callable[[Sequence[str]], list[list[int]]]
"""Texts to token ids, without special tokens."""


@dataclass(frozen=True, slots=True)
class Document:
    """One text of a corpus."""

    index: int
    """Place in the corpus, from 0."""
    text: str


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
