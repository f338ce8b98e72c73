"""What mining costs beside the bare forward, at two models' sizes, and the memory that it takes.

The peer is the original Hugging Face model, without its unembedding and without any hook, over
the same batches, in the same run: one shard of the corpus by the peer, then the same shard by
the pass. Both have one thread, and their processor time is taken: what counts is work, and neither
how well it is divided nor what else the machine does. Memory is the peak of a process of its own,
at two sizes of the corpus. `ARGS=gpt2` measures one part alone (of stories, gpt2 and memory).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, GPT2Config, GPT2LMHeadModel

from ingest.corpora import open_corpus
from ingest.jobs.mine import mine, sizes_for
from ingest.jobs.mine_pass import Pass, read_shards
from ingest.jobs.settings import Settings, batch_size_for, plan
from ingest.jobs.task import Task
from ingest.jobs.work import open_work_folder
from ingest.mining.batches import batches_of, n_shards, tokens_of
from ingest.mining.tokenizing import write_tokens
from ingest.mining.tokens import open_tokens
from ingest.progress import Silent
from ingest.stop import Stop
from ingest.subject import Subject, boot, use_threads
from tests.benchmarks.report import report
from tests.shared import model_path, stories_path

CONTEXT = 128
MOST = 1.25
FEW_DOCUMENTS, MANY_DOCUMENTS = 1000, 4000
_GPT2_DOCUMENTS = 128
"""What is paid once, memory that is touched for the first time, is then a small part."""


def main() -> None:
    if sys.argv[1:2] == ["--peak"]:
        _mine_alone(int(sys.argv[2]))
        return
    parts = {"stories": _at_size_of_stories, "gpt2": _at_size_of_gpt2, "memory": _memory}
    use_threads(1)
    for part in sys.argv[1:] or parts:
        with tempfile.TemporaryDirectory() as name:
            parts[part](Path(name))


def _at_size_of_stories(folder: Path) -> None:
    subject = boot(str(model_path()), "cpu")
    plain = AutoModel.from_pretrained(model_path()).eval()
    _costs(subject, plain, folder / "first", 4)  # both models warm, loops compiled
    costs = _costs(subject, plain, folder / "stories", MANY_DOCUMENTS)
    _report("stories260K", costs)
    begin = time.process_time()
    _stage(subject, folder / "stage", MANY_DOCUMENTS)
    whole = time.process_time() - begin
    report("stories260K, all of mining", whole, "s")
    report("stories260K, all of mining to bare forward", whole / costs.bare, "1")


def _at_size_of_gpt2(folder: Path) -> None:
    """GPT-2-small's shape, random weights, and the other model's tokenizer."""
    model = folder / "gpt2"
    torch.manual_seed(0)
    network: Any = GPT2LMHeadModel(GPT2Config(bos_token_id=1, eos_token_id=2))
    network.save_pretrained(model)
    del network
    for file in model_path().glob("tokenizer*"):
        shutil.copyfile(file, model / file.name)
    subject = boot(str(model), "cpu")
    plain = AutoModel.from_pretrained(model).eval()
    _costs(subject, plain, folder / "again", 4)
    _report("GPT-2-small's size", _costs(subject, plain, folder / "small", _GPT2_DOCUMENTS))


@dataclass(frozen=True, slots=True)
class Costs:
    """Of one pass over some tokens."""

    tokens: int
    bare: float
    """Processor seconds of the peer."""
    mining: float
    """Processor seconds of the pass."""


def _costs(subject: Subject, plain: Any, folder: Path, documents: int) -> Costs:
    """Of the passes by the peer and by ours, shard by shard."""
    corpus = open_corpus(stories_path(), limit=documents)
    write_tokens(
        folder, corpus.documents(), encode=subject.encode, length=CONTEXT, sample_size=512,
        advance=lambda count: None,
    )  # fmt: skip
    tokens = open_tokens(folder)
    sizes = sizes_for(Settings("", Path(), Path()), subject.layers, tokens)
    given = Pass(tokens, subject.layers, sizes, batch_size_for(CONTEXT))
    bare = 0.0

    def shards() -> Iterator[int]:
        """Each shard, once the peer has read it."""
        nonlocal bare
        for shard in range(n_shards(tokens)):
            begin = time.process_time()
            with torch.inference_mode():
                for batch in batches_of(tokens, shard, given.batch_size):
                    rows = torch.from_numpy(tokens_of(tokens, batch, subject.begin)).long()
                    plain(input_ids=rows, use_cache=False)
            bare += time.process_time() - begin
            yield shard

    begin = time.process_time()
    read_shards(
        subject, given, shards(), folder / "part.npz", advance=lambda count: None, stop=Stop()
    )
    return Costs(tokens.n_tokens, bare, time.process_time() - begin - bare)


def _report(size: str, costs: Costs) -> None:
    report(f"{size}, tokens", costs.tokens, "tokens")
    report(f"{size}, bare forward", 1e6 * costs.bare / costs.tokens, "µs/token")
    report(f"{size}, pass", 1e6 * costs.mining / costs.tokens, "µs/token")
    report(f"{size}, pass to bare forward", costs.mining / costs.bare, "1", at_most=MOST)


def _stage(subject: Subject, folder: Path, documents: int) -> None:
    """The whole first stage: tokens, the pass, what is kept, the pack."""
    settings = Settings(
        str(model_path()), stories_path(), folder / "pack", limit_documents=documents
    )
    corpus = open_corpus(stories_path(), limit=documents)
    planned = plan(settings, fingerprint="f", corpus_sha256="c", layers=subject.layers)
    work = open_work_folder(settings.output, planned.inputs, restart=False)
    mine(Task(settings, subject, corpus, subject.layers, work, Silent(), Stop()), planned.mine)


def _memory(_: Path) -> None:
    peaks = []
    for documents in (FEW_DOCUMENTS, MANY_DOCUMENTS):
        command = [sys.executable, "-m", "tests.benchmarks.mine", "--peak", str(documents)]
        run = subprocess.run(command, check=True, capture_output=True, text=True)
        peaks.append(float(run.stdout.splitlines()[-1]))
        report(f"stories260K, peak memory with {documents} documents", peaks[-1], "MiB")
    report("peak memory, four times the corpus to one", peaks[1] / peaks[0], "1", at_most=1.1)


def _mine_alone(documents: int) -> None:
    """Mine in this process and print its peak memory in MiB.

    Linux's own count: `getrusage` would give the parent's peak, if that was higher.
    """
    with tempfile.TemporaryDirectory() as name:
        use_threads(1)
        _stage(boot(str(model_path()), "cpu"), Path(name), documents)
    [peak] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    print(int(peak) / 1024)


if __name__ == "__main__":
    main()
