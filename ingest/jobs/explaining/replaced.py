"""Which rows of a pack go when neurons are explained and scored again."""

from __future__ import annotations

from collections.abc import Collection

from cypher import ids
from cypher.pack import Pack
from ingest.jobs.explaining.rows import EXPLANATION, Runs

Key = tuple[str, ...]


def replaced(
    base: Pack, added: Pack, runs: Runs, treated: Collection[str], refuted: Collection[str]
) -> dict[str, set[Key]]:
    """Keys by table: what the same simulator measured of these explanations before, what the
    same explainer did not find for neurons that have one now, runs that nothing is left of, and
    whose revisions were that turned out no better this time (`refuted`).
    """
    gone: dict[str, set[Key]] = {"LACKS": _found_now(base, added, runs)}
    if refuted:
        gone["HAS_EXPLANATION"] = {
            (ids.neuron_of(row["source"]), row["source"])
            for row in base.table("REVISES", ["source"]).to_pylist()
            if row["source"] in refuted
        }
    if runs.score is not None:
        for table, edges in (("Score", ("HAS_SCORE",)), ("Simulation", ("HAS_SIMULATION", "OF"))):
            old = {
                row["id"]
                for row in base.table(table, ["id", "source"]).to_pylist()
                if row["source"] == runs.simulator
                and row["id"].split(f"@{runs.simulator}", 1)[0] in treated
            }
            gone[table] = {(own,) for own in old}
            for edge in edges:
                gone[edge] = {
                    (row["source"], row["target"])
                    for row in base.table(edge, ["source", "target"]).to_pylist()
                    if row["source"] in old or row["target"] in old
                }
    left = _runs_left(base, gone)
    for row in base.table("IngestRun", ["id", "job", "source"]).to_pylist():
        own = (row["job"], row["source"])
        ours = [(s.job, s.source) for s in (runs.explain, runs.score) if s is not None]
        if own in ours and row["id"] not in left:
            gone.setdefault("IngestRun", set()).add((row["id"],))
    without = gone.get("IngestRun", set())
    gone["COVERS"] = {
        (row["source"], row["target"])
        for row in base.table("COVERS", ["source", "target"]).to_pylist()
        if (row["source"],) in without
    }
    return {table: keys for table, keys in gone.items() if keys}


def _found_now(base: Pack, added: Pack, runs: Runs) -> set[Key]:
    """What was missing, and is there now or was looked for again."""
    ours = {
        row["id"]
        for row in base.table("IngestRun", ["id", "job", "source"]).to_pylist()
        for stage in (runs.explain, runs.score)
        if stage is not None and (row["job"], row["source"]) == (stage.job, stage.source)
    }
    again = {row["source"] for row in added.table("LACKS", ["source"]).to_pylist()} | {
        row["source"] for row in added.table("HAS_EXPLANATION", ["source"]).to_pylist()
    }
    again |= {
        row["source"].partition("@")[0] for row in added.table("HAS_SCORE", ["source"]).to_pylist()
    }
    kinds = {EXPLANATION, "score"}
    return {
        (row["source"], row["target"], row["kind"])
        for row in base.table("LACKS", ["source", "target", "kind"]).to_pylist()
        if row["target"] in ours and row["kind"] in kinds and row["source"] in again
    }


def _runs_left(base: Pack, gone: dict[str, set[Key]]) -> set[str]:
    """The runs of explanations and scores that some row of the pack is left of."""
    left = {row["run_id"] for row in base.table("Explanation", ["run_id"]).to_pylist()}
    for table in ("Score", "Simulation"):
        dropped = gone.get(table, set())
        left |= {
            row["run_id"]
            for row in base.table(table, ["id", "run_id"]).to_pylist()
            if (row["id"],) not in dropped
        }
    for edge in ("HAS_EXPLANATION", "REVISES"):
        left |= {row["run_id"] for row in base.table(edge, ["run_id"]).to_pylist()}
    left |= {
        row["target"]
        for row in base.table("LACKS", ["source", "target", "kind"]).to_pylist()
        if (row["source"], row["target"], row["kind"]) not in gone["LACKS"]
    }
    return left
