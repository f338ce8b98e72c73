"""Taking answers apart: every way in which one can be wrong has its reason."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ingest.errors import AnswerError
from ingest.explaining import answers
from ingest.explaining.answers import Answer, Said


def _answer(
    text: str,
    *,
    refusal: str | None = None,
    finish_reason: str = "stop",
    said: tuple[Said, ...] = (),
) -> Answer:
    return Answer(text, refusal, finish_reason, said, 10, 5)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (_answer("", refusal="I cannot help with that."), "it refused"),
        (_answer("", finish_reason="content_filter"), "a content filter kept its answer back"),
        (_answer(" \n"), "its answer is empty"),
        (_answer('{"explanation": "'), "not the JSON that was asked for"),
        (_answer("I'm sorry, but I cannot"), "not the JSON that was asked for"),
        (_answer("[" * 100_000), "not the JSON that was asked for"),
        (_answer('{"explanation": "so'), "not the JSON"),
        (_answer('{"explanation": "so', finish_reason="length"), "cut off"),
        (_answer('"text"'), "has no 'explanation'"),
        (_answer('{"other": 1}'), "has no 'explanation'"),
        (_answer('{"explanation": 1}'), "is no text"),
        (_answer('{"explanation": " "}'), "is empty"),
        (_answer(json.dumps({"explanation": "x" * 1001})), "1001 characters"),
    ],
)
def test_why_there_is_no_explanation(answer: Answer, reason: str) -> None:
    with pytest.raises(AnswerError, match=reason):
        answers.explanation(answer)


def test_a_sentence_is_one_line_and_a_fence_does_not_matter() -> None:
    text = '```json\n{"explanation": " fires on\\n\\"play\\" "}\n```'
    assert answers.explanation(_answer(text)) == 'fires on "play"'
    half = '{"explanation": "half \\ud83d a pair"}'  # of UTF-16, which no pack can hold
    assert answers.explanation(_answer(half)) == "half ? a pair"


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ([[1, 0]], "names 1 tokens, not the 2"),
        ([[1, 0], [3, 0]], "names 2 tokens"),
        ([[2, 0], [1, 0]], "names 2 tokens"),
        ([[1, 0], [2, 11]], "outside 0 to 10"),
        ([[1, 0], [2, -1]], "outside 0 to 10"),
        ([[1, 0], [2, 1.5]], "no list of pairs"),
        ([[1, 0], [2, True]], "no list of pairs"),
        ([[1, 0], [2]], "no list of pairs"),
        ("00", "no list of pairs"),
    ],
)
def test_why_there_are_no_activations(pairs: object, reason: str) -> None:
    with pytest.raises(AnswerError, match=reason):
        answers.activations(_answer(json.dumps({"activations": pairs})), 2)


def test_activations_without_probabilities_are_the_digits() -> None:
    assert answers.activations(_answer('{"activations": [[1, 0], [2, 10]]}'), 2) == [0.0, 10.0]


def _said(*tokens: str | tuple[str, Mapping[str, float]]) -> tuple[Said, ...]:
    return tuple(Said(t, {}) if isinstance(t, str) else Said(*t) for t in tokens)


def _text(said: tuple[Said, ...]) -> str:
    return "".join(token.text for token in said)


def test_expected_activations_are_means_by_probability() -> None:
    said = _said(
        '{"activations": [[', ("1", {"1": 1.0}), ", ", ("0", {"0": 0.5, "4": 0.25, "10": 0.25}),
        "], [", ("2", {"2": 1.0}), ",", (" 7", {" 7": 0.6, " 8": 0.2, "7": 0.1, " 77": 0.1}), "]]}",
    )  # fmt: skip
    found = answers.activations(_answer(_text(said), said=said), 2)
    assert found == pytest.approx([0.25 * 4 + 0.25 * 10, (0.6 * 7 + 0.2 * 8) / 0.8])


def test_ten_may_be_two_tokens() -> None:
    said = _said(
        '{"activations": [[', "1", ",", ("1", {"1": 0.8, "3": 0.2}), ("0", {"0": 0.75}), "], [", "2",
        ",", ("1", {"1": 1.0}), ("]", {"0": 0.5}), ", [", "3", ",", ("5", {"5": 0.9, "1": 0.1}), "]]}",
    )  # fmt: skip
    found = answers.activations(_answer(_text(said), said=said), 3)
    first = 0.8 * (0.75 * 10 + 0.25 * 1) + 0.2 * 3
    assert found == pytest.approx([first, 0.5 * 10 + 0.5 * 1, 0.9 * 5 + 0.1 * 1])


def test_probabilities_of_something_else_leave_the_digits() -> None:
    said = _said(('{"activations": [[1, 3]]}', {"x9": 1.0}))
    assert answers.activations(_answer(_text(said), said=said), 1) == [3.0]


@pytest.mark.parametrize("found", [[1], [1, 0, 1], [1, 2], [True, False], "10", None])
def test_judgements_are_one_for_each(found: object) -> None:
    with pytest.raises(AnswerError, match="not 2 times 0 or 1"):
        answers.judgements(_answer(json.dumps({"answers": found})), 2)
    assert answers.judgements(_answer('{"answers": [1, 0]}'), 2) == [True, False]


def test_sentences_come_in_two_lists() -> None:
    assert answers.sentences(_answer('{"fires": ["a"], "silent": []}')) == (["a"], [])
    wrong: list[dict[str, Any]] = [
        {"fires": ["a"]},
        {"fires": "a", "silent": []},
        {"fires": [""], "silent": []},
    ]
    take: Callable[[Answer], object] = answers.sentences
    for found in wrong:
        with pytest.raises(AnswerError):
            take(_answer(json.dumps(found)))
