"""A load into Neo4j: batches, with a mark on the graph until the last has been written."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from cypher.ddl import neo4j_ddl
from cypher.elements import NodeType, Ownership, RelationshipType
from cypher.engines.neo4j import Writer
from cypher.errors import LoadError
from cypher.graph import LoadReport, OnConflict, Progress
from cypher.load.conflicts import check_conflicts
from cypher.load.headlines import new_headlines
from cypher.load.ranks import new_ranks
from cypher.load.removal import orphans, removals
from cypher.load.rows import node_batches, relationship_batches, rows_by_table, total_rows
from cypher.load.scope import (
    Run,
    Scope,
    packs_after,
    partly_replaced,
    runs_in,
    runs_of,
    scopes,
    whole_scope,
)
from cypher.pack import Pack
from cypher.schema import PACKED, SCHEMA_VERSION, STATISTICS
from cypher.state import (
    NOTICE_SECONDS,
    READ_STATE,
    STATE_ID,
    Unfinished,
    load_id_of,
    marks_as_json,
    packs_as_json,
    state_of,
)
from cypher.tables import key_columns
from cypher.url import GraphUrl

_BATCH = 10_000
_MERGED = ("IngestRun", "COVERS")
"""Owned by runs, and yet there before a load: what an unfinished one had written."""
_FIRST = ("Model", "Layer", "IngestRun", "HAS_LAYER", "COVERS")
"""Written before anything else: a load that is cut short must know later what was its."""
_ORDER = sorted(PACKED, key=lambda kind: kind.name not in _FIRST)
_LONG_ROWS = {"Example": 1_000, "Sequence": 1_000, "Simulation": 1_000, "Tokenizer": 1}
"""Rows per batch where one row holds a list as long as a text, or as a vocabulary."""


def load_on_server(
    url: GraphUrl, pack: Pack, progress: Progress, on_conflict: OnConflict
) -> LoadReport:
    """Load `pack`; see `cypher.load`. Raises GraphError or LoadError."""
    writer = Writer(url)
    try:
        return _Load(writer, pack, progress, on_conflict).run(str(url))
    finally:
        writer.close()


class _Load:
    """One load under way."""

    def __init__(
        self, writer: Writer, pack: Pack, progress: Progress, on_conflict: OnConflict
    ) -> None:
        self._on_conflict = on_conflict
        self._writer = writer
        self._pack = pack
        self._progress = progress
        self._total = total_rows(pack)
        self._done = 0

    def run(self, where: str) -> LoadReport:
        state = state_of(self._writer.run(READ_STATE), where)
        pack_runs = runs_of(self._pack)
        graph_runs = runs_in(self._writer.run)
        check_conflicts(self._pack, pack_runs, graph_runs, self._writer.run, self._on_conflict)
        self._declare()
        mark = Unfinished(
            self._pack.path.name,
            self._pack.digest,
            datetime.now(UTC).isoformat(timespec="seconds"),
            [run.id for run in pack_runs],
        )
        earlier = [other for other in state.unfinished if other.digest != mark.digest]
        replaced = scopes(pack_runs, graph_runs)
        packs = partly_replaced(state, replaced)
        self._mark([*earlier, mark], packs)
        if state.load_id is not None and not state.unfinished:
            time.sleep(NOTICE_SECONDS)
        self._remove(replaced)
        for kind in _ORDER:
            self._write(kind)
        if replaced or state.unfinished:  # a load that was cut short may have left some
            self._remove_orphans(whole_scope(pack_runs))
        self._set_headlines(pack_runs)
        left = runs_in(self._writer.run)
        packs = packs_after(packs, left, self._pack, pack_runs)
        self._rank_anew(packs)
        load_id = load_id_of(packs)
        others = packs.keys() - {run.id for run in pack_runs}
        self._writer.run(
            "MATCH (s:GraphState {id: $id}) SET s.load_id = $load_id, s.packs = $packs, "
            "s.unfinished = $unfinished",
            {
                "id": STATE_ID,
                "load_id": load_id,
                "packs": packs_as_json(packs),
                "unfinished": marks_as_json(
                    mark for mark in earlier if others.intersection(mark.runs)
                ),
            },
        )
        return LoadReport(load_id, rows_by_table(self._pack))

    def _declare(self) -> None:
        """Make the constraints and indexes that are not there, and wait until they work."""
        there = {row[0] for row in self._writer.run("SHOW INDEXES YIELD name").values}
        missing = [statement for name, statement in neo4j_ddl() if name not in there]
        for statement in missing:
            self._writer.run(statement)
        if missing:
            self._writer.run("CALL db.awaitIndexes(120)")

    def _mark(self, marks: list[Unfinished], packs: Mapping[str, str]) -> None:
        self._writer.run(
            "MERGE (s:GraphState {id: $id}) "
            "SET s.schema_version = $version, s.packs = $packs, s.unfinished = $unfinished",
            {
                "id": STATE_ID,
                "version": SCHEMA_VERSION,
                "packs": packs_as_json(packs),
                "unfinished": marks_as_json(marks),
            },
        )

    def _remove(self, replaced: list[Scope]) -> None:
        for scope in replaced:
            for name, text in removals(_in_transactions):
                self._progress(f"removing {name}", self._done, self._total)
                self._step(f"removing {name}", text, scope)

    def _remove_orphans(self, scope: Scope) -> None:
        for name, text in orphans(_in_transactions):
            self._step(f"removing unused {name}", text, scope)

    def _rank_anew(self, packs: Mapping[str, str]) -> None:
        for type_, rows in new_ranks(packs, self._writer.run):
            for first in range(0, len(rows), _BATCH):
                self._writer.run(
                    f"UNWIND $rows AS row MATCH (n:Neuron {{id: row.source}}) "
                    f"MATCH (t:Token {{id: row.target}}) "
                    f"MATCH (n)-[r:`{type_}` {{run_id: row.run_id}}]->(t) "
                    f"SET r.token_rank = row.token_rank",
                    {"rows": rows[first : first + _BATCH]},
                )

    def _set_headlines(self, pack_runs: list[Run]) -> None:
        names = ["run_id", *(p.name for p in STATISTICS)]
        sets = ", ".join(f"n.`{name}` = row.`{name}`" for name in names)
        for rows in new_headlines(pack_runs, self._writer.run):
            for first in range(0, len(rows), _BATCH):
                self._writer.run(
                    f"UNWIND $rows AS row MATCH (n:Neuron {{id: row.id}}) SET {sets}",
                    {"rows": rows[first : first + _BATCH]},
                )

    def _step(self, what: str, text: str, scope: Scope) -> None:
        try:
            self._writer.run_in_batches(text, scope.parameters)
        except LoadError as error:
            raise _failed(what, error) from error

    def _write(self, kind: NodeType | RelationshipType) -> None:
        size = _LONG_ROWS.get(kind.name, _BATCH)
        batches: Iterable[list[dict[str, object]]]
        if isinstance(kind, NodeType):
            batches = node_batches(self._pack, kind, size)
            keep = self._on_conflict is OnConflict.KEEP and kind.ownership is Ownership.STRUCTURE
            merge, create = _nodes(kind, "MERGE", keep=keep), _nodes(kind, "CREATE")
        else:
            batches = relationship_batches(self._pack, kind, size)
            merge, create = _relationships(kind, "MERGE"), _relationships(kind, "CREATE")
        if kind.ownership is not Ownership.RUN or kind.name in _MERGED:
            create = merge
        first = 1
        for number, batch in enumerate(batches, start=1):
            rows = f"rows {first:,} to {first + len(batch) - 1:,}"
            what = f"batch {number} of {kind.name} ({rows})"
            try:
                written = self._writer.create(create, merge, {"rows": batch}).values[0][0]
            except LoadError as error:
                raise _failed(what, error) from error
            if written != len(batch):
                raise _failed(what, f"{len(batch)} rows gave {written}: an end is missing")
            first += len(batch)
            self._done += len(batch)
            self._progress(kind.name, self._done, self._total)


def _in_transactions(variable: str, verb: str) -> str:
    return f"CALL ({variable}) {{ {verb} {variable} }} IN TRANSACTIONS OF {_BATCH} ROWS"


def _nodes(node: NodeType, verb: str, *, keep: bool = False) -> str:
    before = "WITH n, row, properties(n) AS before SET n += row SET n += before"
    return (
        f"UNWIND $rows AS row {verb} (n:`{node.label}` {{id: row.id}}) "
        f"{before if keep else 'SET n += row'} RETURN count(*) AS written"
    )


def _relationships(rel: RelationshipType, verb: str) -> str:
    own = ", ".join(f"`{key}`: row.`{key}`" for key in key_columns(rel)[2:])
    pattern = f"[r:`{rel.type}`" + (f" {{{own}}}" if own else "") + "]"
    return (
        f"UNWIND $rows AS row MATCH (a:`{rel.source}` {{id: row.source}}) "
        f"MATCH (b:`{rel.target}` {{id: row.target}}) "
        f"{verb} (a)-{pattern}->(b) SET r += row.properties RETURN count(*) AS written"
    )


def _failed(what: str, why: object) -> LoadError:
    return LoadError(
        f"the load failed at {what}: {why}. The graph is marked as unfinished; mend the cause "
        f"and load the pack again, which repairs it."
    )
