"""Conditions as tests: expressions over a neuron that are true or false and never null.

What an engine cannot say in an expression is worked out before, by `cypher.patterns.stages`,
and stands in a column of its own: `known` has the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cypher.patterns import conditions as c
from cypher.patterns import paths, ways
from cypher.patterns.parameters import Parameters
from cypher.patterns.tries import Repeats, TokenPattern, Unconnected

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
            | c.TokenGraphF1Between()
            | c.WorseThanBigrams()
        ):
            return _own(condition, n, parameters)
        case c.Related():
            variable = parameters.variable("m")
            path, tests = paths.related(f"({n})", variable, condition, parameters)
            tests.append(holds(condition.to, variable, parameters, known))
            return _exists(paths.filtered(path, tests))
        case TokenPattern() | Repeats() | Unconnected():
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


_Own = (
    c.InModel
    | c.InLayer
    | c.HasId
    | c.LayerBetween
    | c.StatisticBetween
    | c.OfLayerKind
    | c.TokenGraphF1Between
    | c.WorseThanBigrams
)


def _own(  # noqa: PLR0911  one for each
    condition: _Own, n: str, parameters: Parameters
) -> str:
    """Of what stands in the neuron, its layer or its graphs themselves."""
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
        case c.TokenGraphF1Between(values, texts):
            return _has_graph(
                n, lambda g: paths.between(f"{g}.{texts}f1", values, parameters), parameters
            )
        case c.WorseThanBigrams(worse, texts):
            sign = "<" if worse else ">="
            return _has_graph(
                n, lambda g: f"{g}.{texts}f1 {sign} {g}.{texts}bigram_baseline_f1", parameters
            )


def _has_graph(n: str, test: Callable[[str], str], parameters: Parameters) -> str:
    graph = parameters.variable("g")
    return _exists(f"({n})-[:HAS_TOKEN_GRAPH]->({graph}:TokenGraph) WHERE {test(graph)}")


def _exists(path: str) -> str:
    return f"EXISTS {{ MATCH {path} }}"
