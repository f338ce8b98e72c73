"""Conditions as tests: expressions over a neuron that are true or false and never null.

What an engine cannot say in an expression is worked out before, by `cypher.patterns.stages`,
and stands in a column of its own: `known` has the columns.
"""

from __future__ import annotations

from collections.abc import Mapping

from cypher.patterns import conditions as c
from cypher.patterns import paths, ways
from cypher.patterns.parameters import Parameters
from cypher.patterns.tries import Repeats, TokenPattern, Unconnected
from cypher.patterns.values import Between

Known = Mapping[c.Condition, str]
"""Columns that hold whether a condition is met."""


def holds(  # noqa: PLR0911  one for each
    condition: c.Condition, n: str, parameters: Parameters, known: Known
) -> str:
    """An expression over the neuron in the variable `n`."""
    if condition in known:
        return known[condition]
    match condition:
        case c.AllOf(parts):
            every = [f"({holds(part, n, parameters, known)})" for part in parts]
            return " AND ".join(every) or "true"
        case c.AnyOf(parts):
            every = [f"({holds(part, n, parameters, known)})" for part in parts]
            return " OR ".join(every) or "false"
        case c.Not(part):
            return f"NOT ({holds(part, n, parameters, known)})"
        case (
            c.InModel()
            | c.InLayer()
            | c.HasId()
            | c.LayerBetween()
            | c.StatisticBetween()
            | c.OfLayerKind()
        ):
            return _own(condition, n, parameters)
        case c.TokenGraphF1Between() | c.WorseThanBigrams() | Repeats() | Unconnected():
            graph = parameters.variable("g")
            test = _of_graph(condition, graph, parameters)
            return _exists(f"({n})-[:HAS_TOKEN_GRAPH]->({graph}:TokenGraph) WHERE {test}")
        case c.Related():
            variable = parameters.variable("m")
            path, tests = paths.related(f"({n})", variable, condition, parameters)
            tests.append(holds(condition.to, variable, parameters, known))
            return _exists(paths.filtered(path, tests))
        case TokenPattern():
            return ways.holds(condition, n, parameters)
        case _:
            return _exists(path_of(condition, f"({n})", parameters))


Reaching = c.LinkedTo | c.Lacks | c.Explained | c.ContextOfLength
"""Conditions that are met where a path leads somewhere."""


def path_of(condition: Reaching, neuron: str, parameters: Parameters) -> str:
    """The path of which there is one if the condition is met."""
    match condition:
        case c.LinkedTo():
            return paths.linked(neuron, condition, parameters)
        case c.Lacks():
            return paths.lacks(neuron, condition, parameters)
        case c.Explained():
            return paths.explained(neuron, condition, parameters)
        case c.ContextOfLength():
            return paths.context_of_length(neuron, condition, parameters)


_Own = c.InModel | c.InLayer | c.HasId | c.LayerBetween | c.StatisticBetween | c.OfLayerKind


def _own(condition: _Own, n: str, parameters: Parameters) -> str:
    """Of what stands in the neuron or its layer themselves."""
    match condition:
        case c.InModel(model):
            return f"{n}.model_id = {parameters.add(model)}"
        case c.InLayer(layer):
            return f"{n}.layer_id = {parameters.add(layer)}"
        case c.HasId(ids):
            return f"{n}.id IN {parameters.add_list(ids)}"
        case c.LayerBetween(blocks):
            return paths.between(f"{n}.layer_index", blocks, parameters)
        case c.StatisticBetween(statistic, values):
            return paths.between(statistic.of(n), values, parameters)
        case c.OfLayerKind(kind):
            layer = parameters.variable("l")
            of_kind = f"{layer}.kind = {parameters.add(kind)}"
            return _exists(f"({layer}:Layer)-[:HAS_NEURON]->({n}) WHERE {of_kind}")


_OfGraph = c.TokenGraphF1Between | c.WorseThanBigrams | Repeats | Unconnected


def _of_graph(condition: _OfGraph, g: str, parameters: Parameters) -> str:
    """Of what stands in a token graph itself."""
    match condition:
        case c.TokenGraphF1Between(values, texts):
            return paths.between(f"{g}.{texts}f1", values, parameters)
        case c.WorseThanBigrams(worse, texts):
            sign = "<" if worse else ">="
            return f"{g}.{texts}f1 {sign} {g}.{texts}bigram_baseline_f1"
        case Repeats(least):
            return paths.between(f"{g}.repeat_activation", Between(least), parameters)
        case Unconnected(nodes):
            return paths.between(f"{g}.n_unconnected", nodes, parameters)


def _exists(path: str) -> str:
    return f"EXISTS {{ MATCH {path} }}"
