"""Statements that remove what a load replaces. One text serves both engines.

Each takes the parameters of a `Scope`. `delete` is how the engine deletes a matched
variable: at once, or in batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cypher.elements import NodeType, Ownership
from cypher.schema import NEURON, NODES, RELATIONSHIPS, STATISTICS

Delete = Callable[[str, str], str]
"""From a variable and `DELETE` or `DETACH DELETE`, the clause that deletes it."""


def _below(variable: str) -> str:
    return f"(any(p IN $prefixes WHERE {variable}.`id` STARTS WITH p) OR {variable}.`id` IN $items)"


def removals(delete: Delete) -> Iterator[tuple[str, str]]:
    """What is removed and the statement that does it, in an order that leaves nothing hanging."""
    for rel in RELATIONSHIPS:
        if rel.ownership is Ownership.RUN and rel.type != "COVERS":
            yield (
                rel.type,
                f"MATCH (a:`{rel.source}`)-[r:`{rel.type}`]->(:`{rel.target}`) "
                f"WHERE r.run_id IN $runs AND {_below('a')} {delete('r', 'DELETE')}",
            )
    for node in NODES:
        if node.ownership is Ownership.RUN and node.label != "IngestRun":
            yield (
                node.label,
                f"MATCH (n:`{node.label}`) WHERE n.run_id IN $runs AND {_below('n')} "
                f"{delete('n', 'DETACH DELETE')}",
            )
    yield (
        "Explanation",
        f"MATCH (n:Explanation) WHERE n.run_id IN $runs AND {_below('n')} AND {_bare('Explanation')} "
        f"{delete('n', 'DETACH DELETE')}",
    )
    yield ("Neuron", f"MATCH (n:Neuron) WHERE n.run_id IN $runs AND {_below('n')} {_clear(NEURON)}")
    # Only now: until a run's rows are gone, a load that was cut short must find them by it.
    yield (
        "COVERS",
        "MATCH (a:IngestRun)-[r:COVERS]->(b:Layer) "
        f"WHERE a.`id` IN $runs AND b.`id` IN $items {delete('r', 'DELETE')}",
    )
    yield (
        "IngestRun",
        "MATCH (n:IngestRun) WHERE n.`id` IN $runs AND NOT EXISTS { MATCH (n)-[:COVERS]->(:Layer) } "
        "AND NOT EXISTS { MATCH (c:Circuit) WHERE c.run_id = n.`id` } "
        f"{delete('n', 'DETACH DELETE')}",
    )


def _clear(node: NodeType) -> str:
    """Forget what the runs measured, and keep the node for whatever else hangs on it."""
    names = ["run_id", *(p.name for p in STATISTICS)]
    assert {*names} == {p.name for p in node.properties if not p.required}
    return "SET " + ", ".join(f"n.`{name}` = NULL" for name in names)


def _bare(label: str) -> str:
    """That nothing hangs on the node `n`: no relationship that belongs to a run, either way."""
    owned = [rel for rel in RELATIONSHIPS if rel.ownership is Ownership.RUN]
    patterns = [
        *(f"(n)-[:`{rel.type}`]->()" for rel in owned if rel.source == label),
        *(f"(n)<-[:`{rel.type}`]-()" for rel in owned if rel.target == label),
    ]
    return " AND ".join(f"NOT EXISTS {{ MATCH {pattern} }}" for pattern in patterns)


_REFERRERS = {
    "Token": ("ACTIVATES_ON", "CONDITIONED_ON", "MATCHES", "READS", "WRITES", "RESPONDS_TO"),
    "Word": ("FORM_OF", "INDEXED_UNDER"),
    "Sequence": ("WITHIN", "OF", "JUDGES"),
}
"""What keeps a shared node alive."""
_OWNERS = {
    "Explanation": "HAS_EXPLANATION",
    "Score": "HAS_SCORE",
    "Simulation": "HAS_SIMULATION",
    "Judgement": "HAS_JUDGEMENT",
}
"""What a node goes with, in this order, though another run made it."""


def orphans(delete: Delete) -> Iterator[tuple[str, str]]:
    """What nothing refers to any more: run after the pack's rows are written."""
    for label, type_ in _OWNERS.items():
        yield (
            label,
            f"MATCH (n:`{label}`) WHERE {_below('n')} AND NOT EXISTS {{ MATCH (n)<-[:`{type_}`]-() }} "
            f"{delete('n', 'DETACH DELETE')}",
        )
    yield (
        "Neuron",
        f"MATCH (n:Neuron) WHERE n.run_id IS NULL AND {_bare('Neuron')} "
        f"{delete('n', 'DETACH DELETE')}",
    )
    for label, types in _REFERRERS.items():
        conditions = " AND ".join(f"NOT EXISTS {{ MATCH (n)<-[:`{t}`]-() }}" for t in types)
        yield label, f"MATCH (n:`{label}`) WHERE {conditions} {delete('n', 'DETACH DELETE')}"
