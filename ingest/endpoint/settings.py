"""Which endpoint is asked, how fast, and for how much."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ingest.errors import EndpointError

_PER_MILLION = 1e-6


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    prompt: float
    completion: float

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        """Dollars of so many tokens."""
        return _PER_MILLION * (prompt_tokens * self.prompt + completion_tokens * self.completion)


def parse_price(text: str) -> Price:
    """`0.15,0.60`: dollars per million tokens of prompts and of answers. Raises EndpointError."""
    try:
        prompt, completion = (float(part) for part in text.split(","))
    except ValueError as error:
        raise EndpointError(
            f"the price {text!r} is not two numbers: give dollars per million tokens of prompts "
            f"and of answers, such as 0.15,0.60."
        ) from error
    if not (0 <= prompt < float("inf") and 0 <= completion < float("inf")):
        raise EndpointError(f"the price {text!r} is negative or not finite.")
    return Price(prompt, completion)


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """What it takes to ask a model."""

    model: str
    """By the endpoint's name."""
    base_url: str
    """Such as `https://api.openai.com/v1`."""
    api_key: str = field(repr=False)
    answers: Path
    """Folder that keeps every answer."""
    concurrency: int = 16
    """Requests under way at once, at most."""
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    """Limits of prompts and answers together; None for no limit."""
    timeout: float = 120.0
    """Seconds to wait for an answer."""
    retries: int = 10
    """Attempts after the first, when the endpoint is busy or broken."""
    price: Price | None = None
    budget: float | None = None
    """Dollars, all answers in the folder included."""
    tokenizer: str | None = None
    """A `tokenizer.json`, or an encoding of tiktoken; None: tokens can only be bounded."""
