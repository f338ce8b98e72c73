"""The pack of mining against brute force: every chunk alone through the plain model, sorted."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from transformers import AutoTokenizer

from cypher import ids
from cypher.pack import Pack, open_pack
from ingest.corpora import open_corpus
from ingest.errors import CorpusError, InterruptedJobError
from ingest.jobs.mine import mine
from ingest.jobs.settings import Settings, plan
from ingest.jobs.task import Task
from ingest.jobs.work import open_work_folder
from ingest.mining.chunks import Document
from ingest.mining.evidence import weights_of
from ingest.mining.kept import open_kept
from ingest.mining.tokens import open_tokens
from ingest.progress import Silent
from ingest.stop import Stop
from ingest.subject import Subject
from tests.ingest.plain import activations_of, plain_model
from tests.shared import model_path

MODEL = "stories260K"
ROOT = Path(__file__).parents[2]
LENGTH, K, EVIDENCE, LAYERS = 12, 5, 60, (1, 4)


@pytest.fixture(scope="module")
def corpus_file(tmp_path_factory: pytest.TempPathFactory, stories: list[Document]) -> Path:
    """Forty stories, some of them twice, and an empty one."""
    path = tmp_path_factory.mktemp("corpus") / "stories.jsonl"
    listed = [d.text for d in stories]
    listed = [*listed[:20], "", listed[3], listed[0], *listed[20:], listed[3]]
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in listed))
    return path


def task_for(
    subject: Subject, corpus_file: Path, output: Path, *, batch_size: int = 8, workers: int = 1
) -> Task:
    settings = Settings(
        str(model_path()), corpus_file, output, top_k=K, context_length=LENGTH,
        batch_size=batch_size, sample_size=40, evidence=EVIDENCE, workers=workers,
    )  # fmt: skip
    corpus = open_corpus(corpus_file)
    layers = tuple(subject.layers[layer] for layer in LAYERS)
    planned = plan(settings, fingerprint="f", corpus_sha256=corpus.sha256, layers=layers)
    work = open_work_folder(output, planned.inputs, restart=False)
    return Task(settings, subject, corpus, layers, work, Silent(), Stop())


def mined_by(task: Task) -> Pack:
    planned = plan(
        task.settings, fingerprint="f", corpus_sha256=task.corpus.sha256, layers=task.layers
    )
    mine(task, planned.mine)
    return open_pack(task.work.mined)


@pytest.fixture(scope="module")
def mined(
    subject: Subject, corpus_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Task, Pack]:
    task = task_for(subject, corpus_file, tmp_path_factory.mktemp("mined") / "pack")
    return task, mined_by(task)


@pytest.fixture(scope="module")
def chunks(corpus_file: Path) -> list[tuple[int, tuple[str, ...], list[np.ndarray]]]:
    """Each chunk's document, its pieces, and its activations by layer."""
    tokenizer = AutoTokenizer.from_pretrained(model_path())
    found = []
    for number, line in enumerate(corpus_file.read_text().splitlines()):
        tokens = tokenizer(json.loads(line)["text"], add_special_tokens=False)["input_ids"]
        for first in range(0, len(tokens), LENGTH):
            part = tokens[first : first + LENGTH]
            pieces = tokenizer.convert_ids_to_tokens(part)
            exact = tuple(piece.replace("▁", " ").replace("<0x0A>", "\n") for piece in pieces)
            values = activations_of(plain_model(), [1, *part])
            found.append((number, exact, [values[layer][1:].double().numpy() for layer in LAYERS]))
    return found


def test_statistics_are_exact(
    mined: tuple[Task, Pack], chunks: list[tuple[int, tuple[str, ...], list[np.ndarray]]]
) -> None:
    rows = {row["id"]: row for row in mined[1].table("Neuron").to_pylist()}
    assert len(rows) == len(LAYERS) * 172
    for at, layer in enumerate(LAYERS):
        values = np.concatenate([found[at] for _, _, found in chunks])
        deviations = values - values.mean(0)
        variance = (deviations**2).mean(0)
        expected = {
            "max_activation": values.max(0),
            "min_activation": values.min(0),
            "mean_activation": values.mean(0),
            "variance": variance,
            "skewness": (deviations**3).mean(0) / variance**1.5,
            "kurtosis": (deviations**4).mean(0) / variance**2,
            "density": (values > 0).mean(0),
        }
        for index in range(172):
            row = rows[ids.neuron_id(MODEL, layer, index)]
            assert row["n_tokens"] == len(values)
            for name, column in expected.items():
                # rounding in another order may carry an activation next to zero over it
                close_to_zero = (abs(values[:, index]) < 1e-6).mean()
                near = close_to_zero + 1e-6 if name == "density" else 1e-5
                assert row[name] == pytest.approx(column[index], rel=1e-4, abs=near), name


def test_the_top_examples_are_those_of_brute_force(
    mined: tuple[Task, Pack], chunks: list[tuple[int, tuple[str, ...], list[np.ndarray]]]
) -> None:
    pack = mined[1]
    examples = {row["id"]: row for row in pack.table("Example").to_pylist()}
    within = {row["source"]: row["target"] for row in pack.table("WITHIN").to_pylist()}
    sequences = {row["id"]: row for row in pack.table("Sequence").to_pylist()}
    first_of: dict[tuple[str, ...], tuple[int, tuple[str, ...], list[np.ndarray]]] = {}
    for chunk in chunks:
        first_of.setdefault(chunk[1], chunk)  # a text that stands twice is one text
    for at, layer in enumerate(LAYERS):
        for index in range(0, 172, 7):
            peaks = sorted(
                ((found[at][:, index].max(), text) for text, (_, _, found) in first_of.items()),
                reverse=True,
            )
            maximum = float(peaks[0][0])
            tolerance = 10.0 ** (math.floor(math.log10(maximum)) - 3)
            neuron = ids.neuron_id(MODEL, layer, index)
            seen = set()
            for rank, (peak, _) in enumerate(peaks[:K], start=1):
                example = examples[ids.example_id(neuron, "model", "top", rank)]
                assert example["max_activation"] == pytest.approx(peak, abs=tolerance)
                sequence = sequences[within[example["id"]]]
                text = tuple(sequence["tokens"])
                assert sequence["id"] == ids.sequence_id(MODEL, text)
                assert sequence["text"] == "".join(text)
                number, _, found = first_of[text]
                assert sequence["document"] == number
                np.testing.assert_allclose(
                    example["activations"], found[at][:, index], atol=tolerance
                )
                assert example["activations"][example["peak"]] == max(example["activations"])
                seen.add(text)
            assert len(seen) == K


def test_structure_and_coverage(mined: tuple[Task, Pack]) -> None:
    pack = mined[1]
    assert [row["id"] for row in pack.table("Layer").to_pylist()] == [
        f"{MODEL}/{layer}" for layer in LAYERS
    ]
    [run] = pack.table("IngestRun").to_pylist()
    assert (run["job"], run["source"], run["model_id"]) == ("mine", "model", MODEL)
    covers = pack.table("COVERS").to_pylist()
    assert [(row["source"], row["n_present"], row["n_absent"]) for row in covers] == [
        (run["id"], 172, 0)
    ] * 2
    assert pack.rows("HAS_NEURON") == pack.rows("Neuron") == 344
    pack.verify()


def test_buckets(
    mined: tuple[Task, Pack], chunks: list[tuple[int, tuple[str, ...], list[np.ndarray]]]
) -> None:
    """Quarters ascend and do not repeat the top; bottom is sorted; random is of the sample."""
    task, pack = mined
    corpus = open_tokens(task.work.corpus)
    sampled = {*corpus.sample.tolist(), *corpus.held_out_sample.tolist()}
    texts = {ids.sequence_id(MODEL, chunks[at][1]) for at in sampled}
    within = {row["source"]: row["target"] for row in pack.table("WITHIN").to_pylist()}
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for row in pack.table("Example").to_pylist():
        neuron = row["id"].partition("@")[0]
        found.setdefault(neuron, {}).setdefault(row["bucket"], []).append(row)
    assert len(found) == 344
    first_of = {text: found for _, text, found in reversed(chunks)}
    lows = [
        sorted(float(own[at].min(0)[index]) for own in first_of.values())
        for at in range(len(LAYERS)) for index in range(172)
    ]  # fmt: skip
    for neuron, buckets in found.items():
        assert sorted(buckets) == ["bottom", "q1", "q2", "q3", "q4", "random", "top"]
        shown = {within[row["id"]] for row in buckets["top"]}
        weakest = 0.0
        for quarter in ("q1", "q2", "q3", "q4"):
            rows = sorted(buckets[quarter], key=lambda row: -row["rank"])
            assert 1 <= len(rows) <= 2
            assert [row["rank"] for row in rows] == list(range(len(rows), 0, -1))
            for row in rows:
                assert within[row["id"]] not in shown
                assert row["max_activation"] >= weakest
                weakest = row["max_activation"]
        assert len(buckets["random"]) == 4
        assert {within[row["id"]] for row in buckets["random"]} <= texts
        key = ids.parse_neuron_id(neuron)
        expected = lows[LAYERS.index(int(key.layer)) * 172 + key.index][:4]
        rows = sorted(buckets["bottom"], key=lambda row: row["rank"])
        maximum = max(row["max_activation"] for row in buckets["top"])
        near = 10.0 ** (math.floor(math.log10(maximum)) - 3)
        assert [row["max_activation"] for row in rows] == pytest.approx(expected, abs=near)
        for row in rows:
            assert row["activations"][row["peak"]] == row["max_activation"] < 0
            assert min(row["activations"]) == row["max_activation"]


def test_what_is_kept_for_token_graphs(
    mined: tuple[Task, Pack], chunks: list[tuple[int, tuple[str, ...], list[np.ndarray]]]
) -> None:
    """Evidence, top texts and texts held out, against scoring and sorting every token."""
    kept = open_kept(mined[0].work.kept, mined[0].work.corpus)
    corpus = kept.corpus
    once = corpus.firsts == np.arange(corpus.n_chunks)
    weights = weights_of(corpus.keys[:], corpus.lengths(np.arange(corpus.n_chunks)))
    assert 0 < corpus.held_out.sum() < corpus.n_chunks / 2
    for at, layer in enumerate(LAYERS):
        of_layer = kept.layer(str(layer))
        assert not of_layer.non_finite.any()
        for index in range(0, 172, 19):
            values = [own[at][:, index] for _, _, own in chunks]
            assert of_layer.maximum[index] == pytest.approx(max(map(max, values)), rel=1e-5)
            scores = {
                int(corpus.starts[chunk]) + position: (value * weights[chunk, position], value)
                for chunk in np.flatnonzero(once & ~corpus.held_out)
                for position, value in enumerate(values[chunk])
                if value > 0
            }
            best = sorted(scores, key=lambda place: -scores[place][0])[:EVIDENCE]
            places = of_layer.evidence_places[index]
            assert set(places.tolist()) == set(best)
            for place, activation in zip(places, of_layer.evidence_activations[index], strict=True):
                assert activation == pytest.approx(scores[int(place)][1], rel=1e-4, abs=1e-5)
            for name, size, side in (
                ("top", K, ~corpus.held_out),
                ("held_out", 10, corpus.held_out),
            ):
                listed = getattr(of_layer, f"{name}_chunks")[index]
                rows = getattr(of_layer, f"{name}_activations")[index]
                ranked = sorted(np.flatnonzero(once & side), key=lambda c: -values[c].max())
                assert listed.tolist() == [int(chunk) for chunk in ranked[:size]]
                for chunk, row in zip(listed, rows, strict=True):
                    own = values[chunk]
                    near = 1e-5 * (1 + float(own.max() - own.min()))
                    np.testing.assert_allclose(row[: len(own)], own, rtol=1e-4, atol=near)
                    assert not row[len(own) :].any()


def files(task: Task) -> dict[str, bytes]:
    """All that mining wrote but its run, which tells of time."""
    folder = task.work.root / "mine"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {"IngestRun.parquet", "pack.json"}
    }


def test_stopped_after_any_batch(
    subject: Subject, corpus_file: Path, mined: tuple[Task, Pack], tmp_path: Path
) -> None:
    """Stopped after every seventh batch and begun again from disk, no byte is another."""
    task = task_for(subject, corpus_file, tmp_path / "pack")
    attempts = 0
    while True:
        attempts += 1
        task = replace(task, stop=StopAfter(9 * attempts), progress=Silent())
        try:
            mined_by(task)
            break
        except InterruptedJobError:
            assert [path.name for path in task.work.parts.iterdir()] == ["0000.npz"]
    assert attempts > 3
    assert files(task) == files(mined[0])


class StopAfter(Stop):
    """Requests a stop when it was looked at so often."""

    def __init__(self, looks: int) -> None:
        self.looks = looks
        super().__init__()

    @property
    def requested(self) -> bool:
        self.looks -= 1
        return self.looks < 0

    @requested.setter
    def requested(self, value: bool) -> None:
        pass


KILLED = """
import pathlib, sys
from ingest.jobs import mine_pass
mine_pass.SECONDS_BETWEEN_CHECKPOINTS = 0.0
mine_pass._LONGEST_SHARE = 0
from ingest.subject import boot, use_threads
from tests.ingest.test_mine import mined_by, task_for
if __name__ == "__main__":
    use_threads(1)
    corpus, output, workers = sys.argv[1:]
    task = task_for(boot(%r, "cpu"), pathlib.Path(corpus), pathlib.Path(output), workers=int(workers))
    mined_by(task)
"""


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_killed_and_begun_again(
    subject: Subject, corpus_file: Path, mined: tuple[Task, Pack], tmp_path: Path, workers: int
) -> None:
    """Killed when the first checkpoint stands; whoever goes on writes the same bytes."""
    program = tmp_path / "program.py"
    program.write_text(KILLED % str(model_path()))
    output = tmp_path / "pack"
    parts = tmp_path / "pack.work" / "mine" / "parts"
    command = [sys.executable, str(program), str(corpus_file), str(output), str(workers)]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}) as process:
        while process.poll() is None and not (parts.is_dir() and list(parts.glob("0*.npz"))):
            time.sleep(0.01)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    task = task_for(subject, corpus_file, output, workers=3 - workers)
    mined_by(task)
    assert files(task) == files(mined[0])


def test_another_batch_size_changes_nothing_beyond_rounding(
    subject: Subject, corpus_file: Path, mined: tuple[Task, Pack], tmp_path: Path
) -> None:
    """But for texts that begin alike: on their beginning they fire alike, and rounding decides."""
    task = task_for(subject, corpus_file, tmp_path / "pack", batch_size=13)
    packs = (mined[1], mined_by(task))
    for table, exact in (("Neuron", ("id", "n_tokens")), ("Example", ("id", "bucket", "rank"))):
        rows, others = (pack.table(table).to_pylist() for pack in packs)
        assert [[row[name] for name in exact] for row in rows] == [
            [row[name] for name in exact] for row in others
        ]
        for row, other in zip(rows, others, strict=True):
            for name, value in row.items():
                if isinstance(value, float):
                    assert other[name] == pytest.approx(value, rel=1e-3, abs=2e-3), (row, name)
    within, moved_to = (
        {row["source"]: row["target"] for row in pack.table("WITHIN").to_pylist()} for pack in packs
    )
    moved = [example for example, text in within.items() if moved_to[example] != text]
    assert len(moved) < len(within) / 1000
    assert not [example for example in moved if "@random#" in example]


def test_a_corpus_of_empty_documents(subject: Subject, tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_text('{"text": ""}\n')
    with pytest.raises(CorpusError, match="holds no tokens"):
        mined_by(task_for(subject, path, tmp_path / "pack"))
