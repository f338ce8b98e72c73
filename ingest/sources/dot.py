"""The part of Graphviz's DOT that published token graphs are written in, read without Graphviz.

The grammar is that of https://graphviz.org/doc/info/lang.html, without HTML labels and ports.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.errors import SourceError

_LEXEME = re.compile(
    r"""(?P<blank>\s+|//[^\n]*|/\*.*?(?:\*/|\Z)|^\#[^\n]*)
    |(?P<arrow>->|--)
    |(?P<mark>[{}\[\];,=])
    |"(?P<quoted>(?:[^"\\]++|\\.)*+)"
    |(?P<plain>[^\s{}\[\];,="<>-]+|-?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?))""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_PLAIN = r"""[^\s{}\[\];,="<>/\#-][^\s{}\[\];,="<>-]*+"""
_QUOTED = r'"(?:[^"\\]++|\\.)*+"'
_STATEMENT = re.compile(
    rf"""\s*+ ({_PLAIN}|{_QUOTED}) \s*+ (?: -> \s*+ ({_PLAIN}|{_QUOTED}) \s*+ )?+
    (?: \[ ((?: [^"\[\]{{}}<>/\#]++ | {_QUOTED} )*+) \] | (?= [;}}] ) )
    \s*+ (?! [\[/\#] ) [\s;]*+""",
    re.VERBOSE | re.DOTALL,
)
"""A node or one edge as they are mostly written; what does not match is read by its lexemes."""
_ATTRIBUTE = re.compile(
    rf"""[\s,;]*+ ({_PLAIN}|{_QUOTED}) \s*+ = \s*+ ({_PLAIN}|{_QUOTED}) | \s*+ (\S) .*+""",
    re.VERBOSE | re.DOTALL,
)
"""A name and its value; or, of what is neither, the first character, with all that follows it."""
_KEYWORDS = frozenset({"graph", "node", "edge", "subgraph"})
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
        self._text, self._file = text, file
        self._begin = self._end = 0  # of the lexeme that is looked at
        self._graph = DotGraph()
        self._clusters: list[str] = []
        self._names = _Names()
        self._known: dict[str, Mapping[str, str]] = {}
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
            elif not self._usual_statements():
                self._statement(depth)
        self._next()

    def _usual_statements(self) -> bool:
        """Take nodes and edges that are written as usual; False if none comes next."""
        text, place, edges, names = self._text, self._begin, self._graph.edges, self._names
        while (match := _STATEMENT.match(text, place)) is not None:
            written, head, listed = match.groups("")
            name = names[written]
            attributes = self._known.get(listed)
            if attributes is None:
                attributes = _usual_attributes(listed)
            if attributes is None or name in _KEYWORDS:
                break
            if head:
                self._known[listed] = attributes  # edges have the same again and again
                edges.append(DotEdge(name, names[head], attributes))
            else:
                self._node(name).update(attributes)
            place = match.end()
        if place == self._begin:
            return False
        self._end = place
        self._next()
        return True

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
        self._now, self._is_text, self._begin = "", False, self._end
        while self._begin < len(self._text):
            match = _LEXEME.match(self._text, self._begin)
            if match is None:
                found = self._text[self._begin : self._begin + 20]
                raise SourceError(
                    f"{self._file}, line {self._line}: found {found!r}, expected DOT. Fetch the "
                    f"file again."
                )
            self._end = match.end()
            if match.lastgroup != "blank":
                self._is_text = match.lastgroup == "quoted"
                self._now = _unescaped(match["quoted"]) if self._is_text else match[0]
                break
            self._begin = self._end
        return self._now

    @property
    def _line(self) -> int:
        return 1 + self._text.count("\n", 0, self._begin)

    def _wrong(self, expected: str) -> SourceError:
        found = f"{self._now!r:.60}" if self._now or self._is_text else "the end"
        return SourceError(
            f"{self._file}, line {self._line}: found {found}, expected {expected}. "
            f"Is it a token graph in DOT, and whole?"
        )


class _Names(dict[str, str]):
    """Names as they are, by how they are written."""

    def __missing__(self, written: str) -> str:
        self[written] = _name_of(written)
        return self[written]


def _usual_attributes(listed: str) -> dict[str, str] | None:
    """Names and values in a list; None if there is anything else in it."""
    found: dict[str, str] = {}
    for name, value, other in _ATTRIBUTE.findall(listed.rstrip()):
        if other:
            return None
        found[_name_of(name)] = _name_of(value)
    return found


def _name_of(written: str) -> str:
    return _unescaped(written[1:-1]) if written[0] == '"' else written


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text
