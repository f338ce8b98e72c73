"""What a language model answered, taken apart. Whatever is not as asked for is an AnswerError."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.errors import AnswerError

HIGHEST = 10
"""Of the scale of prompts."""
_LONGEST = 1000
"""Characters of a sentence, beyond which it is none."""
_PAIR = re.compile(r"\[\s*(\d+)\s*,\s*(\d+)\s*\]")
_DIGITS = re.compile(r"(\D*)(\d+)")


@dataclass(frozen=True, slots=True)
class Said:
    """One token of an answer, and what else might have stood there."""

    text: str
    others: Mapping[str, float]
    """Probability of each likely token with a digit in it, this one included."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answered to one request."""

    text: str
    refusal: str | None
    """What it said instead, if it declined."""
    finish_reason: str
    """`stop`; `length` if it was cut off, `content_filter` if it was kept back."""
    said: tuple[Said, ...]
    """The text token by token; empty without probabilities."""
    prompt_tokens: int
    completion_tokens: int
    """As the endpoint counted them."""


def explanation(answer: Answer) -> str:
    """The sentence. Raises AnswerError if there is none."""
    found = _field(answer, "explanation")
    if not isinstance(found, str):
        raise AnswerError("its answer's explanation is no text")
    text = " ".join(found.encode("utf-8", "replace").decode("utf-8").split())
    if not text:
        raise AnswerError("its answer is empty")
    if len(text) > _LONGEST:
        raise AnswerError(f"its answer has {len(text)} characters; a sentence was asked for")
    return text


def activations(answer: Answer, n_tokens: int) -> list[float]:
    """The expected activation of each token, 0 to 10.

    From the probabilities of the digits where the answer has them, from the digits otherwise.
    Raises AnswerError unless there is one for each token, in their order.
    """
    pairs = _field(answer, "activations")
    if not isinstance(pairs, list) or not all(_is_pair(pair) for pair in pairs):
        raise AnswerError("its answer's activations are no list of pairs of whole numbers")
    if [pair[0] for pair in pairs] != list(range(1, n_tokens + 1)):
        raise AnswerError(f"its answer names {len(pairs)} tokens, not the {n_tokens} of the text")
    values = [float(pair[1]) for pair in pairs]
    if not all(0 <= value <= HIGHEST for value in values):
        raise AnswerError("its answer has an activation outside 0 to 10")
    likely = _expected(answer.said, n_tokens)
    return values if likely is None else likely


def judgements(answer: Answer, count: int) -> list[bool]:
    """Yes or no for each of some texts. Raises AnswerError unless there is one for each."""
    found = _field(answer, "answers")
    fit = isinstance(found, list) and all(type(one) is int and one in (0, 1) for one in found)
    if not fit or len(found) != count:
        raise AnswerError(f"its answer is not {count} times 0 or 1")
    return [one == 1 for one in found]


def sentences(answer: Answer) -> tuple[list[str], list[str]]:
    """Texts on which a neuron should fire, and texts on which it should not."""
    found = tuple(_field(answer, name) for name in ("fires", "silent"))
    for texts in found:
        if not isinstance(texts, list) or not all(isinstance(t, str) and t for t in texts):
            raise AnswerError("its answer is no two lists of texts")
    return found[0], found[1]


def _field(answer: Answer, name: str) -> Any:
    if answer.refusal:
        raise AnswerError("it refused")
    if answer.finish_reason == "content_filter":
        raise AnswerError("a content filter kept its answer back")
    if not answer.text.strip():
        raise AnswerError("its answer is empty")
    if answer.finish_reason == "length":
        raise AnswerError("its answer was cut off at the greatest length")
    try:
        found = json.loads(_bare(answer.text))
    except (ValueError, RecursionError) as error:
        raise AnswerError("its answer is not the JSON that was asked for") from error
    if not isinstance(found, dict) or name not in found:
        raise AnswerError(f"its answer has no {name!r}")
    return found[name]


def _bare(text: str) -> str:
    """Without the fence that some models put around JSON."""
    stripped = text.strip()
    if stripped.startswith("```") and stripped.endswith("```"):
        stripped = stripped.removesuffix("```").partition("\n")[2]
    return stripped


def _is_pair(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(type(number) is int for number in pair)


def _expected(said: Sequence[Said], n_tokens: int) -> list[float] | None:
    """The mean of 0 to 10 by their probabilities, for each token; None without probabilities."""
    text = "".join(token.text for token in said)
    places = [match.start(2) for match in _PAIR.finditer(text)]
    if len(places) != n_tokens or not any(token.others for token in said):
        return None
    ends: list[int] = []
    for token in said:
        ends.append((ends[-1] if ends else 0) + len(token.text))
    found, at = [], 0
    for place in places:
        while ends[at] <= place:
            at += 1
        before = said[at].text[: place - (ends[at] - len(said[at].text))]
        following = said[at + 1] if at + 1 < len(said) else None
        mean = _mean(said[at], before, following)
        if mean is None:
            return None
        found.append(mean)
    return found


def _mean(token: Said, before: str, following: Said | None) -> float | None:
    """The mean of what the numbers may be that begin within `token`, behind `before`."""
    weights: dict[int, float] = {}
    for text, probability in token.others.items():
        match = _DIGITS.match(text)
        if match is None or match[1] != before or int(match[2]) > HIGHEST:
            continue
        number, whole = int(match[2]), match[0] == text
        if number == 1 and whole and text == token.text and following is not None:
            # where each digit is a token of its own, 10 is a 1 and then a 0
            zero = sum(p for other, p in following.others.items() if other.startswith("0"))
            zero = min(zero, 1.0)
            weights[HIGHEST] = weights.get(HIGHEST, 0.0) + probability * zero
            probability *= 1.0 - zero  # noqa: PLW2901
        weights[number] = weights.get(number, 0.0) + probability
    total = math.fsum(weights.values())
    if not total > 0:
        return None
    return math.fsum(number * weight for number, weight in weights.items()) / total
