"""A token graph as Graphviz DOT, to be drawn with `dot -Tsvg`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_SHAPES = {"activating": "box", "context": "ellipse", "ignore": "point"}
_PICTURES = {number: chr(0x2400 + number) for number in range(0x20)} | {0x7F: "␡"}
"""Control characters are shown as their pictures: a newline as ␊."""
_TOKENS = 6
"""Tokens of a node that are written out."""


@dataclass(frozen=True, slots=True)
class DotNode:
    """What is drawn of a node."""

    id: str
    kind: str
    tokens: Sequence[str]
    strength: float | None
    """Activation or importance, which colours it."""
    is_end: bool


def to_dot(name: str, nodes: Iterable[DotNode], edges: Iterable[tuple[str, str]]) -> str:
    """The graph, read from left to right as the text is: an edge points to the later token."""
    lines = [f"digraph {quoted(name)} {{", "  rankdir=LR;", "  node [style=filled];"]
    lines += [f"  {quoted(node.id)} [{_attributes(node)}];" for node in nodes]
    lines += [f"  {quoted(earlier)} -> {quoted(later)};" for later, earlier in edges]
    return "\n".join([*lines, "}"]) + "\n"


def label(tokens: Sequence[str]) -> str:
    """The tokens that a node accepts, or how many more there are; `*` if it accepts any.

    Never "and 1 more", which is no shorter.
    """
    most = _TOKENS if len(tokens) > _TOKENS + 1 else _TOKENS + 1
    shown = [visible(token) for token in tokens[:most]]
    hidden = len(tokens) - len(shown)
    if hidden:
        shown.append(f"… and {hidden} more")
    return " | ".join(shown) or "*"


def visible(token: str) -> str:
    """A token as it is drawn: white space at its ends and control characters made visible."""
    body = token.strip(" ")
    before = len(token) - len(token.lstrip(" "))
    after = len(token) - before - len(body)
    return ("␣" * before + body + "␣" * after).translate(_PICTURES)


def quoted(text: str) -> str:
    """A DOT string. In it a backslash begins an escape and `&` an entity, so both are escaped."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
    return f'"{escaped.translate(_PICTURES)}"'


def _attributes(node: DotNode) -> str:
    attributes: Mapping[str, str] = {
        "shape": _SHAPES.get(node.kind, "ellipse"),
        "label": quoted(label(node.tokens)),
        "fillcolor": quoted(_colour(node)),
        "peripheries": "2" if node.is_end else "1",
    }
    return ", ".join(f"{name}={value}" for name, value in attributes.items())


def _colour(node: DotNode) -> str:
    """Hue, saturation, value: red for what fires, blue for its context, fuller if stronger."""
    hue = 0.0 if node.kind == "activating" else 0.6
    strength = 0.0 if node.strength is None else min(max(node.strength, 0.0), 1.0)
    return f"{hue:.3f} {0.7 * strength:.3f} 1.000"
