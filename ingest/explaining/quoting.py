"""Tokens in prompts: in quotation marks, on one line, and back again without loss.

Text from a corpus is other people's. Quoted, it cannot end its line or its quotation marks,
and whatever does not print shows as an escape: JSON's strings, with everything escaped that a
reader could take for something else.
"""

from __future__ import annotations

import json

from ingest.errors import QuotingError


def quoted(text: str) -> str:
    r"""`text` as a JSON string whose every character prints: `" play"`, `"\n"`, `"\u200b"`."""
    plain = json.dumps(text, ensure_ascii=False)
    if plain.isprintable():
        return plain
    return "".join(
        character if character.isprintable() else json.dumps(character)[1:-1] for character in plain
    )


def unquoted(text: str) -> str:
    """The inverse of `quoted`. Raises QuotingError if `text` is no quoted text."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise QuotingError(
            f"{text!r} is not in quotation marks as JSON has them: {error}."
        ) from error
    if not isinstance(found, str):
        raise QuotingError(f"{text!r} is not a text in quotation marks.")
    return found


def scaled(activation: float, maximum: float) -> int:
    """An activation on the scale of prompts: 0 to 10, where 10 is the neuron's maximum.

    What is below zero is 0. Raises QuotingError unless the maximum is above zero.
    """
    if not maximum > 0:
        raise QuotingError(f"a neuron whose maximum is {maximum} has no scale from 0 to 10.")
    return max(0, min(10, round(10 * activation / maximum)))
