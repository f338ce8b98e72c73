"""Counts over the neurons that meet a condition: by layer, by explainer, by a number's size.

Each is one statement, whatever binds `n` to the neurons.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from cypher.patterns.compile import Compiled
from cypher.patterns.parameters import Parameters
from cypher.patterns.values import Statistic

Matched = Callable[[Parameters], str]
"""Clauses that bind `n` to each neuron that is counted, once."""


class Measured(StrEnum):
    """Numbers about a neuron that are no property of it: it may have several of each."""

    GRAPH_F1 = "graph_f1"
    RANDOM_GRAPH_F1 = "random_graph_f1"
    EXPLANATION_SCORE = "explanation_score"


_GRAPHS = "OPTIONAL MATCH (n)-[:HAS_TOKEN_GRAPH]->(g:TokenGraph)"
_SENTENCES = "OPTIONAL MATCH (n)-[:HAS_EXPLANATION]->(e:Explanation)"
_MEASURED = {
    Measured.GRAPH_F1: (_GRAPHS, "g.f1"),
    Measured.RANDOM_GRAPH_F1: (_GRAPHS, "g.random_f1"),
    Measured.EXPLANATION_SCORE: (_SENTENCES, "e.score"),
}


def by_layer(matched: Matched, *, limit: int) -> Compiled:
    """How many of the neurons are in each layer: `layer_id` and `total`."""
    parameters = Parameters()
    text = (
        f"{matched(parameters)} RETURN n.layer_id AS layer_id, count(n) AS total "
        f"ORDER BY layer_id LIMIT {parameters.add(limit)}"
    )
    return Compiled(text, parameters.values, ("layer_id", "total"))


def by_explainer(matched: Matched, *, limit: int) -> Compiled:
    """How many of the neurons each method has explained: `explainer`, `neurons`, `explanations`."""
    parameters = Parameters()
    text = (
        f"{matched(parameters)} WITH n {_SENTENCES} WITH n, e WHERE e.id IS NOT NULL "
        f"RETURN e.explainer AS explainer, count(DISTINCT n.id) AS neurons, "
        f"count(e) AS explanations ORDER BY explainer LIMIT {parameters.add(limit)}"
    )
    return Compiled(text, parameters.values, ("explainer", "neurons", "explanations"))


def histogram(matched: Matched, of: Statistic | Measured, *, bins: int) -> Compiled:
    """How many values of a number there are in each of `bins` parts of its range.

    The parts are equally wide, from the least value to the largest, each without its upper end
    but the last. The rows, of the parts that are not empty: `least`, `most`, `part` (a float,
    from 0) and `total`.
    """
    parameters = Parameters()
    way, value = _MEASURED[of] if isinstance(of, Measured) else ("", of.of())
    clauses = matched(parameters)
    number = parameters.add(float(bins))
    text = (
        f"{clauses} WITH n {way} WITH {value} AS value WHERE value IS NOT NULL "
        f"WITH collect(value) AS found, min(value) AS least, max(value) AS most "
        f"UNWIND found AS value "
        f"WITH least, most, CASE WHEN most = least THEN 0.0 "
        f"ELSE floor((value - least) / (most - least) * {number}) END AS place "
        f"WITH least, most, CASE WHEN place >= {number} THEN {number} - 1.0 ELSE place END AS part "
        f"RETURN least AS least, most AS most, part AS part, count(*) AS total ORDER BY part"
    )
    return Compiled(text, parameters.values, ("least", "most", "part", "total"))
