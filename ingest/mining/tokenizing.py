"""Writing the corpus as token ids: a folder that is whole or absent."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO

import numpy as np

from ingest.mining.chunks import Document, Encode, Tokens, grouped
from ingest.mining.hashing import text_key
from ingest.mining.sides import describe
from ingest.mining.tokens import COUNTS, TYPES

_ENCODED_AT_ONCE = 64
"""Documents, and how often it is looked whether to stop."""


def write_tokens(
    folder: Path,
    documents: Iterable[Document],
    *,
    encode: Encode,
    length: int,
    sample_size: int,
    advance: Callable[[int], None],
) -> int:
    """Write all documents' chunks of at most `length` tokens; gives the number of tokens.

    `advance` is told after how many documents more it stands, and may raise to stop: then
    nothing is left. A document without tokens has no chunk. Without any token nothing is
    written.
    """
    temporary = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        n_chunks, n_tokens = _write_columns(temporary, documents, encode, length, advance)
        if n_tokens == 0:
            return 0
        sample = describe(temporary, n_chunks, sample_size)
        counts = {"tokens": n_tokens, "chunks": n_chunks, "sample": list(map(len, sample))}
        np.concatenate(sample).astype(TYPES["sample"]).tofile(temporary / "sample.bin")
        (temporary / COUNTS).write_text(json.dumps(counts), encoding="utf-8")
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return n_tokens


def _write_columns(
    folder: Path,
    documents: Iterable[Document],
    encode: Encode,
    length: int,
    advance: Callable[[int], None],
) -> tuple[int, int]:
    """Write what is known while reading; gives the numbers of chunks and tokens."""
    n_chunks = n_tokens = 0
    with ExitStack() as stack:
        files = {
            name: stack.enter_context((folder / f"{name}.bin").open("wb"))
            for name in ("tokens", "starts", "documents", "keys", "units")
        }
        for group in grouped(documents, _ENCODED_AT_ONCE):
            texts = encode([document.text for document in group])
            for document, token_ids in zip(group, texts, strict=True):
                tokens = np.array(token_ids, TYPES["tokens"])
                n_chunks += _write_document(files, document.index, tokens, n_tokens, length)
                n_tokens += len(tokens)
            advance(len(group))
        files["starts"].write(np.array(n_tokens, TYPES["starts"]).tobytes())
    return n_chunks, n_tokens


def _write_document(
    files: Mapping[str, IO[bytes]], document: int, tokens: Tokens, place: int, length: int
) -> int:
    """Append a document's chunks; gives their number."""
    firsts = range(0, len(tokens), length)
    columns = {
        "tokens": tokens,
        "starts": [place + first for first in firsts],
        "documents": [document] * len(firsts),
        "keys": [text_key(tokens[first : first + length]) for first in firsts],
        "units": [text_key(tokens)] * len(firsts),
    }
    for name, values in columns.items():
        files[name].write(np.array(values, TYPES.get(name, "<u8")).tobytes())
    return len(firsts)
