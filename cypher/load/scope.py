"""What a load replaces: the runs, layers and circuits that a pack covers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cypher.errors import PackError
from cypher.graph import Rows, Value
from cypher.pack import Pack
from cypher.state import State

_READ_RUNS = "MATCH (r:IngestRun) RETURN r.id, r.job, r.source"
_READ_COVERED = "MATCH (r:IngestRun)-[:COVERS]->(l:Layer) RETURN r.id, l.id"
_READ_CIRCUITS = "MATCH (c:Circuit) RETURN c.run_id, c.id"
PARTIAL = "partial:"
"""Before a pack's hash in `State.packs`: some of the run's rows were replaced since."""


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
class Run:
    """A run of a pack or of a graph."""

    id: str
    job: str
    source: str
    items: frozenset[str]
    """Ids of the layers and circuits that it is about."""


def runs_of(pack: Pack) -> list[Run]:
    """The pack's runs. Raises PackError if there is none."""
    runs = _assembled(
        [
            list(row.values())
            for row in pack.table("IngestRun", ["id", "job", "source"]).to_pylist()
        ],
        [
            *(list(row.values()) for row in pack.table("COVERS", ["source", "target"]).to_pylist()),
            *(list(row.values()) for row in pack.table("Circuit", ["run_id", "id"]).to_pylist()),
        ],
    )
    if not runs:
        raise PackError(f"{pack.path} names no run; a pack says who made its rows.")
    return runs


def runs_in(read: Callable[[str], Rows]) -> list[Run]:
    """The runs of the graph that `read` asks."""
    return _assembled(
        read(_READ_RUNS).values, [*read(_READ_COVERED).values, *read(_READ_CIRCUITS).values]
    )


def _assembled(runs: Sequence[Sequence[Value]], items: Sequence[Sequence[Value]]) -> list[Run]:
    covered: dict[str, set[str]] = defaultdict(set)
    for run, item in items:
        covered[str(run)].add(str(item))
    return [
        Run(str(id_), str(job), str(source), frozenset(covered[str(id_)]))
        for id_, job, source in runs
    ]


def scopes(pack_runs: Sequence[Run], graph_runs: Sequence[Run]) -> list[Scope]:
    """What a load of these runs replaces in a graph that has those."""
    by_items: dict[frozenset[str], set[str]] = defaultdict(set)
    for new in pack_runs:
        for old in graph_runs:
            same = (old.job, old.source) == (new.job, new.source)
            # a run that is about nothing is one whose load or removal was cut short
            if same and (not old.items or new.items & old.items):
                by_items[new.items].add(old.id)
    return [
        Scope(tuple(sorted(runs)), tuple(sorted(items)))
        for items, runs in sorted(by_items.items(), key=lambda pair: sorted(pair[0]))
        if items
    ]


def whole_scope(pack_runs: Sequence[Run]) -> Scope:
    """All that the pack is about, for what is removed whoever made it."""
    return Scope((), tuple(sorted({item for run in pack_runs for item in run.items})))


def partly_replaced(state: State, replaced: Sequence[Scope]) -> dict[str, str]:
    """`State.packs` once rows of some runs have gone: such a run is no longer as its pack is."""
    touched = {run for scope in replaced for run in scope.runs}
    return {
        run: PARTIAL + digest.removeprefix(PARTIAL) if run in touched else digest
        for run, digest in state.packs.items()
    }


def packs_after(
    packs: Mapping[str, str], left: Sequence[Run], pack: Pack, pack_runs: Sequence[Run]
) -> dict[str, str]:
    """`State.packs` once a load is done; `left` are the graph's runs after it."""
    return {run.id: packs.get(run.id, "") for run in left} | {
        run.id: pack.digest for run in pack_runs
    }
