"""Mining where something is extreme: neurons that never or always fire, or overflow; odd texts."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import GPT2LMHeadModel

from cypher import ids
from cypher.pack import Pack, open_pack
from ingest.corpora import open_corpus
from ingest.jobs.mine import mine
from ingest.jobs.settings import Settings, plan
from ingest.jobs.task import Task
from ingest.jobs.work import open_work_folder
from ingest.mining.kept import Kept, open_kept
from ingest.progress import Silent
from ingest.stop import Stop
from ingest.subject import boot
from tests.ingest.families import save

SILENT, CONSTANT, ALWAYS, OVERFLOWS, ZERO = range(5)
"""Neurons of layer 1."""
CONTEXT = 16
LONG = "".join(chr(97 + number % 23) for number in range(40))
TEXTS = ["a", "b", LONG, "hello", "", "hello", "q", *(f"text number {n}" for n in range(12))]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = save("gpt2", tmp_path_factory.mktemp("model"))
    network: Any = GPT2LMHeadModel.from_pretrained(folder)
    with torch.no_grad():
        mlp = network.transformer.h[1].mlp.c_fc
        for neuron, (scale, bias) in {
            SILENT: (0, -30), CONSTANT: (0, 1), ALWAYS: (1, 60), OVERFLOWS: (1e4, 6e4), ZERO: (0, 0),
        }.items():  # fmt: skip
            mlp.weight[:, neuron] *= scale
            mlp.bias[neuron] = bias
    network.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def mined(model: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Pack, Kept]:
    folder = tmp_path_factory.mktemp("mined")
    file = folder / "texts.jsonl"
    file.write_text("".join(f'{{"text": "{text}"}}\n' for text in TEXTS))
    settings = Settings(
        str(model), file, folder / "pack", model_id="tiny", context_length=CONTEXT, top_k=30,
        batch_size=4, dtype="float16",
    )  # fmt: skip
    subject, corpus = boot(str(model), "cpu", "float16"), open_corpus(file)
    planned = plan(settings, fingerprint="f", corpus_sha256="c", layers=subject.layers)
    work = open_work_folder(settings.output, planned.inputs, restart=False)
    mine(Task(settings, subject, corpus, subject.layers, work, Silent(), Stop()), planned.mine)
    pack = open_pack(work.mined)
    pack.verify()
    return pack, open_kept(work.kept, work.corpus)


def neuron(pack: Pack, layer: int, index: int) -> Row:
    [row] = [
        row
        for row in pack.table("Neuron").to_pylist()
        if row["id"] == ids.neuron_id("tiny", layer, index)
    ]
    return row


def examples(pack: Pack, layer: int, index: int, bucket: str) -> list[Row]:
    first = ids.example_id(ids.neuron_id("tiny", layer, index), "model", bucket, 1)
    start = first.removesuffix("1")
    rows = [row for row in pack.table("Example").to_pylist() if row["id"].startswith(start)]
    return sorted(rows, key=lambda row: row["rank"])


def lacks(pack: Pack) -> dict[str, str]:
    return {row["source"]: row["reason"] for row in pack.table("LACKS").to_pylist()}


def test_it_never_fires(mined: tuple[Pack, Kept]) -> None:
    for index in (SILENT, ZERO):
        row = neuron(mined[0], 1, index)
        assert (row["max_activation"], row["min_activation"], row["density"]) == (0, 0, 0)
        assert row["skewness"] is row["kurtosis"] is None
        assert lacks(mined[0])[row["id"]] == "never fires"
        for bucket in ("top", "q1", "random", "bottom"):
            assert examples(mined[0], 1, index, bucket) == []
        kept = mined[1].layer("1")
        assert kept.maximum[index] == 0
        assert (kept.top_chunks[index] == -1).all()
        assert (kept.evidence_places[index] == -1).all()


def test_it_is_constant(mined: tuple[Pack, Kept]) -> None:
    row = neuron(mined[0], 1, CONSTANT)
    gelu = float(np.float16(torch.nn.functional.gelu(torch.ones(1), approximate="tanh").item()))
    assert row["mean_activation"] == row["max_activation"] == row["min_activation"]
    assert row["mean_activation"] == pytest.approx(gelu, rel=1e-3)
    assert (row["variance"], row["density"]) == (0, 1)
    assert row["skewness"] is row["kurtosis"] is None
    top = examples(mined[0], 1, CONSTANT, "top")
    documents = {row["id"]: row["document"] for row in mined[0].table("Sequence").to_pylist()}
    within = {row["source"]: row["target"] for row in mined[0].table("WITHIN").to_pylist()}
    listed = [documents[within[example["id"]]] for example in top]
    assert listed == sorted(listed)  # of equal texts the earlier one comes first
    assert len(top) == len({text for text in TEXTS if text}) + 2  # LONG is cut in three
    assert all(example["peak"] == 0 for example in top)


def test_it_always_fires(mined: tuple[Pack, Kept]) -> None:
    row = neuron(mined[0], 1, ALWAYS)
    assert row["density"] == 1
    assert row["min_activation"] > 0
    assert examples(mined[0], 1, ALWAYS, "bottom") == []
    places = mined[1].layer("1").evidence_places[ALWAYS]
    corpus = mined[1].corpus
    once = corpus.firsts == np.arange(corpus.n_chunks)
    chunks = np.flatnonzero(once & ~corpus.held_out)
    expected = {
        place for chunk in chunks for place in range(corpus.starts[chunk], corpus.starts[chunk + 1])
    }
    assert set(places[places >= 0].tolist()) == expected  # fewer than there is room for


def test_it_overflows(mined: tuple[Pack, Kept]) -> None:
    """Its own neuron lacks everything; what reads of it, the layers behind, do too."""
    pack, kept = mined
    row = neuron(pack, 1, OVERFLOWS)
    absent = lacks(pack)
    assert re.fullmatch(r"[1-9]\d* of its activations are not finite", absent[row["id"]])
    statistics = ("max", "min", "mean")
    assert all(row[f"{name}_activation"] is None for name in statistics)
    assert row["variance"] is row["skewness"] is row["kurtosis"] is row["density"] is None
    assert row["n_tokens"] == sum(map(len, TEXTS))
    assert examples(pack, 1, OVERFLOWS, "top") == []
    assert kept.layer("1").non_finite[OVERFLOWS] > 0
    assert (kept.layer("1").top_chunks[OVERFLOWS] == -1).all()
    assert (kept.layer("1").evidence_places[OVERFLOWS] == -1).all()
    spoilt = {name for name, reason in absent.items() if reason.endswith("are not finite")}
    assert spoilt == {row["id"], *(ids.neuron_id("tiny", 2, index) for index in range(64))}
    [run] = pack.table("IngestRun").to_pylist()
    counts = json.loads(run["counts"])
    assert counts["not_finite"] == 65
    assert counts["never_fire"] == len(absent) - 65


def test_nothing_in_the_pack_is_not_a_number(mined: tuple[Pack, Kept]) -> None:
    for table in mined[0].manifest.tables:
        for row in mined[0].table(table.name).to_pylist():
            for value in row.values():
                for number in value if isinstance(value, list) else [value]:
                    assert not isinstance(number, float) or math.isfinite(number), row


def test_texts_of_one_token_and_longer_than_the_context(mined: tuple[Pack, Kept]) -> None:
    sequences = {row["text"]: row for row in mined[0].table("Sequence").to_pylist()}
    assert sequences["a"]["tokens"] == ["a"]
    parts = [LONG[first : first + CONTEXT] for first in range(0, len(LONG), CONTEXT)]
    assert [len(sequences[part]["tokens"]) for part in parts] == [16, 16, 8]
    assert len({sequences[part]["document"] for part in parts}) == 1
    assert "hello" in sequences
    assert sequences["hello"]["document"] == TEXTS.index("hello")
    assert set(sequences) == {*(text for text in TEXTS if text and text != LONG), *parts}
    ones = [row for row in examples(mined[0], 0, 0, "top") if len(row["activations"]) == 1]
    assert all(row["peak"] == 0 for row in ones)
