"""N2G's own trie of a neuron, as `FeatureModel.to_json` writes it: nothing is lost in it.

{"louds": {"lbs": {"byte_vec": [181, 128], "bit_len": 13, …}},     the trie's shape
 "tokens": [{"token": {"token": 41}, "end_node": 0.7, "importance": 1.0}, …]}

The shape is a level-order unary degree sequence, as Jacobson described it in "Space-efficient
static trees and graphs" (1989): a 1 for each child of a node and then a 0, for a node above the
root, the root, and so on by level; the first bit is the highest of its byte. `tokens` has the
nodes in the same order. The first two stand for the one above and the root, and say nothing. The
root's children are the activating tokens; a token of 2^32 - 1 is any. `end_node` is the activation
where a pattern is complete, as a share of the neuron's maximum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ingest.sources.fields import Record
from ingest.sources.n2g_drawn import Drawn

_ANY = 2**32 - 1
_ABOVE = 2
"""Nodes that stand for the one above the root and for the root."""


def read_model(model: Record, texts: Sequence[str]) -> Drawn:
    """The trie, of tokens with these texts by number. Raises SourceError where it is malformed.

    An activating token at which no pattern is complete has the activation of the strongest pattern
    that begins at it. What accepts any token has no importance.
    """
    nodes = list(model.records("tokens"))[_ABOVE:]
    parents = _parents(model, len(nodes))
    tokens = [_token(node.record("token"), texts) for node in nodes]
    ends = [node.optional_number("end_node") for node in nodes]
    positions: list[int] = []
    for place, parent in enumerate(parents):
        if parent is None and tokens[place] is None:
            raise nodes[place].record("token").wrong("token", "an activating token, not any")
        positions.append(0 if parent is None else positions[parent] - 1)
    strongest = list(ends)
    for place in range(len(nodes) - 1, -1, -1):
        parent, found = parents[place], strongest[place]
        if parent is not None and found is not None:
            known = strongest[parent]
            strongest[parent] = found if known is None else max(known, found)
    edges = [(parent, place) for place, parent in enumerate(parents) if parent is not None]
    named = [(place, token) for place, token in enumerate(tokens) if token is not None]
    return Drawn(
        positions,
        [token is None for token in tokens],
        [strongest[at] if parents[at] is None else end for at, end in enumerate(ends)],
        [
            None if token is None else node.optional_number("importance")
            for node, token in zip(nodes, tokens, strict=True)
        ],
        [end is not None for end in ends],
        [later for later, _ in edges],
        [earlier for _, earlier in edges],
        [place for place, _ in named],
        [token for _, token in named],
        "",
    )


def _parents(model: Record, count: int) -> list[int | None]:
    """The place of each node's parent; None for the root's children."""
    parents: list[int | None] = []
    for node, n_children in enumerate(_degrees(model), start=-_ABOVE):
        if node == -_ABOVE:
            if n_children != 1:
                raise model.wrong("louds", "one root")
            continue
        if node >= len(parents):
            raise model.wrong("louds", "one trie")
        parents += [node if node >= 0 else None] * n_children
    if len(parents) != count:
        raise model.wrong("tokens", f"{len(parents) + _ABOVE}, as many as louds has nodes")
    return parents


def _degrees(model: Record) -> Iterator[int]:
    """How many children each node has, by level, that above the root first."""
    bits = model.record("louds").record("lbs")
    values, length = bits.indices("byte_vec"), bits.index("bit_len")
    if max(values, default=0) > 0xFF or len(values) != -(-length // 8):
        raise bits.wrong("byte_vec", f"bytes that hold {length} bits")
    text = "".join(f"{value:08b}" for value in values)[:length]
    if not text.endswith("0") or text.count("1") * 2 + 1 != length:
        raise bits.wrong("byte_vec", "a 1 for each node and a 0 after each one's children")
    return map(len, text[:-1].split("0"))


def _token(record: Record, texts: Sequence[str]) -> str | None:
    """A token's text; None of any."""
    number = record.index("token")
    if number == _ANY:
        return None
    if number >= len(texts):
        raise record.wrong("token", f"a number below {len(texts)}, as many as the tokenizer has")
    return texts[number]
