"""Hashes that stand for chance: the same text draws the same numbers, whoever reads it.

Source of the mixer: Steele, Lea and Flood, *Fast Splittable Pseudorandom Number Generators*
(2014), with Stafford's variant 13: SplitMix64.
"""

from __future__ import annotations

import hashlib
from typing import no_type_check

import numpy as np
from jaxtyping import UInt64

from ingest.compiled import compiled
from ingest.mining.chunks import Tokens

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def text_key(tokens: Tokens) -> int:
    """64 bits that stand for a text: equal for equal token ids."""
    data = tokens.astype("<i4", copy=False).tobytes()
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")


def name_key(name: str) -> int:
    """64 bits that stand for a name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


@compiled
@no_type_check
def mixed(key, number):
    """64 bits drawn from a key for a number, both uint64."""
    z = key + (number + np.uint64(1)) * _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))


@compiled
@no_type_check
def unit(bits):
    """A float32 strictly between 0 and 1 of 64 random bits."""
    return np.float32((np.float64(bits >> np.uint64(41)) + 0.5) / 2.0**23)


@compiled
@no_type_check
def _mixed_all(key, numbers):
    found = np.empty(len(numbers), np.uint64)
    for at in range(len(numbers)):
        found[at] = mixed(key, np.uint64(numbers[at]))
    return found


def salts(name: str, count: int) -> UInt64[np.ndarray, " _"]:
    """One key for each of the `count` things that are called by a name and a number."""
    found: np.ndarray = _mixed_all(np.uint64(name_key(name)), np.arange(count, dtype=np.uint64))
    return found
