"""DeepDecipher's answer about a token graph: the numbers that its drawing is made of.

{"graph": {"subgraph_indices": [0, 0, 10, 55],     where each depth begins, and the end
           "graph": [{"token", "required", "importance"}]}}

The first depth that has nodes is that of the activating tokens. `required` are nodes for the
token before; `importance` is how full the colour was. Tokens may have DOT's quotes still.
"""

from __future__ import annotations

import re
from itertools import pairwise

from ingest.sources.fields import Record
from ingest.sources.n2g_drawn import LEAST_ACTIVATION, LEAST_IMPORTANCE, Drawn, DrawnNode
from ingest.sources.n2g_graph import linked_nodes, token_of

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"\Z', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')


def read_deciphered(graph: Record) -> Drawn:
    """The graph of an answer. Raises SourceError if it is none."""
    items = list(graph.records("graph"))
    begins = graph.indices("subgraph_indices")
    if any(first > second for first, second in pairwise([0, *begins])) or (
        items and (not begins or begins[0] != 0 or begins[-1] != len(items))
    ):
        raise graph.wrong("subgraph_indices", f"places from 0 to {len(items)}, ascending")
    depths = [depth for depth, (a, b) in enumerate(pairwise(begins)) for _ in range(a, b)]
    first = min(depths, default=0)
    nodes = [_node(item, first - depth) for item, depth in zip(items, depths, strict=True)]
    later = []
    for at, item in enumerate(items):
        for earlier in item.indices("required"):
            if earlier >= len(nodes) or nodes[earlier].position >= nodes[at].position:
                raise item.wrong("required", "nodes of later depths")
            later.append((at, earlier))
    return linked_nodes(nodes, later)


def _node(item: Record, position: int) -> DrawnNode:
    text = item.string("token")
    quoted = _QUOTED.match(text)
    if quoted is not None:
        text = _ESCAPED.sub(r"\1", quoted[1])
    share = min(max(item.number("importance"), 0.0), 1.0)
    activation = importance = None
    if position == 0:
        activation = round(LEAST_ACTIVATION + (1 - LEAST_ACTIVATION) * share, 4)
    else:
        importance = round(LEAST_IMPORTANCE + (1 - LEAST_IMPORTANCE) * share, 4)
    return DrawnNode(token_of(text), position, False, activation, importance, False, ())
