"""Texts that are in the pack already: each is new once, as long as there is room for all."""

from __future__ import annotations

from ingest.sources.known_texts import KnownTexts


def test_a_text_is_new_once() -> None:
    known = KnownTexts()
    assert known.add_new(["a", "b", "a"]) == [0, 1]
    assert known.add_new(["b", "c", "a", "c"]) == [1]
    known.forget(["a"])
    assert known.add_new(["a", "b"]) == [0]
    assert known.all_known


def test_beyond_its_room_it_says_that_it_may_have_forgotten() -> None:
    known = KnownTexts(most=2)
    known.update(["a", "b"])
    assert known.all_known
    assert known.add_new(["b", "c"]) == [1]
    assert not known.all_known
    assert known.add_new(["a"]) == [0]
