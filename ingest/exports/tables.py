"""The graph model's tables, of a pack or a graph, in forms that need no knowledge of either."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from cypher.dump import Tables
from cypher.schema import PACKED
from cypher.tables import arrow_schema, element
from ingest.exports.folder import whole_folder
from ingest.progress import Progress

_ROWS_AT_ONCE = 5_000
_ROWS_PER_FILE = 500_000
"""Files of a data set that can be fetched, and shown, one by one."""


def write_jsonl(tables: Tables, path: Path, *, progress: Progress) -> dict[str, int]:
    """`{table}.jsonl` for each table, a row a line, without what is null; gives rows by table.

    Raises OutputError if something stands at `path`, QueryError, PackError.
    """
    counts = _counts(tables)
    with whole_folder(path) as folder, progress.stage(
        "export jsonl", sum(counts.values()), "rows"
    ) as advance:  # fmt: skip
        for name in counts:
            with (folder / f"{name}.jsonl").open("wb") as file:
                for batch in tables.batches(name, _ROWS_AT_ONCE):
                    for row in batch.to_pylist():
                        known = {key: value for key, value in row.items() if value is not None}
                        file.write(orjson.dumps(known) + b"\n")
                    advance(batch.num_rows)
    return counts


def write_datasets(tables: Tables, path: Path, *, progress: Progress) -> dict[str, int]:
    """A folder for `datasets.load_dataset`: one configuration for each table, and a card.

    Raises as `write_jsonl` does.
    """
    counts = _counts(tables)
    with whole_folder(path) as folder, progress.stage(
        "export datasets", sum(counts.values()), "rows"
    ) as advance:  # fmt: skip
        for name in counts:
            target = folder / "data" / name
            target.mkdir(parents=True)
            for number, part in enumerate(_parts(tables, name)):
                file = target / f"{number:05d}.parquet"
                with pq.ParquetWriter(file, arrow_schema(element(name)), compression="zstd") as out:
                    for batch in part:
                        out.write_table(batch)
                        advance(batch.num_rows)
        (folder / "README.md").write_text(_card(tables, counts), encoding="utf-8")
    return counts


def _counts(tables: Tables) -> dict[str, int]:
    found = {kind.name: tables.rows(kind.name) for kind in PACKED}
    return {name: count for name, count in found.items() if count}


def _parts(tables: Tables, name: str) -> Iterator[Iterator[pa.Table]]:
    """A table's batches, those of each file; each file's are to be taken before the next's."""
    batches = tables.batches(name, _ROWS_AT_ONCE)
    n_rows = 0

    def part(first: pa.Table) -> Iterator[pa.Table]:
        nonlocal n_rows
        n_rows = first.num_rows
        yield first
        while n_rows < _ROWS_PER_FILE and (batch := next(batches, None)) is not None:
            n_rows += batch.num_rows
            yield batch

    while (batch := next(batches, None)) is not None:
        yield part(batch)


def _column(tables: Tables, name: str, columns: list[str]) -> list[tuple[str, ...]]:
    """Some columns of a short table, each row once, in order."""
    return sorted(
        {
            tuple(str(row[column]) for column in columns)
            for batch in tables.batches(name, _ROWS_AT_ONCE)
            for row in batch.select(columns).to_pylist()
        }
    )


def _card(tables: Tables, counts: dict[str, int]) -> str:
    models = ", ".join(model for (model,) in _column(tables, "Model", ["id"]))
    made = [f"{job} ({source})" for job, source in _column(tables, "IngestRun", ["job", "source"])]
    described = {kind.name: kind.description for kind in PACKED}
    lines = ["---", "pretty_name: " + orjson.dumps(f"Neurons of {models}").decode()]
    lines += ["tags:", "- interpretability", "- neurons", "configs:"]
    for name in counts:
        lines += [f"- config_name: {name}", f"  data_files: data/{name}/*.parquet"]
    lines += ["---", "", f"# Neurons of {models}", ""]
    lines += ["One graph of what is known about the neurons of a language model, as tables.", ""]
    lines += [f"Made by: {', '.join(made)}.", "", "| table | rows | what it is |", "|---|---|---|"]
    lines += [f"| `{name}` | {count:,} | {described[name]} |" for name, count in counts.items()]
    lines += ["", "```python", "from datasets import load_dataset", ""]
    lines += [f'load_dataset("PATH", "{next(iter(counts))}", split="train")', "```", ""]
    return "\n".join(lines)
