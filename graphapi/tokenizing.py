"""From a text to a model's tokens: the one module that knows the library `tokenizers`."""

from __future__ import annotations

from collections.abc import Sequence

from tokenizers import Tokenizer


class TextTokenizer:
    """A model's tokenizer."""

    def __init__(self, definition: str, vocabulary: Sequence[str]) -> None:
        """`definition` is the library's JSON; `vocabulary` the exact text of each token id."""
        self._tokenizer = Tokenizer.from_str(definition)
        self._vocabulary = vocabulary

    def tokens(self, text: str) -> list[str]:
        """The exact texts of a text's tokens, without the one that the model begins texts with.

        Half of a UTF-16 pair is read as U+FFFD, as it was when the model read the corpus.
        """
        if not text.isascii():
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        return [self._vocabulary[token] for token in encoded.ids]
