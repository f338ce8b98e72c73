"""A pack's tables in forms that need no knowledge of packs."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson

from cypher.pack import Pack
from cypher.schema import PACKED
from ingest.exports.folder import whole_folder

_ROWS_AT_ONCE = 5_000


def write_jsonl(pack: Pack, path: Path) -> dict[str, int]:
    """`{table}.jsonl` for each table, a row a line, without what is null; gives rows by table."""
    counts: dict[str, int] = {}
    with whole_folder(path) as folder:
        for kind in PACKED:
            if not pack.rows(kind.name):
                continue
            counts[kind.name] = pack.rows(kind.name)
            with (folder / f"{kind.name}.jsonl").open("wb") as file:
                for shard in pack.shards(kind.name):
                    for batch in shard.to_batches(max_chunksize=_ROWS_AT_ONCE):
                        for row in batch.to_pylist():
                            known = {key: value for key, value in row.items() if value is not None}
                            file.write(orjson.dumps(known) + b"\n")
    return counts


def write_datasets(pack: Pack, path: Path) -> dict[str, int]:
    """A folder for `datasets.load_dataset`: one configuration for each table, and a card."""
    counts = {kind.name: pack.rows(kind.name) for kind in PACKED if pack.rows(kind.name)}
    with whole_folder(path) as folder:
        for name in counts:
            target = folder / "data" / name
            target.mkdir(parents=True)
            for number, file in enumerate(pack.files(name)):
                shutil.copyfile(file, target / f"{number:05d}.parquet")
        (folder / "README.md").write_text(_card(pack, counts), encoding="utf-8")
    return counts


def _card(pack: Pack, counts: dict[str, int]) -> str:
    models = sorted(str(row["id"]) for row in pack.table("Model", ["id"]).to_pylist())
    runs = pack.table("IngestRun", ["job", "source"]).to_pylist()
    described = {kind.name: kind.description for kind in PACKED}
    lines = ["---", "pretty_name: " + orjson.dumps("Neurons of " + ", ".join(models)).decode()]
    lines += ["tags:", "- interpretability", "- neurons", "configs:"]
    for name in counts:
        lines += [f"- config_name: {name}", f"  data_files: data/{name}/*.parquet"]
    lines += ["---", "", f"# Neurons of {', '.join(models)}", ""]
    lines += ["One graph of what is known about the neurons of a language model, as tables.", ""]
    made = sorted({f"{run['job']} ({run['source']})" for run in runs})
    lines += [f"Made by: {', '.join(made)}.", "", "| table | rows | what it is |", "|---|---|---|"]
    lines += [f"| `{name}` | {count:,} | {described[name]} |" for name, count in counts.items()]
    lines += ["", "```python", "from datasets import load_dataset", ""]
    lines += [f'load_dataset("PATH", "{next(iter(counts))}", split="train")', "```", ""]
    return "\n".join(lines)
