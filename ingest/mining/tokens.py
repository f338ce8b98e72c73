"""The corpus as token ids on disk: read once by the tokenizer, mapped into memory ever after.

{folder}/
    tokens.bin      int32 per token: its id
    starts.bin      int64 per chunk, and one more: the place of its first token
    documents.bin   int64 per chunk: place of its document in the corpus, from 0
    keys.bin        uint64 per chunk: equal for equal token ids
    firsts.bin      int64 per chunk: the earliest chunk with the same key
    held_out.bin    bool per chunk
    sample.bin      int64: the sample's chunks that are built from, then those held out
    corpus.json     the counts

A document is cut into chunks of at most the context length, which do not overlap. A chunk is
known by its number, a token by its *place*: both count from 0 through the whole corpus.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Int32, Int64, UInt64

from ingest.mining.chunks import Tokens

COUNTS = "corpus.json"
TYPES: dict[str, str] = {
    "tokens": "<i4",
    "starts": "<i8",
    "documents": "<i8",
    "keys": "<u8",
    "firsts": "<i8",
    "held_out": "|b1",
    "sample": "<i8",
}


@dataclass(frozen=True, slots=True)
class TokenizedCorpus:
    """All texts of a corpus by token id; the arrays are mapped files."""

    tokens: Int32[np.ndarray, " place"]
    """Ids, without the ones that begin a text."""
    starts: Int64[np.ndarray, " bound"]
    """Place of each chunk's first token, and behind the last chunk the number of tokens."""
    documents: Int64[np.ndarray, " chunk"]
    """Place of the chunk's document in the corpus, from 0."""
    keys: UInt64[np.ndarray, " chunk"]
    """Equal for equal texts."""
    firsts: Int64[np.ndarray, " chunk"]
    """The earliest chunk with the same text: its own number, if none was before."""
    held_out: Bool[np.ndarray, " chunk"]
    """Whether token graphs are judged on the chunk's text, and never built from it."""
    sample: Int64[np.ndarray, " sampled"]
    """A random sample of the corpus's texts: those to build from."""
    held_out_sample: Int64[np.ndarray, " judged"]
    """A random sample of the texts held out."""

    @property
    def n_chunks(self) -> int:
        """How many chunks there are."""
        return len(self.documents)

    @property
    def n_tokens(self) -> int:
        """How many tokens there are."""
        return len(self.tokens)

    def text(self, chunk: int) -> Tokens:
        """The token ids of a chunk."""
        return self.tokens[self.starts[chunk] : self.starts[chunk + 1]]

    def lengths(self, chunks: Int64[np.ndarray, " n"]) -> Int64[np.ndarray, " n"]:
        """Tokens of each chunk."""
        found: np.ndarray = self.starts[chunks + 1] - self.starts[chunks]
        return found

    def chunks_of(self, places: Int64[np.ndarray, " n"]) -> Int64[np.ndarray, " n"]:
        """The chunk in which each place lies."""
        found: np.ndarray = np.searchsorted(self.starts, places, side="right") - 1
        return found

    def windows(
        self, places: Int64[np.ndarray, " n"], depth: int
    ) -> Int32[np.ndarray, "n distance"]:
        """The token at each place and the `depth` tokens before it, by distance.

        Column 0 is the place itself; -1 stands where its chunk has not begun.
        """
        wanted = places[:, None] - np.arange(depth + 1)
        inside = wanted >= self.starts[self.chunks_of(places)][:, None]
        return np.where(inside, self.tokens[np.maximum(wanted, 0)], np.int32(-1))


def open_tokens(folder: Path) -> TokenizedCorpus:
    """What `write_tokens` wrote there."""
    counts = json.loads((folder / COUNTS).read_text(encoding="utf-8"))
    chunks = int(counts["chunks"])
    lengths = {
        "tokens": int(counts["tokens"]),
        "starts": chunks + 1,
        "sample": sum(counts["sample"]),
    }
    found: dict[str, Any] = {
        name: _mapped(folder / f"{name}.bin", kind, lengths.get(name, chunks))
        for name, kind in TYPES.items()
    }
    sample = found.pop("sample")
    at = int(counts["sample"][0])
    return TokenizedCorpus(**found, sample=sample[:at], held_out_sample=sample[at:])


def blocks(length: int, size: int) -> Iterator[slice]:
    """Stretches of at most `size` that make up `length`."""
    for first in range(0, length, size):
        yield slice(first, min(first + size, length))


def _mapped(path: Path, kind: str, length: int) -> np.ndarray:
    if length == 0:  # an empty file cannot be mapped
        return np.zeros(0, kind)
    return np.memmap(path, kind, "r", shape=(length,))
