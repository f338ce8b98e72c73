"""The motif of many token graphs at a time is that of each."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cypher import ids
from cypher.motifs import motifs_of
from ingest.sources.drawn_rows import DrawnRows
from ingest.sources.n2g_drawn import Drawn
from ingest.sources.unconnected import unconnected


@st.composite
def graphs(draw: st.DrawFn) -> Drawn:
    """Nodes by depth, each with edges to some of the next one, which name some of few tokens."""
    depths = sorted(draw(st.lists(st.integers(0, 3), max_size=9)))
    pairs = [(a, b) for b, deep in enumerate(depths) for a in range(b) if depths[a] == deep - 1]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    named = [
        (at, token)
        for at in range(len(depths))
        for token in draw(st.lists(st.sampled_from("abcd"), max_size=2, unique=True))
    ]
    nothing: list[Any] = [None] * len(depths)
    return Drawn(
        [-depth for depth in depths],
        [False] * len(depths),
        nothing,
        nothing,
        [False] * len(depths),
        [later for later, _ in edges],
        [earlier for _, earlier in edges],
        [at for at, _ in named],
        [token for _, token in named],
    )


@settings(deadline=None)
@given(st.lists(graphs(), max_size=4))
def test_of_many_graphs_it_is_that_of_each(many: list[Drawn]) -> None:
    rows, expected = DrawnRows("r"), list[int | None]()
    for index, one in enumerate(many):
        neuron = ids.neuron_id("m", 0, index)
        rows.add(ids.token_graph_id(neuron, "n2g"), neuron, one)
        motifs = motifs_of(
            one.tokens,
            positions=one.positions,
            activations=one.activations,
            is_end=one.is_end,
            edges=zip(one.later, one.earlier, strict=True),
        )
        expected.append(motifs.n_unconnected)
    assert unconnected(rows.columns()).to_pylist() == expected
