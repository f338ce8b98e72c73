"""The work folder beside a pack that is being made: what was done, so that a job can go on.

PACK.work/
    job.json                    what the job was asked for
    mine/corpus/                the corpus by token id
    mine/parts/                 mining, while it runs: a checkpoint per worker
    mine/kept/                  what mining keeps for later stages, by layer
    mine/pack/                  its pack
    token-graphs/layer-3/       one pack per layer
    token-graphs/summary/       what needs all layers
    similarity/ explain/        their packs
    weights/layer-3/            one pack per layer
    weights/summary/            the run
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import WorkFolderError

_JOB = "job.json"


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """Where the stages put what they made."""

    root: Path

    @property
    def corpus(self) -> Path:
        """The corpus by token id."""
        return self.root / "mine" / "corpus"

    @property
    def parts(self) -> Path:
        """The checkpoints of mining."""
        return self.root / "mine" / "parts"

    def part(self, worker: int) -> Path:
        """The checkpoint of a worker, counted from 0."""
        return self.parts / f"{worker:04d}.npz"

    @property
    def kept(self) -> Path:
        """What mining keeps for later stages."""
        return self.root / "mine" / "kept"

    @property
    def mined(self) -> Path:
        """The pack of mining."""
        return self.root / "mine" / "pack"

    def graphs(self, layer: str) -> Path:
        """The pack of the token graphs of the layer with this name."""
        return self.root / "token-graphs" / f"layer-{layer}"

    @property
    def graph_summary(self) -> Path:
        """The pack of what follows from all token graphs."""
        return self.root / "token-graphs" / "summary"

    @property
    def similarity(self) -> Path:
        """The pack of similar neurons."""
        return self.root / "similarity"

    @property
    def explanations(self) -> Path:
        """The pack of explanations."""
        return self.root / "explain"

    def weights(self, layer: str) -> Path:
        """The pack of what the weights of the layer with this name say."""
        return self.root / "weights" / f"layer-{layer}"

    @property
    def weights_summary(self) -> Path:
        """The pack of the run that read the weights."""
        return self.root / "weights" / "summary"

    def remove(self) -> None:
        """Throw it away."""
        shutil.rmtree(self.root)


def open_work_folder(output: Path, job: Mapping[str, object], *, restart: bool) -> WorkFolder:
    """The work folder beside `output`, new or left by the same job.

    Raises WorkFolderError if it belongs to another job and `restart` is false.
    """
    root = output.with_name(output.name + ".work")
    wanted = json.dumps(job, sort_keys=True, ensure_ascii=False, indent=1)
    if root.exists() and not (root / _JOB).is_file() and any(root.iterdir()):
        raise WorkFolderError(
            f"{root} is in the way: it is not a work folder of this program. Move it, or write "
            f"the pack elsewhere."
        )
    if root.exists() and restart:
        shutil.rmtree(root)
    if (root / _JOB).is_file():
        found = (root / _JOB).read_text(encoding="utf-8")
        if found != wanted:
            raise WorkFolderError(
                f"{root} holds unfinished work of another job ({_difference(found, job)}). Give "
                f"that job's command again to go on with it, or add --restart to throw it away."
            )
        return WorkFolder(root)
    root.mkdir(parents=True, exist_ok=True)
    temporary = root / f".{_JOB}.tmp"
    with temporary.open("w", encoding="utf-8") as file:
        file.write(wanted)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(root / _JOB)
    return WorkFolder(root)


def _difference(found: str, wanted: Mapping[str, object]) -> str:
    """The first settings that differ, in words."""
    try:
        theirs = json.loads(found)
    except ValueError:
        return "its job.json is damaged"
    names = sorted(theirs.keys() | wanted.keys())
    parts = [
        f"{name}: {theirs.get(name)} there, {wanted.get(name)} here"
        for name in names
        if theirs.get(name) != wanted.get(name)
    ]
    return "; ".join(parts[:3])
