"""A token graph as DOT that N2G's readers understand, and that loses nothing to ours.

It is drawn as Neuron to Graph draws: a cluster for each position, the activating tokens' last,
edges back to the context, activation and importance as colours, gaps left out. Beside what is
drawn stand attributes that other readers skip: `numbered` and `note` of the graph; `number`,
`position`, `token`, `activation` and `importance` of a node; and the numbers of the gap's nodes
that an edge goes `through`. A node that accepts several tokens is drawn once for each; one that
accepts `any` is drawn if a pattern is complete there, or it leads to nothing.
`ingest.sources.n2g_numbered` reads them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from ingest.sources.n2g_drawn import END, LEAST_ACTIVATION, LEAST_IMPORTANCE

_THIN = 1
"""Pen width of a node that is no end."""


@dataclass(slots=True)
class TrieNode:
    """A node of a token graph."""

    number: int
    """From 0."""
    position: int
    """0 for the activating token, -1, -2 … going back."""
    is_gap: bool
    """Whether it accepts any token."""
    activation: float | None
    importance: float | None
    is_end: bool
    tokens: list[str] = field(default_factory=list)
    """What it accepts; none in a gap, or if its source has lost the text."""

    @property
    def names(self) -> list[str]:
        """Its names in the drawing: one for each token."""
        return [f"{self.number}.{at}" if at else str(self.number) for at in range(self.n_drawn)]

    @property
    def n_drawn(self) -> int:
        """How often it is drawn."""
        return max(1, len(self.tokens))


def dot(
    name: str, nodes: Sequence[TrieNode], edges: Sequence[tuple[int, int]], note: str | None
) -> str:
    """The drawing. `edges` go from a node's number to that of one for the token before it."""
    led_on = {later for later, _ in edges}
    passed = {n.number for n in nodes if n.is_gap and not n.is_end and n.number in led_on}
    drawn = sorted(
        (node for node in nodes if node.number not in passed),
        key=lambda node: (-node.position, node.number),
    )
    by_number = {node.number: node for node in drawn}
    depth = -min((node.position for node in drawn), default=0)
    lines = [
        f"digraph {_quoted(name)} {{",
        "    graph [nodesep=0.2 rankdir=RL ranksep=1.5 splines=spline numbered=true "
        f"note={_quoted(note or '')}]",
        "    node [fixedsize=true height=0.75 style=filled width=2]",
    ]
    for position, members in groupby(drawn, key=lambda node: node.position):
        lines.append(f"    subgraph cluster_{depth + position} {{")
        lines += [f"        {line}" for node in members for line in _node_lines(node)]
        lines.append("    }")
    for later, earlier, through in _steps(sorted(by_number), edges, passed):
        over = f' through="{" ".join(map(str, through))}"' if through else ""
        lines += [
            f"    {_quoted(tail)} -> {_quoted(head)} [dir=back penwidth=3{over}]"
            for tail in by_number[later].names
            for head in by_number[earlier].names
        ]
    return "\n".join([*lines, "}"]) + "\n"


def _node_lines(node: TrieNode) -> Iterator[str]:
    facts: dict[str, object] = {"number": node.number, "position": node.position}
    facts |= {"activation": node.activation, "importance": node.importance}
    known = [f'{key}="{value}"' for key, value in facts.items() if value is not None]
    look = [f"penwidth={END if node.is_end else _THIN:g}", *_colour(node)]
    if node.position == 0:
        look.append("shape=box")
    drawn = [json.dumps(token) for token in node.tokens] or [""]
    for name, token in zip(node.names, drawn, strict=True):
        text = ["label=" + _quoted(token.strip('[]"'))]  # as N2G makes it
        if token:
            text.append(f"token={_quoted(token)}")
        elif node.is_gap:
            text.append("any=true")
        yield f"{_quoted(name)} [{' '.join([*text, *look, *known])}]"


def _colour(node: TrieNode) -> Iterator[str]:
    if node.position == 0 and node.activation is not None:
        level = _level(node.activation, LEAST_ACTIVATION)
        yield f'fillcolor="#ff{level}{level}"'
    elif node.position < 0 and node.importance is not None:
        level = _level(node.importance, LEAST_IMPORTANCE)
        yield f'fillcolor="#{level}{level}ff"'


def _level(share: float, least: float) -> str:
    """The channels that fade: all of them at the least share and below, none at 1."""
    faded = 255 - round(255 * (share - least) / (1 - least))
    return f"{min(255, max(0, faded)):02x}"


def _steps(
    drawn: Sequence[int], edges: Sequence[tuple[int, int]], passed: Collection[int]
) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """From each drawn node to each for an earlier token, and the gap's nodes between them."""
    before: dict[int, list[int]] = defaultdict(list)
    for later, earlier in sorted(edges):
        before[later].append(earlier)
    for number in drawn:
        ways: list[tuple[int, tuple[int, ...]]] = [(at, ()) for at in reversed(before[number])]
        while ways:
            at, through = ways.pop()
            if at in passed:
                ways += [(earlier, (*through, at)) for earlier in reversed(before[at])]
            else:
                yield number, at, through


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
