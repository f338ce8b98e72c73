"""Filters of neurons as Python reads them, row by row, from their definitions alone.

Naive(tables).found(where, order)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from cypher import ids
from cypher.patterns import conditions as c
from cypher.patterns.order import NeuronOrder
from cypher.patterns.tries import Context, Repeats, TokenPattern, Unconnected
from cypher.patterns.values import Between, Side, TokenSet, Within
from tests.graphs import Tables
from tests.tries import Node, Trie, tries_of

Row = Mapping[str, Any]


class Naive:
    """A graph as its rows."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._neurons = {row["id"]: row for row in tables["Neuron"]}
        self._kinds = {row["id"]: row["kind"] for row in tables["Layer"]}
        self._graphs = _groups(tables["TokenGraph"], "neuron_id")
        self._tries = tries_of(tables)
        self._lacks = _groups(tables["LACKS"], "source")
        explanations = {row["id"]: row for row in tables["Explanation"]}
        self._explanations = defaultdict(list)
        for row in tables["HAS_EXPLANATION"]:
            self._explanations[row["source"]].append(explanations[row["target"]])
        scores = {row["id"]: row for row in tables["Score"]}
        self._scores = defaultdict(list)
        for row in tables["HAS_SCORE"]:
            self._scores[row["source"]].append(scores[row["target"]])
        links = ("ACTIVATES_ON", "CONDITIONED_ON", "READS", "WRITES")
        relations = ("SIMILAR_TO", "CONNECTS_TO")
        self._from = {name: _groups(tables[name], "source") for name in (*links, *relations)}
        self._to = {name: _groups(tables[name], "target") for name in relations}

    def meets(  # noqa: PLR0911, PLR0912  one for each
        self, neuron: Row, condition: c.Condition
    ) -> bool:
        id_ = neuron["id"]
        match condition:
            case c.AllOf(parts):
                return all(self.meets(neuron, part) for part in parts)
            case c.AnyOf(parts):
                return any(self.meets(neuron, part) for part in parts)
            case c.Not(part):
                return not self.meets(neuron, part)
            case c.InModel(model):
                return bool(neuron["model_id"] == model)
            case c.InLayer(layer):
                return bool(neuron["layer_id"] == layer)
            case c.HasId(wanted):
                return id_ in wanted
            case c.LayerBetween(blocks):
                return _in(neuron["layer_index"], blocks)
            case c.OfLayerKind(kind):
                return bool(self._kinds[neuron["layer_id"]] == kind)
            case c.StatisticBetween(statistic, values):
                return _in(neuron[statistic], values)
            case c.LinkedTo(link, tokens, within):
                return any(
                    (tokens is None or _of(row["target"], tokens)) and _within(row, within)
                    for row in self._from[link][id_]
                )
            case c.TokenGraphF1Between(values, texts):
                return any(_in(graph[f"{texts}f1"], values) for graph in self._graphs[id_])
            case c.WorseThanBigrams(worse, texts):
                pairs = [
                    (graph[f"{texts}f1"], graph[f"{texts}bigram_baseline_f1"])
                    for graph in self._graphs[id_]
                ]
                return any(worse is (a < b) for a, b in pairs if None not in (a, b))
            case c.Lacks(kind):
                return any(row["kind"] == kind for row in self._lacks[id_])
            case c.Explained():
                return any(self._explains(row, condition) for row in self._explanations[id_])
            case c.Related():
                return self._related(neuron, condition)
            case c.ContextOfLength(lengths, fires):
                return any(
                    _in(len(way) - 1, lengths)
                    for trie in self._of(id_)
                    for way in ways(trie, fires)
                )
            case TokenPattern():
                return any(
                    _does(way, condition)
                    for trie in self._of(id_)
                    for way in ways(trie, condition.activation)
                )
            case Repeats(least):
                return any(
                    repeats(way) for trie in self._of(id_) for way in ways(trie, Between(least))
                )
            case Unconnected(nodes):
                return any(trie and _in(unconnected(trie), nodes) for trie in self._of(id_))

    def found(self, where: c.Condition, order: NeuronOrder) -> list[str]:
        """Ids of the neurons that meet `where`."""
        meeting = [row for row in self._tables["Neuron"] if self.meets(row, where)]

        def natural(row: Row) -> Any:
            return row["model_id"], row["layer_index"], row["layer_id"], row["index"]

        by = order.by
        if by is None:
            meeting.sort(key=natural, reverse=order.descending)
        else:
            meeting.sort(key=natural)
            sign = -1 if order.descending else 1
            meeting.sort(key=lambda row: (row[by] is None, sign * (row[by] or 0.0)))
        return [str(row["id"]) for row in meeting]

    def _of(self, neuron: str) -> Iterator[Trie]:
        for graph in self._graphs[neuron]:
            yield self._tries[graph["id"]]

    def _explains(self, row: Row, wanted: c.Explained) -> bool:
        if wanted.contains is not None and wanted.contains.lower() not in row["text"].lower():
            return False
        if wanted.explainer not in (None, row["explainer"]):
            return False
        if wanted.explainer_model not in (None, row["explainer_model"]):
            return False
        if wanted.score_kind is not None:
            return any(
                score["kind"] == wanted.score_kind
                and _in(score["value"], wanted.score or Between())
                for score in self._scores[row["id"]]
            )
        return wanted.score is None or _in(row["score"], wanted.score)

    def _related(self, neuron: Row, wanted: c.Related) -> bool:
        pairs = []
        if wanted.side is not Side.TARGET:
            pairs += [(r, r["target"]) for r in self._from[wanted.relation][neuron["id"]]]
        if wanted.side is not Side.SOURCE:
            pairs += [(r, r["source"]) for r in self._to[wanted.relation][neuron["id"]]]
        return any(
            _within(row, wanted.within)
            and wanted.same_layer in (None, self._neurons[other]["layer_id"] == neuron["layer_id"])
            and self.meets(self._neurons[other], wanted.to)
            for row, other in pairs
        )


def ways(trie: Trie, activation: Between) -> Iterator[Sequence[Node]]:
    """The patterns of a trie that fire, each as its nodes, the activating one first."""
    for root in trie:
        yield from _ways((root,), activation)


def _ways(way: tuple[Node, ...], activation: Between) -> Iterator[tuple[Node, ...]]:
    if way[-1].is_end and _in(way[-1].activation, activation):
        yield way
    for child in way[-1].children:
        yield from _ways((*way, child), activation)


def _does(way: Sequence[Node], wanted: TokenPattern) -> bool:
    return (
        (not wanted.fires_on or _names(way[0], wanted.fires_on))
        and all(_stands(way, context) for context in wanted.when)
        and not any(_stands(way, context) for context in wanted.without)
    )


def _stands(way: Sequence[Node], context: Context) -> bool:
    return any(
        context.nearest <= distance <= context.farthest and _names(node, context.tokens)
        for distance, node in enumerate(way)
    )


def _names(node: Node, wanted: Iterable[TokenSet]) -> bool:
    return any(_of(token, tokens) for token in node.tokens or () for tokens in wanted)


def _of(token: str, wanted: TokenSet) -> bool:
    return (ids.word_id(token) if wanted.words else token) in wanted.texts


def repeats(way: Sequence[Node]) -> bool:
    """Whether a node of a pattern names a token that its activating node names too."""
    return any(set(way[0].tokens or ()) & set(node.tokens or ()) for node in way[1:])


def unconnected(trie: Trie) -> int:
    """How many activating nodes share no token with what another one leads back to."""
    named = [_all_named(root) for root in trie]
    joined = {at for pair in combinations(range(len(named)), 2)
              if named[pair[0]] & named[pair[1]] for at in pair}  # fmt: skip
    return len(trie) - len(joined)


def _all_named(node: Node) -> set[str]:
    return set(node.tokens or ()).union(*map(_all_named, node.children))


def _groups(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


def _within(row: Row, within: Iterable[Within]) -> bool:
    return all(_in(row[one.property], one.values) for one in within)


def _in(value: float | None, wanted: Between) -> bool:
    if value is None:
        return False
    least, most = wanted.least, wanted.most
    return (least is None or value >= least) and (most is None or value <= most)
