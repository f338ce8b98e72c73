"""The pack of mining against brute force: every chunk alone through the plain model, sorted."""

from __future__ import annotations

import json
import math
from pathlib import Path

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
from ingest.mining import state, texts
from ingest.mining.chunks import Document
from ingest.progress import Silent
from ingest.stop import Stop
from ingest.subject import Subject
from tests.ingest.plain import activations_of, plain_model
from tests.shared import model_path

MODEL = "stories260K"
LENGTH, K, LAYERS = 24, 5, (1, 4)


@pytest.fixture(scope="module")
def corpus_file(tmp_path_factory: pytest.TempPathFactory, stories: list[Document]) -> Path:
    """Forty stories, some of them twice, and an empty one."""
    path = tmp_path_factory.mktemp("corpus") / "stories.jsonl"
    listed = [d.text for d in stories]
    listed = [*listed[:20], "", listed[3], listed[0], *listed[20:], listed[3]]
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in listed))
    return path


def task_for(subject: Subject, corpus_file: Path, output: Path) -> Task:
    settings = Settings(
        str(model_path()), corpus_file, output,
        top_k=K, context_length=LENGTH, batch_size=8, sample_size=6,
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
                example = examples[ids.example_id(neuron, "top", rank)]
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


def test_the_sample_is_of_the_corpus_whatever_the_layers(mined: tuple[Task, Pack]) -> None:
    kept = texts.load(mined[0].work.texts)
    assert len(kept.sample) == 6
    assert list(kept.sample) == sorted(kept.sample)
    assert set(kept.sample) <= set(kept.by_key)


def test_a_checkpoint_is_the_state(
    subject: Subject, corpus_file: Path, mined: tuple[Task, Pack], tmp_path: Path
) -> None:
    """Stopped after each block and begun again from disk, the tables are the same."""
    task = task_for(subject, corpus_file, tmp_path / "pack")
    attempts = 0
    while True:
        attempts += 1
        task.stop.requested = True
        try:
            pack = mined_by(task)
            break
        except InterruptedJobError:
            again = state.load(task.work.checkpoint)
            state.save(again, tmp_path / "copy.npz")
            assert (tmp_path / "copy.npz").read_bytes() == task.work.checkpoint.read_bytes()
    assert attempts > 3
    for table in mined[1].manifest.tables:
        if table.name != "IngestRun":
            found = [t for t in pack.manifest.tables if t.name == table.name]
            assert found == [table]


def test_a_corpus_of_empty_documents(subject: Subject, tmp_path: Path) -> None:
    path = tmp_path / "empty.jsonl"
    path.write_text('{"text": ""}\n')
    with pytest.raises(CorpusError, match="holds no tokens"):
        mined_by(task_for(subject, path, tmp_path / "pack"))
