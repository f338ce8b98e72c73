"""The patterns of token graphs, read back from a pack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, islice, product
from math import prod

from cypher.pack import Pack
from ingest.n2g.evidence import FIRING
from ingest.sentence import WRITTEN, Pattern

_ANY = "…"
"""Stands for tokens that may be any."""
_Path = tuple[str, ...]
"""Ids of nodes, from the one before the activating token back."""


def patterns_of(pack: Pack) -> Iterator[tuple[str, list[Pattern]]]:
    """Each neuron's id and its patterns, the strongest first; those that have none are left out."""
    graphs = _Graphs(pack)
    for neuron, graph in sorted(_pairs(pack, "HAS_TOKEN_GRAPH")):
        found = [pattern for start in graphs.starts[graph] for pattern in graphs.patterns(start)]
        found.sort(key=lambda pattern: (-pattern.activation, pattern.token))
        if found:
            yield neuron, found


class _Graphs:
    """The token graphs of a pack."""

    def __init__(self, pack: Pack) -> None:
        nodes = pack.table("TokenGraphNode", ["id", "activation"]).to_pylist()
        self._activation = {row["id"]: row["activation"] for row in nodes}
        self._tokens = _lists(pack, "MATCHES")
        self._before = _lists(pack, "PRECEDED_BY")
        self.starts = _lists(pack, "STARTS_AT")

    def patterns(self, start: str) -> Iterator[Pattern]:
        """One for each token of an activating node, if it fires in some context."""
        activation = self._strongest(start)
        if activation < FIRING:
            return
        always = self._fires(start)
        # What ends the walk back: where the first that is otherwise than the start is known.
        paths = list(self._paths(start, (), fires=not always))
        paths.sort(key=lambda path: (len(path), -(self._activation[path[-1]] or 0.0), path))
        written = [text for path in paths[:WRITTEN] for text in self._texts(path)]
        count = sum(prod(len(self._tokens.get(node, _ANY)) for node in path) for path in paths)
        for token in self._tokens[start]:
            yield Pattern(token, activation, always, tuple(written[:WRITTEN]), count)

    def _fires(self, node: str) -> bool:
        return (self._activation[node] or 0.0) >= FIRING

    def _strongest(self, node: str) -> float:
        """The largest activation at or behind a node."""
        behind = (self._strongest(child) for child in self._before.get(node, ()))
        return max(float(self._activation[node] or 0.0), *behind, 0.0)

    def _paths(self, node: str, path: _Path, *, fires: bool) -> Iterator[_Path]:
        """The shortest ways back to nodes that fire, or to those that do not."""
        for child in self._before.get(node, ()):
            way = (*path, child)
            if self._activation[child] is not None and self._fires(child) is fires:
                yield way
            else:
                yield from self._paths(child, way, fires=fires)

    def _texts(self, path: _Path) -> Iterator[str]:
        """The first texts that a way accepts, as they are read."""
        accepted: list[Sequence[str]] = []
        for known, nodes in groupby(reversed(path), key=self._tokens.__contains__):
            accepted.extend([self._tokens[node] for node in nodes] if known else [[_ANY]])
        yield from ("".join(tokens) for tokens in islice(product(*accepted), WRITTEN))


def _lists(pack: Pack, table: str) -> dict[str, list[str]]:
    """The targets of a relationship by source, in order."""
    found: dict[str, list[str]] = {}
    for source, target in _pairs(pack, table):
        found.setdefault(source, []).append(target)
    return {source: sorted(targets) for source, targets in found.items()}


def _pairs(pack: Pack, table: str) -> Iterator[tuple[str, str]]:
    rows = pack.table(table, ["source", "target"])
    yield from zip(
        rows.column("source").to_pylist(), rows.column("target").to_pylist(), strict=True
    )
