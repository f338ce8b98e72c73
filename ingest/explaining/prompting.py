"""The prompts: what a language model is asked about a neuron.

Instructions stand in text files, `prompts/VERSION/NAME.txt`, and hold nothing of a corpus;
all that does is in the second message, quoted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ingest.errors import ExplainError
from ingest.explaining.evidence import Known, Passage
from ingest.explaining.quoting import quoted, scaled
from ingest.sentence import Pattern

LATEST = "1"
"""The version of the prompts that is used unless another is asked for."""
_BEFORE, _BEHIND = 24, 7
"""Tokens of an example that are shown before its peak, and behind it."""
_PATTERNS, _CONTEXTS = 12, 4
"""Patterns of the token graph that are shown, and contexts of each."""
SENTENCE_TOKENS, LISTED_TOKENS, _ANSWER_TOKENS = 160, 400, 24
"""Tokens that an answer may have: a sentence, ten short texts, a digit for each of a few texts."""
_TOKENS_PER_ACTIVATION, _TOKENS_AROUND = 8, 32
"""Of an answer that simulates: `[117, 10], ` is at most eight tokens."""

Schema = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One request to a language model."""

    name: str
    """What is asked for: `explain`, `simulate`, …"""
    instructions: str
    material: str
    """What it is about: everything that comes from a corpus, quoted."""
    schema: Schema
    """JSON schema of the answer."""
    max_tokens: int
    """Of the answer."""
    logprobs: bool = False
    """Whether the probabilities of the answer's tokens are of use."""


@cache
def instructions(version: str, name: str) -> str:
    """The instructions of a version. Raises ExplainError if there is no such version."""
    folder = files("ingest.explaining") / "prompts"
    if version not in versions():
        raise ExplainError(
            f"there is no version {version!r} of the prompts; there is {', '.join(versions())}."
        )
    return (folder / version / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")


@cache
def versions() -> tuple[str, ...]:
    """The versions that there are, the oldest first."""
    folder = files("ingest.explaining") / "prompts"
    names = (entry.name for entry in folder.iterdir() if entry.is_dir())
    return tuple(sorted((name for name in names if name.isdigit()), key=int))


@dataclass(frozen=True, slots=True)
class Mistake:
    """A text on which a neuron did otherwise than a sentence lets expect."""

    expected: bool
    """Whether it should have fired."""
    tokens: tuple[str, ...]
    activations: tuple[float, ...]
    """What it did on each token."""


def explain(
    version: str, known: Known, shown: Sequence[Passage], *, patterns: Sequence[Pattern] = ()
) -> Prompt:
    """Ask for a sentence about what makes a neuron fire on these examples."""
    parts = [
        f"Text {number}:\n{_with_activations(passage.tokens, passage.activations, known.maximum, passage.peak)}"
        for number, passage in enumerate(shown, start=1)
    ]
    if patterns:
        parts.append("\n".join(["Patterns:", *map(_pattern, patterns[:_PATTERNS])]))
    return _prompt(version, "explain", "\n\n".join(parts), _TEXT, SENTENCE_TOKENS)


def simulate(version: str, explanation: str, tokens: Sequence[str]) -> Prompt:
    """Ask what a neuron of this description does on each token of a text."""
    lines = [f"{number} {quoted(token)}" for number, token in enumerate(tokens, start=1)]
    material = "\n".join([_sentence(explanation), "Text:", *lines])
    length = _TOKENS_AROUND + _TOKENS_PER_ACTIVATION * len(tokens)
    return _prompt(version, "simulate", material, _ACTIVATIONS, length, logprobs=True)


def detect(version: str, explanation: str, texts: Sequence[Sequence[str]]) -> Prompt:
    """Ask on which of these texts a neuron of this description fires."""
    lines = [f"{number}: {quoted(''.join(text))}" for number, text in enumerate(texts, start=1)]
    return _judge(version, "detect", explanation, lines)


def fuzz(
    version: str, explanation: str, texts: Sequence[tuple[Sequence[str], Sequence[bool]]]
) -> Prompt:
    """Ask in which of these texts what is marked is what makes such a neuron fire."""
    lines = [
        f"{number}: {_marked(tokens, marks)}"
        for number, (tokens, marks) in enumerate(texts, start=1)
    ]
    return _judge(version, "fuzz", explanation, lines)


def sentences(version: str, explanation: str) -> Prompt:
    """Ask for texts on which a neuron of this description fires, and others where it does not."""
    return _prompt(version, "sentences", _sentence(explanation), _SENTENCES, LISTED_TOKENS)


def revise(version: str, explanation: str, mistakes: Sequence[Mistake], maximum: float) -> Prompt:
    """Ask for a better sentence, given texts on which the neuron did otherwise."""
    parts = [_sentence(explanation)]
    for number, mistake in enumerate(mistakes, start=1):
        said = (
            "should fire here and does not"
            if mistake.expected
            else "should be silent here and fires"
        )
        peak = mistake.activations.index(max(mistake.activations))
        shown = _with_activations(mistake.tokens, mistake.activations, maximum, peak)
        parts.append(f"Text {number}, where by the sentence it {said}:\n{shown}")
    return _prompt(version, "revise", "\n\n".join(parts), _TEXT, SENTENCE_TOKENS)


def longest_revision(version: str, count: int) -> Prompt:
    """What asks to revise an empty sentence, given `count` texts of no letters, as many as show."""
    activations = (9.0,) * _BEFORE + (10.0,) + (9.0,) * _BEHIND
    mistake = Mistake(expected=False, tokens=("",) * len(activations), activations=activations)
    return revise(version, "", [mistake] * count, 9.0)


def _prompt(
    version: str,
    name: str,
    material: str,
    schema: Schema,
    max_tokens: int,
    *,
    logprobs: bool = False,
) -> Prompt:
    return Prompt(name, instructions(version, name), material, schema, max_tokens, logprobs)


def _judge(version: str, name: str, explanation: str, lines: Sequence[str]) -> Prompt:
    material = "\n".join([_sentence(explanation), "Texts:", *lines])
    return _prompt(version, name, material, _ANSWERS, _ANSWER_TOKENS + 4 * len(lines))


def _sentence(explanation: str) -> str:
    return f"Sentence: {quoted(explanation)}"


def _with_activations(
    tokens: Sequence[str], activations: Sequence[float], maximum: float, peak: int
) -> str:
    """The tokens around the peak, one a line, each behind its activation."""
    first, end = max(0, peak - _BEFORE), min(len(tokens), peak + _BEHIND + 1)
    return "\n".join(
        f"{scaled(activations[at], maximum)} {quoted(tokens[at])}" for at in range(first, end)
    )


def _pattern(pattern: Pattern) -> str:
    contexts = [quoted(text) for text in pattern.contexts[:_CONTEXTS]]
    rest = pattern.n_contexts - len(contexts)
    if rest > 0 and contexts:
        contexts.append(f"{rest} more")
    said = f"{scaled(pattern.activation, 1.0)} {quoted(pattern.token)}"
    if not contexts:
        return said
    return f"{said} {'but not after' if pattern.always else 'after'} {' or '.join(contexts)}"


def _marked(tokens: Sequence[str], marks: Sequence[bool]) -> str:
    """The text as a list of its parts; neighbours that are marked alike are one part."""
    runs: list[tuple[bool, list[str]]] = []
    for token, mark in zip(tokens, marks, strict=True):
        if not runs or runs[-1][0] != mark:
            runs.append((mark, []))
        runs[-1][1].append(token)
    parts = []
    for mark, run in runs:
        text = quoted("".join(run))
        parts.append(f'{{"marked": {text}}}' if mark else text)
    return f"[{', '.join(parts)}]"


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


_INTEGERS: Schema = {"type": "array", "items": {"type": "integer"}}
_STRINGS: Schema = {"type": "array", "items": {"type": "string"}}
_TEXT = _object(explanation={"type": "string"})
_ACTIVATIONS = _object(activations={"type": "array", "items": _INTEGERS})
_ANSWERS = _object(answers=_INTEGERS)
_SENTENCES = _object(fires=_STRINGS, silent=_STRINGS)


def canonical(prompt: Prompt) -> str:
    """All of a prompt, as one text: what tells it from another."""
    parts = [prompt.name, prompt.instructions, prompt.material, prompt.schema, prompt.max_tokens]
    return json.dumps(parts, sort_keys=True, ensure_ascii=True)
