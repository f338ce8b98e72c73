"""Which texts are the same, which are held out, and which make up the random sample.

All of it is decided by hashes of the texts before the model reads any of them, in memory that
does not grow with the corpus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Bool, Int64, UInt64

from ingest.mining.tokens import TYPES, blocks

HELD_OUT = 4
"""One document in so many is held out: token graphs are judged on it, not built from it."""
FEWEST_DOCUMENTS = 8
"""With fewer documents than this, chunks are held out instead."""
_LOOKED_AT = 1 << 20
"""Chunks whose hashes say where the quarter ends."""
_AT_ONCE = 1 << 22

Keys = UInt64[np.ndarray, " chunk"]
Chunks = Int64[np.ndarray, " _"]


def describe(
    folder: Path, n_chunks: int, sample_size: int, *, at_once: int = _AT_ONCE
) -> tuple[Chunks, Chunks]:
    """Write `firsts` and `held_out` beside `keys` and `units`, which is removed.

    `units` holds a hash of each chunk's document. Gives the random sample: its chunks to
    build from, and those held out. A text that stands in documents of both kinds is not
    held out: nothing is judged on a text that graphs are built from. About `at_once` chunks are
    looked at in memory at once.
    """
    keys = _column(folder, "keys", n_chunks)
    units = _column(folder, "units", n_chunks)
    held = _chosen(keys, units)
    firsts, held_out = (_new_column(folder, name, n_chunks) for name in ("firsts", "held_out"))
    held_size = sample_size // HELD_OUT
    samples: tuple[list[int], list[int]] = ([], [])
    for chunks in _by_key(keys, at_once):
        _, at, text = np.unique(keys[chunks], return_index=True, return_inverse=True)
        built = np.bincount(text, weights=~held(chunks)) > 0
        earliest = chunks[at]
        firsts[chunks] = earliest[text]
        held_out[chunks] = ~built[text]
        for sample, side, size in zip(
            samples, (built, ~built), (sample_size - held_size, held_size), strict=True
        ):
            sample.extend(earliest[side][: size - len(sample)].tolist())
    firsts.flush()
    held_out.flush()
    (folder / "units.bin").unlink()
    return np.array(samples[0], np.int64), np.array(samples[1], np.int64)


def _chosen(keys: Keys, units: Keys) -> Callable[[Chunks], Bool[np.ndarray, " _"]]:
    """Tells which of some chunks belong to the quarter of units with the smallest hashes."""
    distinct = np.unique(units[:_LOOKED_AT])
    if len(distinct) < FEWEST_DOCUMENTS:
        units, distinct = keys, np.unique(keys[:_LOOKED_AT])
    bound = distinct[len(distinct) // HELD_OUT]
    return lambda chunks: units[chunks] < bound


def _by_key(keys: Keys, at_once: int) -> Iterator[Chunks]:
    """All chunks in groups, in their order within a group; those of one key are together.

    The groups' keys ascend from group to group.
    """
    n_groups = len(keys) // at_once + 1
    bounds = [(group << 64) // n_groups for group in range(n_groups + 1)]
    for low, high in pairwise(bounds):
        found = [
            block.start + np.flatnonzero((keys[block] >= low) & (keys[block] <= high - 1))
            for block in blocks(len(keys), at_once)
        ]
        yield np.concatenate(found)


def _new_column(folder: Path, name: str, length: int) -> np.memmap[Any, Any]:
    """A file of zeros, mapped. It is written first: a full disk then says so, as an OSError."""
    path, kind = folder / f"{name}.bin", TYPES[name]
    with path.open("wb") as file:
        for block in blocks(length, _AT_ONCE):
            np.zeros(block.stop - block.start, kind).tofile(file)
    return np.memmap(path, kind, "r+", shape=(length,))


def _column(folder: Path, name: str, length: int) -> Keys:
    return np.memmap(folder / f"{name}.bin", "<u8", "r", shape=(length,))
