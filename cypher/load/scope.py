"""What a load replaces: the runs, layers and circuits that a pack covers."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from cypher.errors import PackError
from cypher.graph import Rows, Value
from cypher.pack import Pack
from cypher.state import State

READ_RUNS = (
    "MATCH (r:IngestRun) OPTIONAL MATCH (r)-[:COVERS]->(l:Layer) "
    "RETURN r.id AS id, r.job AS job, r.source AS source, collect(l.id) AS layers ORDER BY id"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Runs of the graph, and what of them a load replaces."""

    runs: tuple[str, ...]
    """Ids of the runs whose rows go."""
    items: tuple[str, ...]
    """Ids of the layers and circuits below which they go."""

    @property
    def parameters(self) -> dict[str, Value]:
        """For the statements of `cypher.load.removal`."""
        return {
            "runs": list(self.runs),
            "items": list(self.items),
            "prefixes": [f"{item}/" for item in self.items],
        }


@dataclass(frozen=True, slots=True)
class PackRun:
    """A run of the pack."""

    id: str
    job: str
    source: str
    items: frozenset[str]


def runs_of(pack: Pack) -> list[PackRun]:
    """The pack's runs with what they cover. Raises PackError if a row's run is not among them."""
    covered: dict[str, set[str]] = defaultdict(set)
    for row in pack.table("COVERS", ["source", "target"]).to_pylist():
        covered[row["source"]].add(row["target"])
    for row in pack.table("Circuit", ["id", "run_id"]).to_pylist():
        covered[row["run_id"]].add(row["id"])
    runs = [
        PackRun(row["id"], row["job"], row["source"], frozenset(covered[row["id"]]))
        for row in pack.table("IngestRun", ["id", "job", "source"]).to_pylist()
    ]
    if not runs:
        raise PackError(f"{pack.path} names no run; a pack says who made its rows.")
    return runs


def scopes(pack_runs: Sequence[PackRun], graph_runs: Rows) -> list[Scope]:
    """What a load of these runs replaces in a graph that has those."""
    by_items: dict[frozenset[str], set[str]] = defaultdict(set)
    for pack_run in pack_runs:
        for run, job, source, layers in graph_runs.values:
            same = (job, source) == (pack_run.job, pack_run.source)
            covers = cast("list[str]", layers)
            # a run without layers is about circuits, or its removal was cut short
            if same and (not covers or pack_run.items.intersection(covers)):
                by_items[pack_run.items].add(str(run))
    return [
        Scope(tuple(sorted(runs)), tuple(sorted(items)))
        for items, runs in sorted(by_items.items(), key=lambda pair: sorted(pair[0]))
        if items
    ]


def partly_replaced(state: State, replaced: Sequence[Scope]) -> dict[str, str]:
    """`State.packs` once rows of some runs have gone: such a run is no longer as its pack is."""
    touched = {run for scope in replaced for run in scope.runs}
    return {
        run: f"partial:{digest.removeprefix('partial:')}" if run in touched else digest
        for run, digest in state.packs.items()
    }


def packs_after(
    packs: Mapping[str, str], remaining: Rows, pack: Pack, pack_runs: Sequence[PackRun]
) -> dict[str, str]:
    """`State.packs` once a load is done; `remaining` answers READ_RUNS after it."""
    left = {str(row[0]): packs.get(str(row[0]), "") for row in remaining.values}
    return left | {run.id: pack.digest for run in pack_runs}


def as_json(packs: Mapping[str, str]) -> str:
    """`State.packs` as it is stored."""
    return json.dumps(packs, sort_keys=True)
