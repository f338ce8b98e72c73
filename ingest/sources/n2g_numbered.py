"""Token graphs in DOT that says, beside what it draws, all that was built: see
`ingest.exports.n2g_dot`, which writes it.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from ingest.errors import SourceError
from ingest.sources.dot import DotGraph
from ingest.sources.n2g_drawn import END, Drawn, DrawnNode

_MOST = 10**6
"""Nodes of a graph: more than any has."""


def is_numbered(graph: DotGraph) -> bool:
    """Whether a drawing is one of these."""
    return graph.attributes.get("numbered") == "true"


def read_numbered(graph: DotGraph, file: str) -> Drawn:
    """The graph that was drawn. Raises SourceError where what stands beside it is malformed."""
    nodes: dict[int, DrawnNode] = {}
    numbers: dict[str, int] = {}
    for name, attributes in graph.nodes.items():
        number = numbers[name] = _number(attributes, "number", name, file)
        node = _node(attributes, name, file)
        known = nodes.get(number)
        if known is None:
            nodes[number] = node
        elif node.token is not None:  # another token of the same node
            nodes[number] = replace(known, also=(*known.also, node.token))
    before: dict[int, dict[int, None]] = defaultdict(dict)
    n_gaps = 0
    for edge in graph.edges:
        for end in (edge.tail, edge.head):
            if end not in numbers:
                raise SourceError(f"{file}: found an edge of {end!r}, expected a node called so.")
        tail, head = numbers[edge.tail], numbers[edge.head]
        position = nodes[tail].position
        for text in edge.attributes.get("through", "").split():
            number = _number({"through": text}, "through", f"{edge.tail} -> {edge.head}", file)
            position -= 1
            gap = DrawnNode(None, position, True, None, None, False, ())
            n_gaps += number not in nodes
            if nodes.setdefault(number, gap) != gap:
                raise SourceError(
                    f"{file}: found node {number} in a gap and elsewhere, expected it in one place."
                )
            before[tail][number] = None
            tail = number
        if nodes[head].position >= nodes[tail].position:
            raise SourceError(f"{file}: found an edge to a later token, expected a trie.")
        before[tail][head] = None
    places = {number: place for place, number in enumerate(sorted(nodes))}
    linked = tuple(
        replace(nodes[number], before=tuple(places[earlier] for earlier in before[number]))
        for number in places
    )
    lost = sum(node.token is None and not node.is_gap for node in linked)
    return Drawn(linked, lost, n_gaps, graph.attributes.get("note", ""))


def _node(attributes: Mapping[str, str], name: str, file: str) -> DrawnNode:
    token: object = None
    if "token" in attributes:
        try:
            token = json.loads(attributes["token"])
            str(token).encode()  # half a surrogate pair is no text
        except (ValueError, RecursionError):
            token = ""
        if not isinstance(token, str) or not token:
            raise _wrong(attributes, "token", name, file, "a text in JSON")
    position = -_number({"position": attributes.get("position", "").removeprefix("-")},
                        "position", name, file)  # fmt: skip
    return DrawnNode(
        token if isinstance(token, str) else None,
        position,
        False,
        _share(attributes, "activation", name, file),
        _share(attributes, "importance", name, file),
        attributes.get("penwidth") == f"{END:g}",
        (),
    )


def _number(attributes: Mapping[str, str], field: str, name: str, file: str) -> int:
    text = attributes.get(field, "")
    if not (text.isascii() and text.isdigit() and len(text) < 8 and int(text) < _MOST):
        raise _wrong(attributes, field, name, file, f"a number below {_MOST}")
    return int(text)


def _share(attributes: Mapping[str, str], field: str, name: str, file: str) -> float | None:
    if field not in attributes:
        return None
    try:
        share = float(attributes[field])
    except ValueError:
        share = math.nan
    if not math.isfinite(share):
        raise _wrong(attributes, field, name, file, "a finite number")
    return share


def _wrong(
    attributes: Mapping[str, str], field: str, name: str, file: str, expected: str
) -> SourceError:
    return SourceError(
        f"{file}: node {name!r}, {field}: found {attributes.get(field, 'nothing')!r}, expected "
        f"{expected}."
    )
