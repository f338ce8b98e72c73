"""N2G's drawn token graphs: from any of the three dialects of DOT to a trie's nodes.

What is drawn is less than what was built: nodes of one depth and token are one, gaps of tokens
that do not matter are left out, numbers are colours, and a token that begins or ends with a
bracket or a quote has lost it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from ingest.errors import SourceError
from ingest.sources.dot import DotGraph, read_dot
from ingest.sources.n2g_drawn import END, LEAST_ACTIVATION, LEAST_IMPORTANCE, Drawn, drawn_graph
from ingest.sources.n2g_numbered import is_numbered, read_numbered

_CLUSTER = re.compile(r"cluster_?(-?\d{1,6})\Z")
_COLOUR = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})\Z")
_KNOWN_COLOURS = 1 << 10
_DEEPEST = 4096
"""Tokens back from the activating one: more than any model of that time read."""


def read_drawn(text: str, file: str) -> Drawn:
    """The graph in a DOT text of N2G. Raises SourceError if it is none."""
    graph = read_dot(text, file)
    if is_numbered(graph):
        return read_numbered(graph, file)
    later = _later(graph, file)
    positions = _positions(graph, later, file)
    order = sorted(graph.nodes, key=lambda name: -positions[name])  # stable: as they are written
    numbers = {name: number for number, name in enumerate(order)}
    looks = [_look(graph.nodes[name], positions[name], name, file) for name in order]
    tokens, activations, importances, is_end = zip(*looks, strict=True) if looks else ((),) * 4
    return drawn_graph(
        tokens,
        positions=[positions[name] for name in order],
        activations=activations,
        importances=importances,
        is_end=is_end,
        later=[numbers[node] for node, _ in later],
        earlier=[numbers[earlier] for _, earlier in later],
        file=file,
    )


def _later(graph: DotGraph, file: str) -> list[tuple[str, str]]:
    """Edges from each node to the one for the token before it.

    The first dialect writes them so, and turns the arrow by `dir`; the others the other way.
    """
    turned = {edge.attributes.get("dir") == "back" for edge in graph.edges}
    if len(turned) > 1:
        raise SourceError(f'{file}: found edges with and without dir="back", expected one kind.')
    found = []
    for edge in graph.edges:
        for end in (edge.tail, edge.head):
            if end not in graph.nodes:
                raise SourceError(
                    f"{file}: found an edge of {end!r:.60}, expected a node called so."
                )
        found.append((edge.tail, edge.head) if turned == {True} else (edge.head, edge.tail))
    return found


def _positions(graph: DotGraph, later: Sequence[tuple[str, str]], file: str) -> Mapping[str, int]:
    """How far back each node's token stands: by its cluster."""
    numbers: dict[str, int] = {}
    for name, members in graph.clusters.items():
        match = _CLUSTER.match(name)
        if match is None and members:
            raise SourceError(
                f"{file}: found the subgraph {name!r:.60}, expected cluster_ and a number."
            )
        numbers |= dict.fromkeys(members, int(match[1]) if match else 0)
    for name in graph.nodes:
        if name not in numbers:
            raise SourceError(f"{file}: found node {name!r:.60} in no cluster, expected it in one.")
    if not numbers:
        return {}
    # towards the activating tokens the numbers rise in the first dialect, and fall in the others
    rising = {numbers[node] > numbers[earlier] for node, earlier in later} or {
        _is_red(graph, numbers, max) and not _is_red(graph, numbers, min)
    }
    if len(rising) > 1 or any(numbers[node] == numbers[earlier] for node, earlier in later):
        raise SourceError(f"{file}: found edges both ways between clusters, expected a trie.")
    sign = 1 if rising == {True} else -1
    first = max(sign * number for number in numbers.values())
    positions = {name: sign * number - first for name, number in numbers.items()}
    if min(positions.values()) < -_DEEPEST:
        raise SourceError(f"{file}: found a cluster {-min(positions.values())} tokens back.")
    return positions


def _is_red(
    graph: DotGraph, numbers: Mapping[str, int], which: Callable[[Iterable[int]], int]
) -> bool:
    """Whether the nodes of the cluster with the largest or smallest number are activating ones."""
    chosen = which(numbers.values())
    colours = (
        _rgb(graph.nodes[name].get("fillcolor", ""))
        for name, number in numbers.items()
        if number == chosen
    )
    return any(colour is not None and colour[0] > colour[2] for colour in colours)


def _look(
    attributes: Mapping[str, str], position: int, name: str, file: str
) -> tuple[str | None, float | None, float | None, bool]:
    """A node's token, activation and importance, and whether a pattern ends there."""
    if "label" not in attributes:
        raise SourceError(f"{file}: found node {name!r:.60} without a label, expected its token.")
    activation = importance = None
    colour = _rgb(attributes.get("fillcolor", ""))
    if colour is not None and position == 0:
        activation = _share(LEAST_ACTIVATION, colour[1])
    elif colour is not None:
        importance = _share(LEAST_IMPORTANCE, colour[0])
    try:
        width = float(attributes.get("penwidth", "0"))
    except ValueError as error:
        raise SourceError(
            f"{file}: node {name!r:.60}, penwidth: found {attributes['penwidth']!r:.60}, expected a number."
        ) from error
    return token_of(attributes["label"]), activation, importance, width == END


def _share(least: float, channel: int) -> float:
    """What a colour stands for: white is the least, the full colour 1."""
    return round(least + (1 - least) * (255 - channel) / 255, 4)


@lru_cache(_KNOWN_COLOURS)
def _rgb(colour: str) -> tuple[int, int, int] | None:
    match = _COLOUR.match(colour)
    return None if match is None else (int(match[1], 16), int(match[2], 16), int(match[3], 16))


def token_of(label: str) -> str | None:
    """The token that a label was made of, by `json.dumps(token).strip('[]"')`; None if it is lost.

    A backslash that is left over at the end has lost its quote.
    """
    if "\\" not in label and '"' not in label:  # as most are
        return label or None
    slashes = len(label) - len(label.rstrip("\\"))
    text = label + '"' if slashes % 2 else label
    try:
        token = json.loads(f'"{text}"', strict=False)
        token.encode()
    except ValueError:
        return label or None
    return token or None
