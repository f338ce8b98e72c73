"""Motifs of token graphs, against their definitions on every way through the trie."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from cypher.motifs import Motifs, motifs_of
from cypher.patterns import Between
from tests.naive import repeats, unconnected, ways
from tests.tries import Node, Trie


@dataclass(frozen=True, slots=True)
class Drawn:
    """A token graph as its nodes and edges; one node may stand before several."""

    nodes: list[tuple[int, Node]]
    """Positions, and nodes without what stands before them."""
    edges: list[tuple[int, int]]

    def motifs(self) -> Motifs:
        return motifs_of(
            [node.tokens or () for _, node in self.nodes],
            positions=[position for position, _ in self.nodes],
            activations=[node.activation for _, node in self.nodes],
            is_end=[node.is_end for _, node in self.nodes],
            edges=self.edges,
        )

    def trie(self) -> Trie:
        """The same with a node of its own for each way to it."""
        before = defaultdict(list)
        for node, earlier in self.edges:
            before[node].append(earlier)

        def unfolded(number: int) -> Node:
            node = self.nodes[number][1]
            children = tuple(map(unfolded, before[number]))
            return Node(node.tokens, node.activation, children, node.is_end)

        return tuple(unfolded(at) for at, (position, _) in enumerate(self.nodes) if position == 0)


_NODE = st.builds(
    Node,
    st.none() | st.lists(st.sampled_from("abcdefgh"), max_size=2, unique=True).map(tuple),
    st.none() | st.sampled_from((-0.25, 0.0, 0.4, 0.5, 1.0)),
    is_end=st.booleans(),
)


@st.composite
def _drawn(draw: st.DrawFn) -> Drawn:
    nodes = draw(st.lists(st.tuples(st.integers(-4, 0), _NODE), max_size=12))
    pairs = [
        (later, earlier)
        for later, (position, _) in enumerate(nodes)
        for earlier, (back, _) in enumerate(nodes)
        if back == position - 1
    ]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return Drawn(nodes, edges)


@given(_drawn())
def test_they_are_what_all_ways_through_the_trie_say(drawn: Drawn) -> None:
    trie, found = drawn.trie(), drawn.motifs()
    assert found.n_unconnected == (unconnected(trie) if trie else None)
    strengths = [way[-1].activation for way in ways(trie, Between()) if repeats(way)]
    known = [strength for strength in strengths if strength is not None]
    assert found.repeat_activation == max(known, default=None)


def _chain(*tokens: tuple[str, ...], activation: float | None = 0.5) -> Drawn:
    """An activating node and what stands before it; a pattern ends at the last."""
    last = len(tokens) - 1
    return Drawn(
        [(-at, Node(named, activation if at == last else None)) for at, named in enumerate(tokens)],
        [(at, at + 1) for at in range(last)],
    )


def test_a_token_that_comes_again_in_the_context() -> None:
    assert _chain(("a",), (), ("b", "a")).motifs() == Motifs(1, 0.5)
    assert _chain(("a",), ("b",), ("c",)).motifs() == Motifs(1, None)
    assert _chain(("a", "a")).motifs() == Motifs(1, None)
    assert _chain(("a",), ("a",), activation=None).motifs() == Motifs(1, None)


def test_a_context_that_two_share_connects_them() -> None:
    nodes = [(0, Node(("a",), 1.0)), (0, Node(("b",), 1.0)), (0, Node(("c",), 1.0))]
    apart = Drawn(nodes, [])
    assert apart.motifs() == Motifs(3, None)
    shared = Drawn([*nodes, (-1, Node(("d",), 0.5))], [(0, 3), (2, 3)])
    assert shared.motifs() == Motifs(1, None)
    named = Drawn([*nodes, (-1, Node(("b",), 0.5))], [(0, 3)])
    assert named.motifs() == Motifs(1, None)


def test_without_an_activating_node_there_are_none() -> None:
    assert Drawn([], []).motifs() == Motifs(None, None)
    assert Drawn([(-1, Node(("a",), 1.0))], []).motifs() == Motifs(None, None)


def test_many_ways_are_not_walked_one_by_one() -> None:
    """Sixty times two nodes, each before both of the next: 2 ** 60 ways."""
    nodes = [(-(at // 2), Node(("a",) if at > 117 else (str(at),))) for at in range(120)]
    nodes[0] = (0, Node(("a",)))
    nodes[119] = (nodes[119][0], Node(("a",), 0.75))
    edges = [
        (later, earlier)
        for later in range(118)
        for earlier in range(later + 2 - later % 2, later + 4 - later % 2)
    ]
    assert Drawn(nodes, edges).motifs() == Motifs(0, 0.75)
