"""Random filters of neurons, and a small graph on which they are told apart."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from cypher import ids
from cypher.patterns import conditions as c
from cypher.patterns.order import NeuronOrder
from cypher.patterns.tries import Context, Repeats, TokenPattern, Unconnected
from cypher.patterns.values import (
    Between,
    Link,
    LinkProperty,
    Relation,
    Side,
    Statistic,
    TokenSet,
    Within,
)
from tests.graphs import TOKENS, Tables, small_graph
from tests.tries import add_nodes, motif_columns, random_trie

_TRIE_TABLES = ("TokenGraphNode", "CONTAINS", "STARTS_AT", "PRECEDED_BY", "MATCHES")
_LETTERS = (" play", " Play", "play", " the", "the", '"', "\\n", "'; DROP")
"""Few tokens, so that patterns repeat and share them."""


def graph_with_tries(seed: int) -> Tables:
    """The small graph, whose token graphs have random tries; some neurons have two."""
    source = random.Random(seed)
    tables = small_graph(seed)
    for row in list(tables["TokenGraph"]):
        if source.random() < 0.2:
            other = {**row, "id": ids.token_graph_id(row["neuron_id"], "other"), "source": "other"}
            tables["TokenGraph"].append(other)
            owned = {"source": row["neuron_id"], "target": other["id"], "run_id": row["run_id"]}
            tables["HAS_TOKEN_GRAPH"].append(owned)
    for name in _TRIE_TABLES:
        tables[name] = []
    for row in tables["TokenGraph"]:
        trie = random_trie(source, _LETTERS, depth=3) if source.random() < 0.95 else ()
        row.update(motif_columns(trie))
        add_nodes(tables, row["id"], trie, row["run_id"])
    return tables


numbers = st.sampled_from((-1.0, -0.25, -0.0, 0.0, 1e-9, 0.25, 0.5, 1.0, 12.34567)) | st.floats(
    allow_nan=False
)
ranges = st.builds(Between, st.none() | numbers, st.none() | numbers)
counts = st.builds(Between, st.none() | st.integers(0, 3), st.none() | st.integers(0, 3))
_texts = st.sampled_from(_LETTERS) | st.sampled_from(TOKENS) | st.text(min_size=1, max_size=3)


def _several(texts: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(texts, min_size=1, max_size=3, unique=True).map(tuple)


token_sets = st.one_of(
    st.builds(TokenSet, _several(_texts), st.just(value=False)),
    st.builds(TokenSet, _several(_texts.map(ids.word_id)), st.just(value=True)),
)
_OF = {
    Link.ACTIVATES_ON: (LinkProperty.ACTIVATION, LinkProperty.RANK),
    Link.CONDITIONED_ON: (LinkProperty.IMPORTANCE, LinkProperty.DISTANCE, LinkProperty.RANK),
    Link.READS: (LinkProperty.WEIGHT, LinkProperty.RANK),
    Link.WRITES: (LinkProperty.WEIGHT, LinkProperty.RANK),
    Relation.SIMILAR_TO: (LinkProperty.SIMILARITY, LinkProperty.SHARED, LinkProperty.RANK),
    Relation.CONNECTS_TO: (LinkProperty.WEIGHT, LinkProperty.RANK),
}


def _within(type_: Link | Relation) -> st.SearchStrategy[tuple[Within, ...]]:
    one = st.builds(Within, st.sampled_from(_OF[type_]), ranges | counts)
    return st.lists(one, max_size=1).map(tuple)


_linked = st.sampled_from(Link).flatmap(
    lambda link: st.builds(c.LinkedTo, st.just(link), st.none() | token_sets, _within(link))
)
_contexts = st.builds(
    lambda tokens, nearest, more: Context(tokens, nearest, nearest + more),
    st.lists(token_sets, min_size=1, max_size=2).map(tuple),
    st.integers(1, 3),
    st.integers(0, 30),
)
_fires = st.builds(
    Between,
    st.none() | st.sampled_from((-0.5, 0.0, 0.25, 0.5)),
    st.none() | st.sampled_from((0.5, 1.0)),
)
patterns = st.builds(
    TokenPattern,
    st.lists(token_sets, max_size=2).map(tuple),
    st.lists(_contexts, max_size=2).map(tuple),
    st.lists(_contexts, max_size=2).map(tuple),
    _fires,
)
_tries = st.one_of(
    patterns,
    patterns,
    st.builds(Repeats, st.sampled_from((-0.5, 0.0, 0.25, 0.5, 0.9, 1.0))),
    st.builds(Unconnected, counts),
    st.builds(c.ContextOfLength, counts, _fires),
)
_sides = {
    Relation.SIMILAR_TO: st.just(Side.EITHER),
    Relation.CONNECTS_TO: st.sampled_from(Side),
}
_neurons = st.builds(
    ids.neuron_id,
    st.sampled_from(("toy", "other")),
    st.sampled_from(("0", "1", "1-res")),
    st.integers(0, 41),
)
leaves: st.SearchStrategy[c.Condition] = st.one_of(
    st.builds(c.InModel, st.sampled_from(("toy", "other", "none"))),
    st.builds(c.InLayer, st.sampled_from(("toy/0", "toy/1-res", "other/0", "none"))),
    st.builds(c.HasId, _several(_neurons)),
    st.builds(c.LayerBetween, counts),
    st.builds(c.OfLayerKind, st.sampled_from(("mlp", "sae", "transcoder"))),
    st.builds(c.StatisticBetween, st.sampled_from(Statistic), ranges),
    _linked,
    _linked,
    st.builds(c.TokenGraphF1Between, ranges, st.sampled_from(c.HeldOut)),
    st.builds(c.WorseThanBigrams, st.booleans(), st.sampled_from(c.HeldOut)),
    st.builds(c.Lacks, st.sampled_from(("token_graph", "examples", "explanation", "sense"))),
    st.builds(
        c.Explained,
        st.none() | st.sampled_from(("FIRES", "on 1", " play", "\\n", "'; drop", "𝄞", "")),
        st.none() | st.sampled_from(("template", "other")),
        st.none() | st.just("gpt"),
        st.none() | ranges,
        st.none() | st.sampled_from(("detection", "none")),
    ),
    _tries,
    _tries,
)


def _related(to: st.SearchStrategy[c.Condition]) -> st.SearchStrategy[c.Condition]:
    return st.sampled_from(Relation).flatmap(
        lambda relation: st.builds(
            c.Related,
            st.just(relation),
            _sides[relation],
            to,
            _within(relation),
            st.none() | st.booleans(),
        )
    )


def _trees(parts: st.SearchStrategy[c.Condition]) -> st.SearchStrategy[c.Condition]:
    several = st.lists(parts, max_size=3).map(tuple)
    return st.one_of(
        st.builds(c.AllOf, several),
        st.builds(c.AnyOf, several),
        st.builds(c.Not, parts),
        _related(parts),
    )


filters = st.recursive(leaves, _trees, max_leaves=5)
orders = st.builds(NeuronOrder, st.none() | st.sampled_from(Statistic), st.booleans())
