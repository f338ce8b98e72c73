"""Conditions on tries for Neo4j, as expressions over a neuron.

A neuron's nodes are few and each is reached from it in a hop or two, so that a subquery that
walks them is all it takes.
"""

from __future__ import annotations

from cypher.patterns import paths
from cypher.patterns.parameters import Parameters
from cypher.patterns.tries import (
    LONGEST,
    Context,
    Repeats,
    TokenPattern,
    TrieCondition,
    Unconnected,
)
from cypher.patterns.values import TokenSet

_BACK = f"-[:PRECEDED_BY*0..{LONGEST}]->"


def holds(condition: TrieCondition, n: str, parameters: Parameters) -> str:
    """An expression over the neuron in the variable `n`."""
    match condition:
        case TokenPattern():
            return _pattern(condition, n, parameters)
        case Repeats(activation):
            first, back, end, token = map(parameters.variable, "rcet")
            return (
                f"EXISTS {{ MATCH {_first(n, first)}-[:MATCHES]->({token}:Token) "
                f"MATCH ({first})-[:PRECEDED_BY*1..{LONGEST}]->({back}:TokenGraphNode)"
                f"-[:MATCHES]->({token}) "
                f"MATCH ({back}){_BACK}({end}:TokenGraphNode) "
                f"WHERE {paths.ends(end, activation, parameters)} }}"
            )
        case Unconnected(nodes):
            return (
                f"EXISTS {{ MATCH ({n})-[:HAS_TOKEN_GRAPH]->(g:TokenGraph)"
                f"-[:STARTS_AT]->(r:TokenGraphNode) "
                f"OPTIONAL MATCH (r){_BACK}(:TokenGraphNode)-[:MATCHES]->(t:Token) "
                f"WITH g, t, collect(DISTINCT r) AS named_by "
                f"UNWIND named_by AS r "
                f"WITH g, r, max(CASE WHEN t IS NOT NULL AND size(named_by) > 1 "
                f"THEN 1 ELSE 0 END) AS joined "
                f"WITH g, sum(1 - joined) AS alone "
                f"WHERE {paths.between('alone', nodes, parameters)} RETURN g }}"
            )


def _pattern(condition: TokenPattern, n: str, parameters: Parameters) -> str:
    first, way, end = map(parameters.variable, "rpe")
    begin = f"MATCH {_first(n, first)}"
    if condition.fires_on:
        begin += f" WHERE {_names(first, condition.fires_on, parameters)}"
    tests = [paths.ends(end, condition.activation, parameters)]
    for word, contexts in (("any", condition.when), ("none", condition.without)):
        tests += [f"{word}({_there(way, context, parameters)})" for context in contexts]
    return (
        f"EXISTS {{ {begin} MATCH {way} = ({first}){_BACK}({end}:TokenGraphNode) "
        f"WHERE {' AND '.join(tests)} }}"
    )


def _first(n: str, node: str) -> str:
    return f"({n})-[:HAS_TOKEN_GRAPH]->(:TokenGraph)-[:STARTS_AT]->({node}:TokenGraphNode)"


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
