"""Tokens of prompts: counted with the model's own tokenizer, or bounded without it."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from pathlib import Path

from ingest.errors import EndpointError
from ingest.explaining.prompting import Prompt

_OPENAI_OVERHEAD = 11
"""What OpenAI's chat format adds to two messages: three tokens and a role each, three for the
answer's beginning. Other endpoints add something else, which their first answers tell."""
_MOST_OVERHEAD = 64
"""Where tokens are bounded: more than any chat format adds to two messages."""

Encode = Callable[[str], int]
"""How many tokens a text has."""


class TokenCounter:
    """Counts a prompt's tokens.

    `exact` is false without a tokenizer: then no prompt has more tokens than are counted, for
    no tokenizer makes more tokens of a text than it has bytes.
    """

    def __init__(self, tokenizer: str | None, overhead: int | None = None) -> None:
        self.exact = tokenizer is not None
        self._encode: Encode = _bytes if tokenizer is None else _encoder(tokenizer)
        self._instructions: dict[str, int] = {}
        """Tokens of instructions, which are few and the same in all prompts of a kind."""
        known = _OPENAI_OVERHEAD if overhead is None else overhead
        self.overhead = known if self.exact else _MOST_OVERHEAD
        """Tokens that the endpoint adds to the messages; what it added before, if that is known."""

    def content(self, prompt: Prompt) -> int:
        """Tokens of the two messages alone."""
        known = self._instructions.get(prompt.instructions)
        if known is None:
            known = self._instructions[prompt.instructions] = self._encode(prompt.instructions)
        return known + self._encode(prompt.material)

    def prompt(self, prompt: Prompt) -> int:
        """Tokens of a prompt, as the endpoint will count them."""
        return self.content(prompt) + self.overhead


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _encoder(name: str) -> Encode:
    """Raises EndpointError if there is no such tokenizer."""
    path = Path(name)
    if path.suffix == ".json" or path.exists():
        from tokenizers import Tokenizer  # noqa: PLC0415  (of the extra)

        if not path.is_file():
            raise EndpointError(f"there is no tokenizer at {path}. Name a tokenizer.json.")
        text = path.read_bytes()
        try:
            known = isinstance(json.loads(text), dict) and "model" in json.loads(text)
        except ValueError:
            known = False
        if not known:
            raise EndpointError(f"{path} is no tokenizer.json: it describes no tokenizer.")
        tokenizer = Tokenizer.from_buffer(text)
        return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)
    try:
        tiktoken = importlib.import_module("tiktoken")
    except ImportError as error:
        raise EndpointError(
            f"{name!r} is no file, and tiktoken, whose encoding it may be, is not installed. Name "
            f"the model's tokenizer.json, or run: pip install tiktoken"
        ) from error
    try:
        encoding = tiktoken.get_encoding(name)
    except ValueError as error:
        listed = ", ".join(tiktoken.list_encoding_names())
        raise EndpointError(
            f"{name!r} is no file and no encoding of tiktoken, which has {listed}. Name one of "
            f"these, or the model's tokenizer.json."
        ) from error
    except OSError as error:
        raise EndpointError(
            f"tiktoken has not the file of its encoding {name!r} here, and cannot fetch it "
            f"({type(error).__name__}). Count with it once where there is a network, with "
            f"TIKTOKEN_CACHE_DIR set to a folder, and bring that folder here; or name the model's "
            f"tokenizer.json."
        ) from error
    return lambda text: len(encoding.encode(text, disallowed_special=()))
