"""Ways into the graph: where to begin, so that the fewest neurons are looked at.

What a condition says of tokens, runs, explanations or other neurons can be followed backwards
from these. An entry leads to every neuron that can meet a condition, and perhaps to others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cypher.patterns import conditions as c
from cypher.patterns import paths
from cypher.patterns.counts import UNKNOWN, Counted, Counts
from cypher.patterns.normal import conjuncts
from cypher.patterns.parameters import Parameters
from cypher.patterns.tests import path_of
from cypher.patterns.tries import TokenPattern
from cypher.patterns.values import Relation, TokenSet

_EACH = {Relation.SIMILAR_TO: 40, Relation.CONNECTS_TO: 40}
"""Neurons that one is related with, about: packs keep 20 of either side."""


@dataclass(frozen=True, slots=True)
class GraphNames:
    """One of its token graphs names one of these tokens: what a pattern of them needs."""

    tokens: TokenSet


Leaf = c.LinkedTo | c.Lacks | c.Explained | c.HasId | c.InLayer | c.OfLayerKind | GraphNames


@dataclass(frozen=True, slots=True)
class Way:
    """To what a leaf is about, perhaps by way of other neurons."""

    leaf: Leaf
    by: tuple[c.Related, ...]
    """From the neuron that is asked about to the one that the leaf is about."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Ways of which one leads to each neuron that meets a condition."""

    ways: tuple[Way, ...]
    proves: c.Condition | None
    """What need not be tested any more of whatever it leads to."""
    weight: int
    """How many neurons it leads to, about."""


def entries(where: c.Condition, counts: Counts) -> list[Entry]:
    """The entries that each part of `where` has, the narrowest first."""
    found = [entry for part in conjuncts(where) for entry in _entries(part, counts)]
    return sorted(found, key=lambda entry: entry.weight)


def counted(where: c.Condition) -> set[Counted]:
    """What has to be counted to tell which entry is the narrowest; nothing if there is one."""
    found = entries(where, UNKNOWN)
    if len(found) < 2:
        return set()
    return {one for entry in found for way in entry.ways for one in _counted(way.leaf)}


def matching(way: Way, neuron: str, kept: str, parameters: Parameters, match: str) -> list[str]:
    """Clauses, each a `match`, that bind `neuron` by a way, perhaps several times.

    `kept` are the columns that are kept beside it, with a comma behind. Each clause begins where
    the one before has ended, so that they can be optional. Where a clause bounds a relationship a
    WITH stands behind it: without, Ladybug 0.22 forgets the bound when another relationship
    follows. It stands nowhere else, for behind it Ladybug follows the next one from every node.
    """
    passed = [neuron, *(parameters.variable("m") for _ in way.by)]
    found = [f"{match} {_path(way.leaf, f'({passed[-1]}:Neuron)', parameters)}"]
    bounded = isinstance(way.leaf, c.Lacks) or (
        isinstance(way.leaf, c.LinkedTo) and bool(way.leaf.within)
    )
    for relation, here, there in reversed(list(zip(way.by, passed, passed[1:], strict=False))):
        if bounded:
            found.append(f"WITH DISTINCT {kept}{there}")
        path, tests = paths.related(f"({here}:Neuron)", there, relation, parameters)
        found.append(f"{match} {paths.filtered(path, tests)}")
        bounded = bool(relation.within)
    return found


def _entries(part: c.Condition, counts: Counts) -> Iterator[Entry]:
    match part:
        case c.AnyOf(parts):
            every = [min(_of(one, counts), key=_weight, default=None) for one in parts]
            if parts and all(every):
                chosen = [entry for entry in every if entry is not None]
                ways = tuple(way for entry in chosen for way in entry.ways)
                yield Entry(ways, None, sum(entry.weight for entry in chosen))
        case c.Related():
            for entry in entries(part.to, counts):
                ways = tuple(Way(way.leaf, (part, *way.by)) for way in entry.ways)
                exact = entry.proves is not None and conjuncts(part.to) == (entry.proves,)
                weight = entry.weight * _EACH[part.relation]
                yield Entry(ways, part if exact else None, weight)
        case TokenPattern():
            for sets in (part.fires_on, *(context.tokens for context in part.when)):
                if sets:
                    ways = tuple(Way(GraphNames(one), ()) for one in sets)
                    yield Entry(ways, None, sum(counts.of(_counted(way.leaf)) for way in ways))
        case c.LinkedTo(tokens=None):
            return
        case c.LinkedTo() | c.Lacks() | c.Explained() | c.HasId() | c.InLayer() | c.OfLayerKind():
            yield Entry((Way(part, ()),), part, counts.of(_counted(part)))
        case _:
            return


def _of(condition: c.Condition, counts: Counts) -> Sequence[Entry]:
    return entries(condition, counts)


def _weight(entry: Entry) -> int:
    return entry.weight


def _counted(leaf: Leaf) -> Sequence[Counted]:
    match leaf:
        case c.LinkedTo(link, TokenSet(texts, words)):
            return [Counted(link, text, words) for text in texts]
        case GraphNames(TokenSet(texts, words)):
            return [Counted("MATCHES", text, words) for text in texts]
        case c.Lacks(kind):
            return [Counted("LACKS", kind)]
        case c.HasId(ids):
            return [Counted("id", id_) for id_ in ids]
        case _:
            return [Counted(type(leaf).__name__, "")]


def _path(leaf: Leaf, neuron: str, parameters: Parameters) -> str:
    match leaf:
        case GraphNames(wanted):
            return paths.graph_names(neuron, wanted, parameters)
        case c.HasId(ids):
            here = neuron.strip("()").partition(":")[0]
            return f"{neuron} WHERE {here}.id IN {parameters.add_list(ids)}"
        case c.InLayer(layer):
            return f"(:Layer {{id: {parameters.add(layer)}}})-[:HAS_NEURON]->{neuron}"
        case c.OfLayerKind(kind):
            variable = parameters.variable("l")
            of_kind = f"{variable}.kind = {parameters.add(kind)}"
            return f"({variable}:Layer)-[:HAS_NEURON]->{neuron} WHERE {of_kind}"
        case _:
            return path_of(leaf, neuron, parameters)
