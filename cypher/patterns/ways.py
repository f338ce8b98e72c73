"""Patterns of token graphs for Neo4j, as expressions over a neuron.

A neuron's nodes are few and each is reached from it in a hop or two, so that a subquery that
walks them is all it takes.
"""

from __future__ import annotations

from cypher.patterns import paths
from cypher.patterns.parameters import Parameters
from cypher.patterns.tries import LONGEST, Context, TokenPattern
from cypher.patterns.values import TokenSet

_BACK = f"-[:PRECEDED_BY*0..{LONGEST}]->"


def holds(condition: TokenPattern, n: str, parameters: Parameters) -> str:
    """An expression over the neuron in the variable `n`."""
    first, way, end = map(parameters.variable, "rpe")
    graph = f"({n})-[:HAS_TOKEN_GRAPH]->(:TokenGraph)"
    begin = f"MATCH {graph}-[:STARTS_AT]->({first}:TokenGraphNode)"
    if condition.fires_on:
        begin += f" WHERE {_names(first, condition.fires_on, parameters)}"
    tests = [paths.ends(end, condition.activation, parameters)]
    for word, contexts in (("any", condition.when), ("none", condition.without)):
        tests += [f"{word}({_there(way, context, parameters)})" for context in contexts]
    return (
        f"EXISTS {{ {begin} MATCH {way} = ({first}){_BACK}({end}:TokenGraphNode) "
        f"WHERE {' AND '.join(tests)} }}"
    )


def _there(way: str, context: Context, parameters: Parameters) -> str:
    """What `any` and `none` ask of the nodes of a way."""
    node = parameters.variable("c")
    nearest, farthest = parameters.add(context.nearest), parameters.add(context.farthest)
    distance = f"0 - {node}.position"
    names = _names(node, context.tokens, parameters)
    return (
        f"{node} IN nodes({way}) WHERE {distance} >= {nearest} AND {distance} <= {farthest} "
        f"AND {names}"
    )


def _names(node: str, wanted: tuple[TokenSet, ...], parameters: Parameters) -> str:
    every = [paths.tokens(f"({node})", ":MATCHES", one, parameters) for one in wanted]
    return f"({' OR '.join(f'EXISTS {{ MATCH {path} }}' for path in every)})"
