from __future__ import annotations

import pytest

from ingest.sentence import Pattern, sentence


def always(token: str) -> Pattern:
    return Pattern(token, 1.0, (), 0, always=True)


def after(token: str, *contexts: str, distance: int = 1) -> Pattern:
    return Pattern(token, 0.8, contexts, distance if contexts else 0, always=False)


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ([always(" play")], "Fires on “ play”."),
        ([always(" play"), always("ed")], "Fires on “ play” and “ed”."),
        ([always("\n"), after(",", " mom")], "Fires on “\\n”; on “,” after “ mom”."),
        ([after(",", " dad", " mom")], "Fires on “,” after “ dad” or “ mom”."),
        (
            [after(",", " dad", " friend", " mom", " sister")],
            "Fires on “,” after “ dad”, “ friend” or 2 more.",
        ),
        ([after(",", "a", "b", "c")], "Fires on “,” after “a”, “b” or “c”."),
        ([after("e", " th", distance=2)], "Fires on “e” with “ th” 2 tokens before."),
        ([after("e")], "Fires on “e” in some contexts."),
        (
            [always(letter) for letter in "abcdefgh"],
            "Fires on “a”, “b”, “c”, “d”, “e”, “f” and 2 more.",
        ),
    ],
)
def test_a_sentence(patterns: list[Pattern], expected: str) -> None:
    assert sentence(patterns) == expected
