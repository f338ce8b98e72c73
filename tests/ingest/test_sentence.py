from __future__ import annotations

import pytest

from ingest.sentence import WRITTEN, Pattern, sentence


def always(token: str, *but_after: str, n: int | None = None) -> Pattern:
    return Pattern(token, 1.0, True, but_after[:WRITTEN], len(but_after) if n is None else n)


def after(token: str, *contexts: str, n: int | None = None) -> Pattern:
    return Pattern(token, 0.8, False, contexts[:WRITTEN], len(contexts) if n is None else n)


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ([always(" play")], "Fires on “ play”."),
        ([always(" play"), always("ed")], "Fires on “ play” and “ed”."),
        ([always(" play", " not")], "Fires on “ play” (but not after “ not”)."),
        ([always(" play", "a", "b")], "Fires on “ play” (but not after “a” or “b”)."),
        ([always(" play", "a", "b", "c")], "Fires on “ play” (but not after “a” or 2 more)."),
        ([always("\n"), after(",", " mom")], "Fires on “\\n”; on “,” after “ mom”."),
        ([after(",", " dad", " mom")], "Fires on “,” after “ dad” or “ mom”."),
        ([after(",", "a", "b", "c")], "Fires on “,” after “a”, “b” or “c”."),
        (
            [after(",", " dad", " friend", " mom", " sister")],
            "Fires on “,” after “ dad”, “ friend” or 2 more.",
        ),
        ([after(",", "a", "b", "c", n=40)], "Fires on “,” after “a”, “b” or 38 more."),
        ([after("e", " they…")], "Fires on “e” after “ they…”."),
        (
            [always(letter) for letter in "abcdefgh"],
            "Fires on “a”, “b”, “c”, “d”, “e”, “f” and 2 more.",
        ),
        (
            [always("a"), *(after(letter, "x") for letter in "bcdef")],
            "Fires on “a”; on “b” after “x”, “c” after “x”, “d” after “x” and 2 more.",
        ),
    ],
)
def test_a_sentence(patterns: list[Pattern], expected: str) -> None:
    assert sentence(patterns) == expected
