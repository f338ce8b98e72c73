"""What the environment says. The only module of the command line that reads it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

GRAPH = "NEUROCYPHER_GRAPH"
USER = "NEUROCYPHER_USER"
PASSWORD = "NEUROCYPHER_PASSWORD"  # noqa: S105  the variable's name
OPENAI_KEY = "OPENAI_API_KEY"
OPENAI_URL = "OPENAI_BASE_URL"
TOKENIZER = "NEUROCYPHER_TOKENIZER"
PRICE = "NEUROCYPHER_PRICE"
OPENAI_DEFAULT = "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class Settings:
    """Defaults for `--graph` and for a server's credentials."""

    graph: str | None
    """URL of the default graph."""
    user: str | None
    password: str | None = field(repr=False)


def settings() -> Settings:
    """The settings as they are now; an empty variable counts as none."""
    return Settings(
        os.environ.get(GRAPH) or None,
        os.environ.get(USER) or None,
        os.environ.get(PASSWORD) or None,
    )


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """How a language model is reached, and what it costs."""

    base_url: str
    """Of an OpenAI-compatible endpoint."""
    api_key: str | None = field(repr=False)
    tokenizer: str | None
    """The model's `tokenizer.json`, or an encoding of tiktoken, to count tokens with."""
    price: str | None
    """Dollars per million tokens of prompts and of answers, such as `0.15,0.60`."""


def model_settings() -> ModelSettings:
    """The settings as they are now; an empty variable counts as none."""
    return ModelSettings(
        os.environ.get(OPENAI_URL) or OPENAI_DEFAULT,
        os.environ.get(OPENAI_KEY) or None,
        os.environ.get(TOKENIZER) or None,
        os.environ.get(PRICE) or None,
    )
