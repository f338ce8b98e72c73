"""Ways from a neuron to what a condition is about: what follows MATCH, with its WHERE.

`neuron` is the variable in brackets, `(n)` where it is bound and `(n:Neuron)` where it is not.
"""

from __future__ import annotations

from collections.abc import Iterable

from cypher.patterns.conditions import ContextOfLength, Explained, Lacks, LinkedTo, Related
from cypher.patterns.parameters import Parameters
from cypher.patterns.values import Between, Side, TokenSet, Within

_ARROWS = {Side.SOURCE: ("-", "->"), Side.TARGET: ("<-", "-"), Side.EITHER: ("-", "-")}


def tokens(begin: str, type_: str, wanted: TokenSet | None, parameters: Parameters) -> str:
    """From `begin`, by a relationship of `type_`, to a token of a set; unfinished WHERE."""
    if wanted is None:
        return f"{begin}-[{type_}]->(:Token)"
    hops = f"{begin}-[{type_}]->"
    label = "Word" if wanted.words else "Token"
    if wanted.words:
        hops += "(:Token)-[:FORM_OF]->"
    if len(wanted.texts) == 1:
        return f"{hops}(:{label} {{id: {parameters.add(wanted.texts[0])}}})"
    variable = parameters.variable("t")
    return f"{hops}({variable}:{label}) WHERE {variable}.id IN {parameters.add_list(wanted.texts)}"


def linked(neuron: str, condition: LinkedTo, parameters: Parameters) -> str:
    """To the tokens that a relationship leads to."""
    variable = parameters.variable("r")
    path = tokens(neuron, f"{variable}:{condition.link}", condition.tokens, parameters)
    return filtered(path, _bounded(variable, condition.within, parameters))


def graph_names(neuron: str, wanted: TokenSet, parameters: Parameters) -> str:
    """To the nodes of its token graphs that name one of these tokens."""
    graph = f"{neuron}-[:HAS_TOKEN_GRAPH]->(:TokenGraph)-[:CONTAINS]->(:TokenGraphNode)"
    return tokens(graph, ":MATCHES", wanted, parameters)


def lacks(neuron: str, condition: Lacks, parameters: Parameters) -> str:
    """To the runs that did not find something."""
    variable = parameters.variable("k")
    kind = parameters.add(condition.kind)
    return f"{neuron}-[{variable}:LACKS]->(:IngestRun) WHERE {variable}.kind = {kind}"


def explained(neuron: str, condition: Explained, parameters: Parameters) -> str:
    """To its explanations."""
    e = parameters.variable("e")
    tests = []
    if condition.contains:  # every text has the empty one in it, where Ladybug finds none
        part = parameters.add(condition.contains)
        tests.append(f"toLower({e}.text) CONTAINS toLower({part})")
    if condition.explainer is not None:
        tests.append(f"{e}.explainer = {parameters.add(condition.explainer)}")
    if condition.explainer_model is not None:
        model = parameters.add(condition.explainer_model)
        tests.append(f"{e}.explainer_model IS NOT NULL AND {e}.explainer_model = {model}")
    if condition.score_kind is not None:
        s = parameters.variable("s")
        kind = f"{s}.kind = {parameters.add(condition.score_kind)}"
        value = between(f"{s}.value", condition.score or Between(), parameters)
        path = f"MATCH ({e})-[:HAS_SCORE]->({s}:Score) WHERE {kind} AND {value}"
        tests.append(f"EXISTS {{ {path} }}")
    elif condition.score is not None:
        tests.append(between(f"{e}.score", condition.score, parameters))
    return filtered(f"{neuron}-[:HAS_EXPLANATION]->({e}:Explanation)", tests)


def related(
    neuron: str, variable: str, condition: Related, parameters: Parameters
) -> tuple[str, list[str]]:
    """To the neurons that a relation joins it with, as `variable`, and the tests on the way."""
    r = parameters.variable("r")
    left, right = _ARROWS[condition.side]
    tests = _bounded(r, condition.within, parameters)
    if condition.same_layer is not None:
        sign = "=" if condition.same_layer else "<>"
        here = neuron.strip("()").partition(":")[0]
        tests.append(f"{variable}.layer_id {sign} {here}.layer_id")
    return f"{neuron}{left}[{r}:{condition.relation}]{right}({variable}:Neuron)", tests


def context_of_length(neuron: str, condition: ContextOfLength, parameters: Parameters) -> str:
    """To the ends of its patterns that fire and look so many tokens back."""
    e = parameters.variable("e")
    tests = [
        ends(e, condition.activation, parameters),
        between(f"(0 - {e}.position)", condition.lengths, parameters),
    ]
    graph = f"{neuron}-[:HAS_TOKEN_GRAPH]->(:TokenGraph)"
    return filtered(f"{graph}-[:CONTAINS]->({e}:TokenGraphNode)", tests)


def ends(node: str, activation: Between, parameters: Parameters) -> str:
    """That a pattern ends in a node, with such an activation."""
    return f"{node}.is_end AND {between(f'{node}.activation', activation, parameters)}"


def between(value: str, wanted: Between, parameters: Parameters) -> str:
    """That a value is known and in a range."""
    bounds = [f"{value} IS NOT NULL"]
    if wanted.least is not None:
        bounds.append(f"{value} >= {parameters.add(wanted.least)}")
    if wanted.most is not None:
        bounds.append(f"{value} <= {parameters.add(wanted.most)}")
    return " AND ".join(bounds)


def filtered(path: str, tests: Iterable[str]) -> str:
    """A path with some tests, whether it has a WHERE or not."""
    joined = " AND ".join(f"({test})" for test in tests)
    if not joined:
        return path
    return f"{path} {'AND' if ' WHERE ' in path else 'WHERE'} {joined}"


def _bounded(relationship: str, within: tuple[Within, ...], parameters: Parameters) -> list[str]:
    return [between(f"{relationship}.{one.property}", one.values, parameters) for one in within]
