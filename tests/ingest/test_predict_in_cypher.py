"""The trie in Python predicts what `tests.cypher.test_predict` asks of the statement."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ingest.n2g.predict import Runner
from ingest.n2g.trie import Node
from tests import tries

LETTERS = ("a", "b", "c", "d", "e")
NUMBER = {letter: at for at, letter in enumerate(LETTERS)}


def by_number(trie: Sequence[tries.Node], number: Mapping[str, int]) -> tuple[Node, ...]:
    """The same trie by token id."""
    return tuple(
        Node(
            tuple(sorted(number[token] for token in node.tokens or ())),
            node.activation if node.is_end else None,
            0.0,
            by_number(node.children, number),
        )
        for node in trie
    )


@given(
    seed=st.integers(0, 2**32),
    depth=st.integers(0, 4),
    text=st.lists(st.sampled_from(LETTERS), max_size=12),
)
def test_python_and_the_definition_agree(seed: int, depth: int, text: list[str]) -> None:
    trie = tries.random_trie(random.Random(seed), LETTERS, depth=depth)
    tokens = np.array([NUMBER[token] for token in text], np.int32)
    found = Runner(by_number(trie, NUMBER))(tokens)
    assert found.tolist() == tries.predicted(trie, text)
