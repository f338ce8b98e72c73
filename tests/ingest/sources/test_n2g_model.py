"""N2G's own tries, as `FeatureModel.to_json` writes them: read whole, and written back as DOT."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.errors import SourceError
from ingest.sources.fields import Record
from ingest.sources.n2g_model import read_model
from tests.ingest.exports.comparing import exported, loaded, tables
from tests.ingest.sources.importing import by_id, ends, imported, rows, written

ANY = 2**32 - 1
TOKENIZER = {
    "model": {"vocab": {"Ġthe": 0, "cat": 1, "Ġ": 2, "Ã©": 3, "Ċ": 4}},
    "added_tokens": [{"id": 5, "content": "<|end|>"}],
}
LOUDS = {
    "lbs": {
        "byte_vec": [182, 144],
        "bit_len": 15,
        "chunks": {"chunks": [{"value": 6, "blocks": {"blocks": [{"value": 1, "length": 1}]}}]},
        "table": {"bit_length": 1, "table": [0, 1]},
    }
}
"""As the crate louds-rs, 0.6 and 0.7, writes the shape of `TRIE`; of its ranks only some are here."""


def node(token: int, end: float | None = None, importance: float | None = 1.0) -> dict[str, Any]:
    return {"token": {"token": token}, "end_node": end, "importance": importance}


NOTHING = node(ANY, importance=None)
TRIE: dict[str, Any] = {
    "louds": LOUDS,
    "tokens": [
        NOTHING, NOTHING, node(1, importance=0.75), node(3), node(0, 0.5, 0.875), node(ANY, importance=0.0),
        node(4, 0.25, 0.5), node(0, 0.75, 0.625),
    ],
}  # fmt: skip
"""cat ← the; cat ← any ← the; é ← line end."""
FILES = {"neuron_graphs/tiny/run/0_1.json": TRIE, "tokenizer.json": TOKENIZER}


def test_a_trie_arrives_whole(tmp_path: Path) -> None:
    pack = imported("n2g", written(tmp_path / "in", FILES), tmp_path / "pack")
    graph = "tiny/0/1@n2g"
    found = {
        own.removeprefix(graph): (n["kind"], n["position"], n["activation"], n["importance"], n["is_end"])
        for own, n in by_id(pack, "TokenGraphNode").items()
    }  # fmt: skip
    assert found == {
        "#0": ("activating", 0, 0.75, 0.75, False),
        "#1": ("activating", 0, 0.25, 1.0, False),
        "#2": ("context", -1, 0.5, 0.875, True),
        "#3": ("ignore", -1, None, None, False),
        "#4": ("context", -1, 0.25, 0.5, True),
        "#5": ("context", -2, 0.75, 0.625, True),
    }
    of = [tuple(end.removeprefix(graph) for end in pair) for pair in ends(pack, "PRECEDED_BY")]
    assert set(of) == {("#0", "#2"), ("#0", "#3"), ("#1", "#4"), ("#3", "#5")}
    matched = {(a.removeprefix(graph), token) for a, token in ends(pack, "MATCHES")}
    assert matched == {("#0", "cat"), ("#1", "é"), ("#2", " the"), ("#4", "\n"), ("#5", " the")}
    fires = {(row["target"], row["activation"], row["rank"]) for row in rows(pack, "ACTIVATES_ON")}
    assert fires == {("cat", 0.75, 1), ("é", 0.25, 2)}
    [whole] = rows(pack, "TokenGraph")
    assert (whole["n_nodes"], whole["note"]) == (6, None)


def test_it_comes_back_as_a_drawing(ladybug_graph: str, tmp_path: Path) -> None:
    ended = {**TRIE, "tokens": [*TRIE["tokens"][:5], node(ANY, 0.125), *TRIE["tokens"][6:]]}
    files = {**FILES, "neuron_graphs/tiny/run/0_2.json": ended}
    pack = imported("n2g", written(tmp_path / "in", files), tmp_path / "pack")
    out = exported("n2g", loaded(pack, ladybug_graph), tmp_path / "out")
    assert (out / "neuron_graphs" / "tiny" / "n2g" / "0_1" / "graph").exists()
    again = tables(imported("n2g", out, tmp_path / "again"))
    for table in ("TokenGraph", "TokenGraphNode", "PRECEDED_BY", "MATCHES", "ACTIVATES_ON"):
        assert again[table] == tables(pack)[table], table


def test_an_empty_trie_is_one(tmp_path: Path) -> None:
    empty = {"louds": {"lbs": {"byte_vec": [128], "bit_len": 3}}, "tokens": [NOTHING, NOTHING]}
    files = {"output/tiny/models/0_1/model.json": empty, "tokenizer.json": TOKENIZER}
    pack = imported("n2g", written(tmp_path / "in", files), tmp_path / "pack")
    assert [row["n_nodes"] for row in rows(pack, "TokenGraph")] == [0]


_SHARES = st.none() | st.floats(0, 1)
_CHILDREN: st.SearchStrategy[Any] = st.recursive(
    st.just({}),
    lambda inner: st.dictionaries(
        st.sampled_from([0, 1, 2, 3, 4, ANY]), st.tuples(_SHARES, _SHARES, inner), max_size=3
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(_CHILDREN)
def test_every_trie_is_read_as_it_was_written(children: dict[int, Any]) -> None:
    texts = [" the", "cat", " ", "é", "\n"]
    children = {token: found for token, found in children.items() if token != ANY}
    level, bits, tokens = [(None, children)], "10", [NOTHING, NOTHING]
    expected: list[tuple[Any, ...]] = []
    edges: list[tuple[int, int]] = []
    depth = 0
    while level:
        below: list[tuple[Any, Any]] = []
        for parent, inner in level:
            bits += "1" * len(inner) + "0"
            for token, (end, importance, further) in inner.items():
                place = len(expected)
                tokens.append(node(token, end, importance))
                is_any = token == ANY
                expected.append(
                    (depth, is_any, end is not None, None if is_any else importance,
                     None if is_any else texts[token])
                )  # fmt: skip
                if parent is not None:
                    edges.append((parent, place))
                below.append((place, further))
        level, depth = below, depth - 1
    padded = bits + "0" * (-len(bits) % 8)
    louds = {"byte_vec": [int(padded[at : at + 8], 2) for at in range(0, len(padded), 8)],
             "bit_len": len(bits)}  # fmt: skip
    drawn = read_model(Record({"louds": {"lbs": louds}, "tokens": tokens}, "0_1.json"), texts)
    named = dict(zip(drawn.accepting, drawn.accepted, strict=True))
    assert [
        (drawn.positions[at], drawn.is_gap[at], drawn.is_end[at], drawn.importances[at], named.get(at))
        for at in range(len(drawn))
    ] == expected  # fmt: skip
    assert list(zip(drawn.later, drawn.earlier, strict=True)) == edges
    behind = [at for at in range(len(drawn)) if drawn.positions[at] < 0]
    assert [drawn.activations[at] for at in behind] == [tokens[at + 2]["end_node"] for at in behind]


@pytest.mark.parametrize(
    ("louds", "message"),
    [
        ({"byte_vec": [182]}, "bytes that hold 15 bits"),
        ({"byte_vec": [182, 256]}, "bytes that hold 15 bits"),
        ({"byte_vec": [182, 146]}, "a 1 for each node"),
        ({"byte_vec": [214, 144]}, "one root"),
        ({"byte_vec": [137, 223], "bit_len": 16}, "a 1 for each node"),
        ({"byte_vec": [0b10010_000], "bit_len": 5}, "one trie"),
        ({"byte_vec": [128], "bit_len": 3}, "field tokens: found a list of 8, expected 2"),
    ],
)  # fmt: skip
def test_a_shape_that_is_none_is_said(louds: dict[str, Any], message: str) -> None:
    trie = {**TRIE, "louds": {"lbs": {**LOUDS["lbs"], **louds}}}
    with pytest.raises(SourceError, match=message):
        read_model(Record(trie, "0_1.json"), [" the"] * 6)


def test_numbers_need_texts(tmp_path: Path) -> None:
    alone = written(tmp_path / "in", {"neuron_graphs/tiny/run/0_1.json": TRIE})
    with pytest.raises(SourceError, match=r"0_1\.json: .*Put the model's tokenizer\.json into"):
        imported("n2g", alone, tmp_path / "pack")
    with pytest.raises(SourceError, match="a number below 4, as many as the tokenizer has"):
        read_model(Record(TRIE, "0_1.json"), [" the"] * 4)
    any_fires = {
        "louds": {"lbs": {"byte_vec": [0b10100_000], "bit_len": 5}},
        "tokens": [NOTHING] * 3,
    }
    with pytest.raises(SourceError, match="an activating token, not any"):
        read_model(Record(any_fires, "0_1.json"), [])
