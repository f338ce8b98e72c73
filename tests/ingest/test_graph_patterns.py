"""The patterns that sentences are made of, read back from a pack of known token graphs."""

from __future__ import annotations

from pathlib import Path

import pytest

from cypher.pack import open_pack
from ingest.jobs.patterns import patterns_of
from ingest.n2g.trie import Node
from ingest.sentence import Pattern, sentence
from tests.ingest.test_graph_summary import ED, KNOWN, NOT, PLAY, THEY, TO, pack_of


def patterns(folder: Path, *roots: Node) -> list[Pattern]:
    [(neuron, found)] = patterns_of(open_pack(pack_of(folder / "p", (3, roots))))
    assert neuron == "m/0/3"
    return found


def test_the_sentence_follows_from_the_pack(tmp_path: Path) -> None:
    found = patterns(tmp_path, *KNOWN)
    assert found == [
        Pattern(" play", 0.9, True, (" not",), 1),
        Pattern("ed", 0.8, False, (" to", " they…"), 2),
    ]
    assert sentence(found) == (
        "Fires on “ play” (but not after “ not”); on “ed” after “ to” or “ they…”."
    )


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        pytest.param(
            Node((PLAY, ED), 0.7, 0.0),
            [Pattern(" play", 0.7, True, (), 0), Pattern("ed", 0.7, True, (), 0)],
            id="a root of several tokens",
        ),
        pytest.param(
            Node((ED,), None, 0.0, (Node((PLAY,), 0.6, 0.0, (Node((NOT,), 0.1, 0.0),)),)),
            [Pattern("ed", 0.6, False, (" play",), 1)],
            id="what fires, not what keeps it from firing farther back",
        ),
        pytest.param(
            Node((ED,), 0.1, 0.0, (Node((PLAY,), 0.6, 0.0, (Node((TO,), 0.9, 0.0),)),)),
            [Pattern("ed", 0.9, False, (" play",), 1)],
            id="the shortest context that fires, and the strongest activation",
        ),
        pytest.param(
            Node((ED,), 0.1, 0.0, (Node((PLAY, NOT), None, 0.0, (Node((TO, THEY), 0.9, 0.0),)),)),
            [Pattern("ed", 0.9, False, (" they not", " they play", " to not"), 4)],
            id="nodes of several tokens are written out",
        ),
        pytest.param(
            Node(
                (ED,),
                0.1,
                0.0,
                (
                    Node((TO,), 0.2, 0.0, (Node((THEY,), 0.9, 0.0),)),
                    Node((PLAY,), 0.6, 0.0),
                    Node((NOT,), 0.7, 0.0),
                ),
            ),
            [Pattern("ed", 0.9, False, (" not", " play", " they to"), 3)],
            id="the shortest contexts first, the strongest of equals",
        ),
        pytest.param(
            Node((ED,), 0.1, 0.0, (Node((), None, 0.0, (Node((), 0.9, 0.0),)),)),
            [Pattern("ed", 0.9, False, ("…",), 1)],
            id="any two tokens",
        ),
    ],
)
def test_patterns(tmp_path: Path, root: Node, expected: list[Pattern]) -> None:
    assert patterns(tmp_path, root) == expected


def test_a_graph_that_never_fires_says_nothing(tmp_path: Path) -> None:
    silent = Node((PLAY,), 0.4, 0.0, (Node((NOT,), 0.1, 0.0),))
    assert list(patterns_of(open_pack(pack_of(tmp_path / "p", (3, (silent,)))))) == []
