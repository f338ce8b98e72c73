"""The texts that mining kept, by token id: what the token graphs' experiments start from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.mining.chunks import Tokens


@dataclass(frozen=True, slots=True)
class KeptTexts:
    """Token ids of the kept chunks, without the one that begins a text."""

    by_key: Mapping[int, Tokens]
    """By the id of their `Sequence` as a number."""
    sample: tuple[int, ...]
    """Keys of the random sample of the corpus."""


def save(texts: KeptTexts, path: Path) -> None:
    """Write them, whole or not at all."""
    tokens = list(texts.by_key.values())
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        np.savez_compressed(
            file,
            keys=np.array(list(texts.by_key), np.uint64),
            lengths=np.array([len(piece) for piece in tokens]),
            tokens=np.concatenate([np.zeros(0, np.int32), *tokens]),
            sample=np.array(texts.sample, np.uint64),
        )
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def load(path: Path) -> KeptTexts:
    """What `save` wrote."""
    with np.load(path) as archive:
        pieces = np.split(archive["tokens"], np.cumsum(archive["lengths"])[:-1])
        keys = archive["keys"].tolist()
        return KeptTexts(
            dict(zip(keys, pieces, strict=True)) if keys else {},
            tuple(archive["sample"].tolist()),
        )
