"""Token graphs in DOT that says, beside what it draws, all that was built: see
`ingest.exports.n2g_dot`, which writes it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingest.errors import SourceError
from ingest.sources.dot import DotGraph
from ingest.sources.n2g_drawn import END, Drawn

_MOST = 10**6
"""Nodes of a graph: more than any has."""


def is_numbered(graph: DotGraph) -> bool:
    """Whether a drawing is one of these."""
    return graph.attributes.get("numbered") == "true"


@dataclass(slots=True)
class _Node:
    tokens: list[str]
    position: int
    is_gap: bool
    activation: float | None = None
    importance: float | None = None
    is_end: bool = False


def read_numbered(graph: DotGraph, file: str) -> Drawn:
    """The graph that was drawn. Raises SourceError where what stands beside it is malformed."""
    nodes: dict[int, _Node] = {}
    numbers: dict[str, int] = {}
    for name, attributes in graph.nodes.items():
        number = numbers[name] = _number(attributes, "number", name, file)
        node = _node(attributes, name, file)
        known = nodes.setdefault(number, node)
        if known is not node:  # another token of the same node
            known.tokens += node.tokens
    edges: dict[tuple[int, int], None] = {}
    for tail, head, through in _steps(graph, numbers, file):
        end, position = tail, nodes[tail].position
        for text in through.split():
            number = _number({"through": text}, "through", f"{tail} -> {head}", file)
            position -= 1
            gap = nodes.setdefault(number, _Node([], position, True))
            if not gap.is_gap or gap.position != position:
                raise SourceError(
                    f"{file}: found node {number} in a gap and elsewhere, expected it in one place."
                )
            edges[end, number] = None
            end = number
        if nodes[head].position >= nodes[end].position:
            raise SourceError(f"{file}: found an edge to a later token, expected a trie.")
        edges[end, head] = None
    places = {number: place for place, number in enumerate(sorted(nodes))}
    ordered = [nodes[number] for number in places]
    accepted = dict.fromkeys(
        (at, token) for at, node in enumerate(ordered) for token in node.tokens
    )
    return Drawn(
        [node.position for node in ordered],
        [node.is_gap for node in ordered],
        [node.activation for node in ordered],
        [node.importance for node in ordered],
        [node.is_end for node in ordered],
        [places[later] for later, _ in edges],
        [places[earlier] for _, earlier in edges],
        [place for place, _ in accepted],
        [token for _, token in accepted],
        graph.attributes.get("note", ""),
    )


def _steps(
    graph: DotGraph, numbers: Mapping[str, int], file: str
) -> Iterator[tuple[int, int, str]]:
    """The drawn edges by numbers of nodes, each once: nodes of many tokens have it for each pair."""
    known = set()
    for edge in graph.edges:
        try:
            step = (numbers[edge.tail], numbers[edge.head], edge.attributes.get("through", ""))
        except KeyError as error:
            raise SourceError(
                f"{file}: found an edge of {error.args[0]!r:.60}, expected a node called so."
            ) from error
        if step not in known:
            known.add(step)
            yield step


def _node(attributes: Mapping[str, str], name: str, file: str) -> _Node:
    tokens = []
    if "token" in attributes:
        try:
            token = json.loads(attributes["token"])
            str(token).encode()  # half a surrogate pair is no text
        except (ValueError, RecursionError):
            token = ""
        if not isinstance(token, str) or not token:
            raise _wrong(attributes, "token", name, file, "a text in JSON")
        tokens.append(token)
    position = -_number({"position": attributes.get("position", "").removeprefix("-")},
                        "position", name, file)  # fmt: skip
    return _Node(
        tokens,
        position,
        attributes.get("any") == "true",
        _share(attributes, "activation", name, file),
        _share(attributes, "importance", name, file),
        attributes.get("penwidth") == f"{END:g}",
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
        f"{file}: node {name!r:.60}, {field}: found {attributes.get(field, 'nothing')!r:.60}, expected "
        f"{expected}."
    )
