"""What the method knows of tokens besides their ids: which are one to it, which end a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SENTENCE_END = re.compile(r"[.!\n]")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the method knows of each token, by its id."""

    same: tuple[tuple[int, ...], ...]
    """The tokens that a token is one with, itself included, in ascending order."""
    ends_sentence: tuple[bool, ...]

    @classmethod
    def of(cls, texts: Sequence[str], *, strip: bool = False) -> Vocabulary:
        """From the exact text of each token id.

        A capitalised token is one with its small form. With `strip`, a word's first piece is
        also one with the same letters inside a word (" the", "the"): so the published
        implementation does where it sees exact texts, as in GPT-2's vocabulary. In
        SentencePiece's it sees `▁the`, whose mark is no space, and keeps them apart.
        """
        by_form: dict[str, list[int]] = {}
        for token, text in enumerate(texts):
            by_form.setdefault(normal_form(text, strip=strip), []).append(token)
        shared = {form: tuple(tokens) for form, tokens in by_form.items()}
        return cls(
            tuple(shared[normal_form(text, strip=strip)] for text in texts),
            tuple(_SENTENCE_END.search(text) is not None for text in texts),
        )


def normal_form(text: str, *, strip: bool) -> str:
    """What a token's text is compared by."""
    if len(text) > 1 and text.istitle():
        text = text.lower()
    if strip and len(text) > 1 and any(character.isalpha() for character in text):
        text = text.strip()
    return text
