"""The part of Graphviz's DOT that published token graphs are written in, read without Graphviz.

The grammar is that of https://graphviz.org/doc/info/lang.html, without HTML labels and ports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.errors import SourceError

_LEXEME = re.compile(
    r"""(?P<blank>\s+|//[^\n]*|/\*.*?\*/|^\#[^\n]*)
    |(?P<arrow>->|--)
    |(?P<mark>[{}\[\];,=])
    |"(?P<quoted>(?:[^"\\]|\\.)*)"
    |(?P<plain>[^\s{}\[\];,="<>-]+|-?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?))""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_ESCAPED = re.compile(r'\\(["\\])')
_DEEPEST = 16
"""Subgraphs within subgraphs; published graphs have one level."""


@dataclass(frozen=True, slots=True)
class DotEdge:
    """An edge as it is written."""

    tail: str
    head: str
    attributes: Mapping[str, str]


@dataclass(slots=True)
class DotGraph:
    """What a DOT text says, in its order."""

    nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    """Attributes of each node, quotes and escapes undone."""
    clusters: dict[str, list[str]] = field(default_factory=dict)
    """Nodes that were first named in each subgraph, by its name, empty ones too."""
    edges: list[DotEdge] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    """Of the whole graph."""


def read_dot(text: str, file: str) -> DotGraph:
    """The graph in a DOT text. Raises SourceError, with the line, at what is no DOT."""
    return _Parser(text, file).graph()


class _Parser:
    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._last = 1
        self._lexemes = self._read(text)
        self._graph = DotGraph()
        self._clusters: list[str] = []
        self._next()

    def graph(self) -> DotGraph:
        if self._now == "strict":
            self._next()
        if self._now not in ("digraph", "graph"):
            raise self._wrong("digraph")
        self._next()
        if self._now != "{":
            self._next()  # its name
        self._statements(0)
        return self._graph

    def _statements(self, depth: int) -> None:
        if depth > _DEEPEST:
            raise self._wrong(f"no more than {_DEEPEST} subgraphs within one another")
        self._expect("{")
        while self._now != "}" or self._is_text:
            if self._now == ";" and not self._is_text:
                self._next()
            else:
                self._statement(depth)
        self._next()

    def _statement(self, depth: int) -> None:
        if self._now == "subgraph" and not self._is_text:
            name = self._next()
            if name != "{":
                self._next()
            self._clusters.append(name)
            self._graph.clusters.setdefault(name, [])
            self._statements(depth + 1)
            self._clusters.pop()
            return
        name = self._name()
        if self._now in ("->", "--") and not self._is_text:
            tails = [name]
            while self._now in ("->", "--") and not self._is_text:
                self._next()
                tails.append(self._name())
            attributes = self._attributes()
            for tail, head in pairwise(tails):
                self._graph.edges.append(DotEdge(tail, head, attributes))
        elif self._now == "=" and not self._is_text:
            self._next()
            self._name()
        else:
            attributes = self._attributes()
            if name == "graph" and not self._clusters:
                self._graph.attributes.update(attributes)
            elif name not in ("graph", "node", "edge"):
                self._node(name).update(attributes)

    def _node(self, name: str) -> dict[str, str]:
        if name not in self._graph.nodes:
            self._graph.nodes[name] = {}
            if self._clusters:
                self._graph.clusters[self._clusters[-1]].append(name)
        return self._graph.nodes[name]

    def _attributes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while self._now == "[" and not self._is_text:
            self._next()
            while self._now != "]" or self._is_text:
                if self._now in (",", ";") and not self._is_text:
                    self._next()
                    continue
                key = self._name()
                self._expect("=")
                found[key] = self._name()
            self._next()
        return found

    def _name(self) -> str:
        if not self._is_text and self._now in ("{", "}", "[", "]", ";", ",", "=", "->", "--", ""):
            raise self._wrong("a name")
        name = self._now
        self._next()
        return name

    def _expect(self, mark: str) -> None:
        if self._now != mark or self._is_text:
            raise self._wrong(mark)
        self._next()

    def _next(self) -> str:
        """Go on to the next lexeme; `""`, which is no text, at the end."""
        self._now, self._is_text, self._line = next(self._lexemes, ("", False, self._last))
        return self._now

    def _read(self, text: str) -> Iterator[tuple[str, bool, int]]:
        place, line = 0, 1
        while place < len(text):
            match = _LEXEME.match(text, place)
            if match is None:
                raise SourceError(
                    f"{self._file}, line {line}: found {text[place : place + 20]!r}, expected "
                    f"DOT. Fetch the file again."
                )
            quoted = match["quoted"]
            if quoted is not None:
                yield _ESCAPED.sub(r"\1", quoted), True, line
            elif match["blank"] is None:
                yield match[0], False, line
            line += match[0].count("\n")
            self._last = line
            place = match.end()

    def _wrong(self, expected: str) -> SourceError:
        found = repr(self._now) if self._now or self._is_text else "the end"
        return SourceError(
            f"{self._file}, line {self._line}: found {found}, expected {expected}. "
            f"Is it a token graph in DOT, and whole?"
        )
