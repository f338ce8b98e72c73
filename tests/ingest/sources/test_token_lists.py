"""Lists of tokens, cut out of JSON: what a parser gives, and nothing where it is no list of texts."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.displayed import style_of
from ingest.sources.token_lists import joined, token_lists

PIECES = st.lists(
    st.sampled_from(['"', ",", "\\", "a", "\n", "u0022", "[", "]", "é", "日", "\x02", "\x00"])
)
TOKENS = st.lists(st.text() | PIECES.map("".join), min_size=1, max_size=5)
NO_TEXT: st.SearchStrategy[Any] = st.sampled_from(
    [5, 1.5, None, True, [], {}, ["a"], [","], [",", ","], {"a": ","}]
)


@given(texts=st.lists(TOKENS, min_size=1, max_size=4))
def test_texts_are_what_a_parser_gives(texts: list[list[str]]) -> None:
    lists: Any = token_lists([orjson.dumps(text) for text in texts], list(map(len, texts)))
    assert lists.to_pylist() == texts
    assert joined(lists).to_pylist() == ["".join(text) for text in texts]


@given(texts=st.lists(TOKENS, max_size=2), bad=TOKENS, what=NO_TEXT, at=st.integers(0, 4))
def test_what_is_no_list_of_texts_is_none(
    texts: list[list[str]], bad: list[Any], what: Any, at: int
) -> None:
    bad[at % len(bad)] = what
    given_ = [*texts, bad]
    assert token_lists([orjson.dumps(text) for text in given_], list(map(len, given_))) is None


@given(texts=st.lists(st.lists(st.text(st.characters(max_codepoint=0x180)) | PIECES.map("".join),
                               min_size=1, max_size=5), min_size=1, max_size=4))  # fmt: skip
def test_a_style_shows_wherever_a_text_is_cut(texts: list[list[str]]) -> None:
    whole = ["".join(text) for text in texts]
    assert style_of(map(orjson.dumps, texts)) == style_of(orjson.dumps([text]) for text in whole)
