"""A load into Ladybug: COPYs straight from the pack's Parquet files, into a copy of the graph.

All is one transaction, because that is fastest; what makes it whole or absent is that the
copy takes the graph's place when it is done (see `replacement`).
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cypher.ddl import ladybug_ddl
from cypher.elements import NodeType, Ownership, RelationshipType
from cypher.engines.ladybug import Writer
from cypher.engines.literals import path_literal
from cypher.graph import LoadReport, OnConflict, Progress, Value
from cypher.load.conflicts import check_conflicts
from cypher.load.headlines import new_headlines
from cypher.load.ranks import new_ranks
from cypher.load.removal import orphans, removals
from cypher.load.replacement import replacement
from cypher.load.rows import rows_by_table, total_rows
from cypher.load.scope import (
    packs_after,
    partly_replaced,
    runs_in,
    runs_of,
    scopes,
    whole_scope,
)
from cypher.pack import Pack
from cypher.schema import PACKED, SCHEMA_VERSION, STATISTICS
from cypher.state import READ_STATE, STATE_ID, State, load_id_of, packs_as_json, state_of
from cypher.tables import arrow_schema, element, key_columns
from cypher.url import GraphUrl


def load_in_transaction(
    url: GraphUrl, pack: Pack, progress: Progress, on_conflict: OnConflict
) -> LoadReport:
    """Load `pack`, whole or not at all; see `cypher.load`.

    Raises GraphError or LoadError.
    """
    with replacement(Path(url.location)) as copy:
        writer = Writer(copy)
        with tempfile.TemporaryDirectory(prefix="neurocypher-") as folder:
            writer.run("BEGIN TRANSACTION")
            report = _load(writer, pack, progress, Path(folder), str(url), on_conflict=on_conflict)
            progress("committing", total_rows(pack), total_rows(pack))
            writer.run("COMMIT")
        writer.close()
    return report


def _load(
    writer: Writer,
    pack: Pack,
    progress: Progress,
    folder: Path,
    where: str,
    *,
    on_conflict: OnConflict,
) -> LoadReport:
    known = ["GraphState"] in writer.run("CALL show_tables() RETURN name").values
    # before the tables are made: a graph of another version must not be touched
    state = state_of(writer.run(READ_STATE), where) if known else State()
    for statement in ladybug_ddl():
        writer.run(statement)
    pack_runs = runs_of(pack)
    graph_runs = runs_in(writer.run) if state.packs else []
    check_conflicts(pack, pack_runs, graph_runs, writer.run, on_conflict)
    replaced = scopes(pack_runs, graph_runs)
    total, done = total_rows(pack), 0
    for scope in replaced:
        for name, text in removals(_at_once):
            progress(f"removing {name}", 0, total)
            writer.run(text, _used(text, scope.parameters))
    for kind in PACKED:
        progress(kind.name, done, total)
        _write(writer, pack, kind, folder, on_conflict)
        done += pack.rows(kind.name)
    if replaced:
        for _, text in orphans(_at_once):
            writer.run(text, _used(text, whole_scope(pack_runs).parameters))
    for number, rows in enumerate(new_headlines(pack_runs, writer.run)):
        _set_headlines(writer, rows, folder / f"headlines-{number}.parquet")
    left = runs_in(writer.run)
    packs = packs_after(partly_replaced(state, replaced), left, pack, pack_runs)
    for type_, rows in new_ranks(packs, writer.run):
        file = _spill(pa.Table.from_pylist(rows), folder / f"{type_}-ranks.parquet")
        writer.run(
            f"LOAD FROM {path_literal(file)} MATCH (n:Neuron {{id: source}}) "
            f"MATCH (t:Token {{id: target}}) MATCH (n)-[r:`{type_}`]->(t) "
            f"WHERE r.run_id = run_id SET r.token_rank = token_rank"
        )
    load_id = load_id_of(packs)
    writer.run(
        "MERGE (s:GraphState {id: $id}) "
        "SET s.schema_version = $version, s.load_id = $load_id, s.packs = $packs",
        {
            "id": STATE_ID,
            "version": SCHEMA_VERSION,
            "load_id": load_id,
            "packs": packs_as_json(packs),
        },
    )
    return LoadReport(load_id, rows_by_table(pack))


def _at_once(variable: str, verb: str) -> str:
    return f"{verb} {variable}"


def _used(text: str, parameters: dict[str, object]) -> dict[str, object]:
    """Those that the statement names: Ladybug refuses others."""
    return {name: value for name, value in parameters.items() if f"${name}" in text}


def _write(
    writer: Writer,
    pack: Pack,
    kind: NodeType | RelationshipType,
    folder: Path,
    on_conflict: OnConflict,
) -> None:
    if not pack.rows(kind.name):
        return
    if kind.ownership is Ownership.RUN and kind.name != "IngestRun":
        for file in pack.files(kind.name):
            _copy(writer, kind.name, file)
        return
    known = _known_keys(writer, kind)
    for number, shard in enumerate(pack.shards(kind.name)):
        columns = [shard.column(key).to_pylist() for key in key_columns(kind)]
        there = pa.array([key in known for key in zip(*columns, strict=True)], pa.bool_())
        new = shard.filter(pc.invert(there))
        if new.num_rows:
            file = _spill(new, folder / f"{kind.name}-{number}-new.parquet")
            _copy(writer, kind.name, file)
        old = shard.filter(there)
        if old.num_rows and isinstance(kind, NodeType) and kind.properties:
            file = _spill(old, folder / f"{kind.name}-{number}-old.parquet")
            keep = on_conflict is OnConflict.KEEP and kind.ownership is Ownership.STRUCTURE
            _update(writer, kind, file, keep=keep)


def _known_keys(writer: Writer, kind: NodeType | RelationshipType) -> set[tuple[Value, ...]]:
    if isinstance(kind, NodeType):
        text = f"MATCH (n:`{kind.label}`) RETURN n.`id`"
    else:
        ends = f"(a:`{kind.source}`)-[:`{kind.type}`]->(b:`{kind.target}`)"
        text = f"MATCH {ends} RETURN a.`id`, b.`id`"
    return {tuple(row) for row in writer.run(text).values}


def _update(writer: Writer, node: NodeType, file: Path, *, keep: bool) -> None:
    """Write what the pack knows over what the graph has, or, to `keep` it, only beside it.

    A null of the pack changes nothing.
    """
    sides = ("n.`{0}`", "`{0}`") if keep else ("`{0}`", "n.`{0}`")
    both = f"coalesce({', '.join(sides)})"
    sets = ", ".join(f"n.`{p.name}` = {both.format(p.name)}" for p in node.properties)
    writer.run(f"LOAD FROM {path_literal(file)} MATCH (n:`{node.label}` {{id: `id`}}) SET {sets}")


def _set_headlines(writer: Writer, rows: list[dict[str, Value]], path: Path) -> None:
    names = ["run_id", *(p.name for p in STATISTICS)]
    schema = arrow_schema(element("Neuron"))
    fields = [schema.field(name) for name in ("id", *names)]
    file = _spill(pa.Table.from_pylist(rows, schema=pa.schema(fields)), path)
    sets = ", ".join(f"n.`{name}` = `{name}`" for name in names)
    writer.run(f"LOAD FROM {path_literal(file)} MATCH (n:Neuron {{id: `id`}}) SET {sets}")


def _copy(writer: Writer, name: str, file: Path) -> None:
    writer.run(f"COPY `{name}` FROM {path_literal(file)}")


def _spill(table: pa.Table, file: Path) -> Path:
    pq.write_table(table, file)
    return file
