"""Tokens whose texts a source has lost: what is said of them, and read again."""

from __future__ import annotations

import re

_EMPTY_TEXTS = re.compile(r"(\d+) tokens of the source are empty texts")


def empty_texts(count: int) -> str:
    """Why a neuron lacks `count` tokens."""
    return f"{count} tokens of the source are empty texts"


def count_of_empty(reason: str | None) -> int:
    """How many tokens a neuron lacks for this reason."""
    match = _EMPTY_TEXTS.match(reason or "")
    return int(match[1]) if match else 0
