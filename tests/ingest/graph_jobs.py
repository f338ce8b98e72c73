"""Jobs of token graphs over something mined, and what they wrote."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cypher.pack import open_pack
from ingest.corpora import open_corpus
from ingest.jobs.mine import mine
from ingest.jobs.settings import Settings, plan
from ingest.jobs.task import Task
from ingest.jobs.token_graphs import make_token_graphs
from ingest.jobs.work import WorkFolder, open_work_folder
from ingest.progress import Silent
from ingest.stop import Stop
from ingest.subject import Subject

Row = dict[str, Any]
SCORES = (
    "precision", "recall", "f1", "correlation", "support", "token_baseline_f1",
    "bigram_baseline_f1",
)  # fmt: skip


def task_for(settings: Settings, subject: Subject, names: Sequence[str]) -> Task:
    """A job whose folder is not made yet, on these layers."""
    layers = tuple(layer for layer in subject.layers if layer.name in names)
    work = WorkFolder(settings.output.with_name("pack.work"))
    return Task(settings, subject, open_corpus(settings.corpus), layers, work, Silent(), Stop())


def mined(task: Task) -> Task:
    """The same, mined."""
    planned = plan(task.settings, fingerprint="f", corpus_sha256="c", layers=task.layers)
    open_work_folder(task.settings.output, planned.inputs, restart=False)
    mine(task, planned.mine)
    return task


def beside(task: Task, folder: Path, **changes: Any) -> Task:
    """Another job over what was mined."""
    work = WorkFolder(folder / "pack.work")
    if not work.root.exists():
        shutil.copytree(task.work.root / "mine", work.root / "mine")
    return replace(task, settings=replace(task.settings, **changes), work=work)


def graphs(task: Task, **memory: int) -> WorkFolder:
    """Make them."""
    planned = plan(task.settings, fingerprint="f", corpus_sha256="c", layers=task.layers)
    make_token_graphs(task, planned.token_graphs, **memory)
    for layer in task.layers:
        open_pack(task.work.graphs(layer.name)).verify()
    return task.work


def rows(work: WorkFolder, table: str) -> list[Row]:
    """Of all layers."""
    packs = sorted((work.root / "token-graphs").glob("layer-*"))
    return [row for pack in packs for row in open_pack(pack).table(table).to_pylist()]
