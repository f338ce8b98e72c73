"""Conditions in Cypher: each as a test, and some as an entry.

A test is an expression over a neuron `n` that is true or false and never null, so that it can
stand below a `not`. An entry is a way into the graph: clauses that bind `n` to each neuron that
meets the condition, once.
"""

from __future__ import annotations

from cypher.patterns.conditions import (
    AllOf,
    Condition,
    FiresOnToken,
    FiresOnWord,
    InModel,
    Lacks,
    LayerBetween,
    OfLayerKind,
    StatisticBetween,
    TokenGraphF1Between,
    WorseThanBigrams,
)
from cypher.patterns.parameters import Parameters

_ENTRIES = (FiresOnToken, FiresOnWord, Lacks, OfLayerKind)
"""What has an entry; those that lead to the fewest neurons first."""


def holds(condition: Condition, parameters: Parameters) -> str:  # noqa: PLR0911  one for each
    """An expression over `n`."""
    match condition:
        case AllOf(parts):
            return " AND ".join(f"({holds(part, parameters)})" for part in parts) or "true"
        case InModel(model):
            return f"n.model_id = {parameters.add(model)}"
        case LayerBetween(least, most):
            return _between("n.layer_index", least, most, parameters)
        case StatisticBetween(statistic, least, most):
            return _between(statistic.of_neuron, least, most, parameters)
        case TokenGraphF1Between(least, most, texts):
            return _has_graph(_between(f"g.{texts}f1", least, most, parameters))
        case WorseThanBigrams(worse, texts):
            sign = "<" if worse else ">="
            return _has_graph(f"g.{texts}f1 {sign} g.{texts}bigram_baseline_f1")
        case OfLayerKind():
            return f"EXISTS {{ {_layers_of_kind('(n)', condition, parameters)} }}"
        case FiresOnToken():
            return f"EXISTS {{ {_fires_on_token('(n)', condition, parameters)} }}"
        case FiresOnWord():
            return f"EXISTS {{ {_fires_on_word('(n)', condition, parameters)} }}"
        case Lacks():
            return f"EXISTS {{ {_lacks('(n)', condition, parameters)} }}"


def narrowest(parts: tuple[Condition, ...]) -> Condition | None:
    """The part to enter the graph through; null if none of them has an entry."""
    entries = [part for part in parts if isinstance(part, _ENTRIES)]
    return min(entries, key=lambda part: _ENTRIES.index(type(part)), default=None)


def entry(condition: Condition | None, parameters: Parameters) -> str:
    """Clauses that bind `n`: to what meets `condition`, or to every neuron."""
    match condition:
        case FiresOnToken():
            return f"{_fires_on_token('(n:Neuron)', condition, parameters)} WITH n"
        case FiresOnWord():
            return f"{_fires_on_word('(n:Neuron)', condition, parameters)} WITH DISTINCT n"
        case Lacks():
            return f"{_lacks('(n:Neuron)', condition, parameters)} WITH DISTINCT n"
        case OfLayerKind():
            return f"{_layers_of_kind('(n:Neuron)', condition, parameters)} WITH n"
        case _:
            return "MATCH (n:Neuron)"


def _fires_on_token(neuron: str, condition: FiresOnToken, parameters: Parameters) -> str:
    return f"MATCH {neuron}-[:ACTIVATES_ON]->(:Token {{id: {parameters.add(condition.token)}}})"


def _fires_on_word(neuron: str, condition: FiresOnWord, parameters: Parameters) -> str:
    word = f"(:Word {{id: {parameters.add(condition.word)}}})"
    return f"MATCH {neuron}-[:ACTIVATES_ON]->(:Token)-[:FORM_OF]->{word}"


def _lacks(neuron: str, condition: Lacks, parameters: Parameters) -> str:
    kind = parameters.add(condition.kind)
    return f"MATCH {neuron}-[k:LACKS]->(:IngestRun) WHERE k.kind = {kind}"


def _layers_of_kind(neuron: str, condition: OfLayerKind, parameters: Parameters) -> str:
    kind = parameters.add(condition.kind)
    return f"MATCH (l:Layer)-[:HAS_NEURON]->{neuron} WHERE l.kind = {kind}"


def _has_graph(test: str) -> str:
    return f"EXISTS {{ MATCH (n)-[:HAS_TOKEN_GRAPH]->(g:TokenGraph) WHERE {test} }}"


def _between(value: str, least: float | None, most: float | None, parameters: Parameters) -> str:
    bounds = [f"{value} IS NOT NULL"]
    if least is not None:
        bounds.append(f"{value} >= {parameters.add(least)}")
    if most is not None:
        bounds.append(f"{value} <= {parameters.add(most)}")
    return " AND ".join(bounds)
