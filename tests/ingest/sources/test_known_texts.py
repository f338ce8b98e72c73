"""Texts that are in the pack already: each is new once, as long as there is room for all."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypher.native import IS_THERE, native
from ingest.sources.known_texts import Ids, KnownTexts, PythonIds

IDS = st.lists(
    st.sampled_from(["a", "b", "", "é", "0123456789abcdef", "x" * 40]) | st.text(max_size=2),
    max_size=5,
)


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


@pytest.mark.parametrize("ids", [PythonIds, *([native.IdSet] if IS_THERE else [])])
@given(steps=st.lists(st.tuples(st.sampled_from(["new", "add", "drop", "clear"]), IDS), max_size=8))
def test_a_set_of_ids_is_a_set(ids: Callable[[], Ids], steps: list[tuple[str, list[str]]]) -> None:
    own, plain = ids(), set[str]()
    for step, some in steps:
        if step == "new":
            new = [one for one in dict.fromkeys(some) if one not in plain]
            assert own.new_places(some) == [some.index(one) for one in new]
        elif step == "add":
            own.update(some)
            plain.update(some)
        elif step == "drop":
            own.difference_update(some)
            plain.difference_update(some)
        else:
            own.clear()
            plain.clear()
        assert len(own) == len(plain)
