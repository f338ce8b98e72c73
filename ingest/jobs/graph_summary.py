"""What follows from all token graphs together: which tokens they fire on and look back to.

Read from the layers' packs, so that it does not matter when each of them was made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

from cypher.pack import Pack, PackWriter, open_pack
from ingest.jobs.records import Row, write_run
from ingest.jobs.settings import Stage
from ingest.jobs.task import Task
from ingest.n2g.evidence import FIRING


@dataclass(slots=True)
class _Graph:
    """What one graph says of its tokens."""

    activating: dict[str, float]
    """Largest activation of a pattern that this token ends."""
    context: dict[str, tuple[float, int]]
    """Largest importance and nearest distance of this token in the context."""


def write_graph_summary(task: Task, stage: Stage, *, started_at: str) -> None:
    """Write `ACTIVATES_ON`, `CONDITIONED_ON` and the stage's run as a pack."""
    packs = [open_pack(task.work.graphs(layer.name)) for layer in task.layers]
    activates: list[Row] = []
    conditioned: list[Row] = []
    for pack in packs:
        for neuron, graph in _graphs(pack):
            activates.extend(_activates_on(neuron, graph))
            conditioned.extend(_conditioned_on(neuron, graph))
    _rank_by_token(activates, "activation")
    _rank_by_token(conditioned, "importance")
    with PackWriter(task.work.graph_summary, replace=True) as writer:
        for table, rows in (("ACTIVATES_ON", activates), ("CONDITIONED_ON", conditioned)):
            writer.add(table, [{**row, "run_id": stage.run_id} for row in rows])
        counts = {
            "token_graphs": sum(pack.rows("TokenGraph") for pack in packs),
            "token_graph_nodes": sum(pack.rows("TokenGraphNode") for pack in packs),
            "activates_on": len(activates),
            "conditioned_on": len(conditioned),
            "lacking": sum(pack.rows("LACKS") for pack in packs),
        }
        write_run(writer, stage, model=task.model, started_at=started_at, counts=counts)


def _graphs(pack: Pack) -> Iterator[tuple[str, _Graph]]:
    """Each neuron's id and its graph, read back from the nodes."""
    columns = ["id", "position", "activation", "importance"]
    nodes = {row["id"]: row for row in pack.table("TokenGraphNode", columns).to_pylist()}
    after = dict(_pairs(pack, "PRECEDED_BY", reverse=True))
    graph_of = dict(_pairs(pack, "CONTAINS", reverse=True))
    neuron_of = dict(_pairs(pack, "HAS_TOKEN_GRAPH", reverse=True))
    strongest: dict[str, float] = {}
    for node in sorted(nodes.values(), key=itemgetter("position")):
        # from the farthest on: whatever ends behind a node ends at its activating token too
        best = max(node["activation"] or 0.0, strongest.get(node["id"], 0.0))
        strongest[node["id"]] = best
        if node["id"] in after:
            parent = after[node["id"]]
            strongest[parent] = max(best, strongest.get(parent, 0.0))
    found: dict[str, _Graph] = {}
    for identity, token in _pairs(pack, "MATCHES"):
        node = nodes[identity]
        graph = found.setdefault(neuron_of[graph_of[identity]], _Graph({}, {}))
        if node["position"] == 0:
            share = max(strongest[identity], graph.activating.get(token, 0.0))
            if share >= FIRING:
                graph.activating[token] = share
        elif strongest[identity] >= FIRING:  # not where it only keeps the neuron from firing
            distance = -node["position"]
            importance, nearest = graph.context.get(token, (0.0, distance))
            graph.context[token] = (
                max(importance, node["importance"]),
                min(nearest, distance),
            )
    yield from sorted(found.items())


def _pairs(pack: Pack, table: str, *, reverse: bool = False) -> Iterator[tuple[str, str]]:
    rows = pack.table(table, ["source", "target"])
    sides = [rows.column("source").to_pylist(), rows.column("target").to_pylist()]
    yield from zip(*(reversed(sides) if reverse else sides), strict=True)


def _activates_on(neuron: str, graph: _Graph) -> Iterator[Row]:
    ordered = sorted(graph.activating.items(), key=lambda item: (-item[1], item[0]))
    for rank, (token, share) in enumerate(ordered, start=1):
        yield {"source": neuron, "target": token, "activation": share, "rank": rank}


def _conditioned_on(neuron: str, graph: _Graph) -> Iterator[Row]:
    ordered = sorted(graph.context.items(), key=lambda item: (-item[1][0], item[1][1], item[0]))
    for rank, (token, (importance, distance)) in enumerate(ordered, start=1):
        yield {
            "source": neuron,
            "target": token,
            "importance": importance,
            "distance": distance,
            "rank": rank,
        }


def _rank_by_token(rows: list[Row], value: str) -> None:
    """Set `token_rank`: the place among the rows of one token, the largest `value` first."""
    seen: dict[object, int] = {}
    for row in sorted(
        rows, key=lambda row: (row["target"], -float(str(row[value])), row["source"])
    ):
        seen[row["target"]] = seen.get(row["target"], 0) + 1
        row["token_rank"] = seen[row["target"]]
