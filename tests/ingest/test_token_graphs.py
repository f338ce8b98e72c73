"""The job of token graphs: its rows against brute force; stopped, in blocks, bounded, as published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cypher import ids
from cypher.pack import open_pack
from ingest.errors import InterruptedJobError, ModelError, WorkFolderError
from ingest.jobs.settings import Settings, plan
from ingest.jobs.sources import JUDGED, Sample
from ingest.jobs.task import Task
from ingest.jobs.token_graphs import NOT_CHOSEN, neurons_at_once
from ingest.jobs.work import WorkFolder, open_work_folder
from ingest.mining.chunks import Document
from ingest.mining.kept import Kept, open_kept
from ingest.n2g.evidence import FIRING
from ingest.progress import Silent
from ingest.subject import Subject
from tests.graphs import Tables
from tests.ingest.graph_jobs import SCORES, Row, beside, graphs, mined, rows, task_for
from tests.ingest.plain import activations_of, plain_model
from tests.ingest.test_mine import StopAfter
from tests.shared import model_path
from tests.tries import predicted, trie_of

MODEL = "stories260K"
LAYERS = (1, 4)
N_CHOSEN = 16
CHOSEN = f"0-{N_CHOSEN - 1}"


def files(work: WorkFolder) -> dict[str, bytes]:
    """All that was made but the run, which tells of time."""
    folder = work.root / "token-graphs"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.name != "IngestRun.parquet"
        and path != folder / "summary" / "pack.json"
    }


@pytest.fixture(scope="module")
def task(
    subject: Subject, stories: list[Document], tmp_path_factory: pytest.TempPathFactory
) -> Task:
    """Forty stories, mined."""
    folder = tmp_path_factory.mktemp("job")
    corpus = folder / "stories.txt"
    corpus.write_text("\n\n".join(story.text.replace("\n\n", "\n") for story in stories))
    settings = Settings(
        str(model_path()), corpus, folder / "pack", context_length=48, batch_size=16, top_k=6,
        sample_size=48, evidence=100, neurons=CHOSEN,
    )  # fmt: skip
    return mined(task_for(settings, subject, [str(layer) for layer in LAYERS]))


@pytest.fixture(scope="module")
def made(task: Task) -> WorkFolder:
    """Their token graphs."""
    return graphs(task)


def test_every_neuron_has_a_graph_or_a_reason(task: Task, made: WorkFolder) -> None:
    found = rows(made, "TokenGraph")
    assert sorted(row["neuron_id"] for row in found) == sorted(
        ids.neuron_id(MODEL, layer, index) for layer in LAYERS for index in range(N_CHOSEN)
    )
    assert {row["source"] for row in found} == {"n2g"}
    lacks = rows(made, "LACKS")
    assert {(row["kind"], row["reason"]) for row in lacks} == {("token_graph", NOT_CHOSEN)}
    assert [(row["n_present"], row["n_absent"]) for row in rows(made, "COVERS")] == [
        (N_CHOSEN, 172 - N_CHOSEN)
    ] * len(LAYERS)
    assert len(lacks) == (172 - N_CHOSEN) * len(LAYERS)
    summary = open_pack(made.graph_summary)
    [run] = summary.table("IngestRun").to_pylist()
    assert (run["job"], run["source"], run["model_id"]) == ("token-graphs", "n2g", MODEL)
    planned = plan(task.settings, fingerprint="f", corpus_sha256="c", layers=task.layers)
    assert run["id"] == planned.token_graphs.run_id
    assert {row["run_id"] for row in [*found, *lacks]} == {run["id"]}


def test_the_rows_are_whole_tries(made: WorkFolder) -> None:
    nodes = {row["id"]: row for row in rows(made, "TokenGraphNode")}
    of_graph: dict[str, list[str]] = defaultdict(list)
    for row in rows(made, "CONTAINS"):
        of_graph[row["source"]].append(row["target"])
    starts = {(row["source"], row["target"]) for row in rows(made, "STARTS_AT")}
    after = {row["target"]: row["source"] for row in rows(made, "PRECEDED_BY")}
    matched = defaultdict(set)
    for row in rows(made, "MATCHES"):
        matched[row["source"]].add(row["target"])
    for graph in rows(made, "TokenGraph"):
        own = of_graph[graph["id"]]
        numbers = range(graph["n_nodes"])
        assert {*own} == {ids.token_graph_node_id(graph["id"], number) for number in numbers}
        assert graph["n_nodes"] > 0
        for node in own:
            if node in after:
                assert nodes[node]["position"] == nodes[after[node]]["position"] - 1
                assert after[node].partition("#")[0] == graph["id"]
            else:
                assert (graph["id"], node) in starts
            assert nodes[node]["kind"] == ("context" if node in after else "activating")
            assert 0 <= nodes[node]["activation"] <= 1
            assert 0 <= nodes[node]["importance"] <= 1
            assert matched[node]
    assert set(after) | {node for _, node in starts} == set(nodes)
    fires = {row["source"] for row in open_pack(made.graph_summary).table("ACTIVATES_ON").to_pylist()}  # fmt: skip
    assert fires == {row["neuron_id"] for row in rows(made, "TokenGraph")}
    tokens = {row["id"] for row in rows(made, "Token")}
    assert set().union(*matched.values()) <= tokens


@dataclass(frozen=True)
class Read:
    """What the plain model does on all chunks."""

    kept: Kept
    pieces: list[list[str]]
    tokens: list[list[int]]
    values: dict[int, list[np.ndarray]]
    """By layer, for each chunk [position, neuron]."""


@pytest.fixture(scope="module")
def read(task: Task) -> Read:
    kept = open_kept(task.work.kept, task.work.corpus)
    tokens = [kept.corpus.text(chunk).tolist() for chunk in range(kept.corpus.n_chunks)]
    found = [activations_of(plain_model(), [1, *text]) for text in tokens]
    return Read(
        kept,
        [[task.subject.texts[token] for token in text] for text in tokens],
        tokens,
        {layer: [values[layer][1:].double().numpy() for values in found] for layer in LAYERS},
    )


def scores_of(guess: Sequence[float], true: Sequence[float]) -> Row:
    """By the definitions."""
    pairs = [(g >= FIRING, t >= FIRING) for g, t in zip(guess, true, strict=True)]
    hits, alarms, misses = (
        pairs.count(kind) for kind in ((True, True), (True, False), (False, True))
    )
    known = hits + misses > 0
    return {
        "support": hits + misses,
        "precision": (hits / (hits + alarms) if hits + alarms else 0.0) if known else None,
        "recall": hits / (hits + misses) if known else None,
        "f1": 2 * hits / (2 * hits + alarms + misses) if known else None,
        "correlation": (
            float(np.corrcoef(guess, true)[0, 1]) if len({*guess}) > 1 < len({*true}) else None
        ),
    }


def table_of(
    read: Read, places: Sequence[int], value: Callable[[int, int], float], length: int
) -> dict[tuple[str, ...], float]:
    """The largest share that each run of tokens had at these places of the corpus."""
    found: dict[tuple[str, ...], float] = {}
    starts = read.kept.corpus.starts
    for place, chunk in zip(places, read.kept.corpus.chunks_of(np.array(places)), strict=True):
        position = place - int(starts[chunk])
        key = run_of(read.tokens[chunk], position, length)
        found[key] = max(found.get(key, 0.0), value(int(chunk), position))
    return found


def run_of(tokens: Sequence[Any], position: int, length: int) -> tuple[Any, ...]:
    return tuple(tokens[max(0, position + 1 - length) : position + 1])


@pytest.mark.parametrize("layer", LAYERS)
def test_the_scores_are_those_of_brute_force(made: WorkFolder, read: Read, layer: int) -> None:
    """The graphs, read back from their rows, and tables of all evidence, on the texts held out."""
    tables: Tables = {
        name: rows(made, name)
        for name in ("TokenGraph", "MATCHES", "PRECEDED_BY", "TokenGraphNode", "STARTS_AT")
    }
    corpus, kept = read.kept.corpus, read.kept.layer(str(layer))
    found = {row["neuron_id"]: row for row in rows(made, "TokenGraph")}
    assert len(corpus.held_out_sample) > 5
    for index in range(0, N_CHOSEN, 2):
        row = found[ids.neuron_id(MODEL, layer, index)]
        maximum = max(float(values[:, index].max()) for values in read.values[layer])
        assert row["max_activation"] == pytest.approx(maximum, rel=1e-5)

        def share(chunk: int, position: int, index: int = index, top: float = maximum) -> float:
            return float(read.values[layer][chunk][position, index]) / top

        trie = trie_of(row["id"], tables)
        chunks = [*kept.top_chunks[index], *corpus.sample]
        built = {*kept.evidence_places[index].tolist()} - {-1}
        built |= {
            p for c in chunks if c >= 0 for p in range(corpus.starts[c], corpus.starts[c + 1])
        }
        for prefix, judged in (
            ("", kept.held_out_chunks[index][:JUDGED]), ("random_", corpus.held_out_sample)
        ):  # fmt: skip
            places = [(c, p) for c in judged.tolist() for p in range(len(read.tokens[c]))]
            true = [share(*place) for place in places]
            guess = [g for c in judged.tolist() for g in predicted(trie, read.pieces[c])]
            expected = scores_of(guess, true)
            for length, name in ((1, "token_baseline_f1"), (2, "bigram_baseline_f1")):
                table = table_of(read, sorted(built), share, length)
                runs = [run_of(read.tokens[c], p, length) for c, p in places]
                expected[name] = scores_of([table.get(run, 0.0) for run in runs], true)["f1"]
            for name in SCORES:
                score = row[prefix + name]
                if expected[name] is None or score is None:
                    assert score is expected[name], (row["id"], prefix + name)
                else:
                    near = 2e-3 if name == "correlation" else 1e-4
                    assert score == pytest.approx(expected[name], abs=near), (row["id"], name)


def test_graphs_beat_tables(made: WorkFolder) -> None:
    """Of the same evidence: of tokens, and of bigrams on random text."""
    found = rows(made, "TokenGraph")

    def mean(name: str) -> float:
        return float(np.mean([row[name] for row in found if row[name] is not None]))

    assert mean("f1") > mean("token_baseline_f1")
    assert mean("random_f1") > max(mean("random_bigram_baseline_f1"), mean("random_token_baseline_f1"))  # fmt: skip


def test_stopped_between_and_within_layers(task: Task, made: WorkFolder, tmp_path: Path) -> None:
    """What was finished is kept, and no byte is another in the end."""
    stopped = beside(task, tmp_path)
    looks = (3, N_CHOSEN + 3, N_CHOSEN)
    kept: list[list[str]] = []
    for look in looks[:2]:
        with pytest.raises(InterruptedJobError, match="making the token graphs of layer"):
            graphs(replace(stopped, stop=StopAfter(look)))
        kept.append(sorted(p.name for p in (stopped.work.root / "token-graphs").glob("*")))
    assert kept == [[], ["layer-1"]]
    notes: list[str] = []
    work = graphs(replace(stopped, stop=StopAfter(looks[2]), progress=Told(notes)))
    assert notes == ["token graphs of layers 1 are done"]
    assert files(work) == files(made)


class Told(Silent):
    """Keeps what it is told."""

    def __init__(self, notes: list[str]) -> None:
        self.notes = notes

    def note(self, message: str) -> None:
        self.notes.append(message)


def test_a_layer_in_blocks(task: Task, made: WorkFolder, tmp_path: Path) -> None:
    """Where the random sample is too large for the memory: the same rows."""
    corpus = open_kept(task.work.kept, task.work.corpus).corpus
    sampled = np.concatenate([corpus.sample, corpus.held_out_sample])
    memory = 4 * int(corpus.lengths(sampled).sum()) * 7
    assert neurons_at_once(Sample.of(corpus), memory) == 7
    assert neurons_at_once(Sample.of(corpus), 0) == 1
    work = graphs(beside(task, tmp_path), sample_bytes=memory)
    for table in ("TokenGraph", "TokenGraphNode", "MATCHES", "PRECEDED_BY", "LACKS", "COVERS"):
        assert rows(work, table) == rows(made, table), table


def test_graphs_that_may_be_small(task: Task, made: WorkFolder, tmp_path: Path) -> None:
    most = 6
    bounded = {row["id"]: row for row in rows(graphs(beside(task, tmp_path, max_nodes=most)), "TokenGraph")}  # fmt: skip
    whole = rows(made, "TokenGraph")
    assert max(row["n_nodes"] for row in whole) > most
    assert all(row["n_nodes"] <= most for row in bounded.values())
    for row in whole:
        if row["n_nodes"] <= most:
            other = bounded[row["id"]]
            assert {**other, "run_id": None} == {**row, "run_id": None}


def test_as_published(task: Task, made: WorkFolder, tmp_path: Path) -> None:
    """Graphs of another source, judged on the same texts."""
    work = graphs(beside(task, tmp_path, method="n2g-2023", neurons="0-5"))
    found = rows(work, "TokenGraph")
    assert {row["source"] for row in found} == {"n2g-2023"}
    assert [row["id"] for row in found] == [
        f"{ids.neuron_id(MODEL, layer, index)}@n2g-2023" for layer in LAYERS for index in range(6)
    ]
    [run] = open_pack(work.graph_summary).table("IngestRun").to_pylist()
    assert run["source"] == "n2g-2023"
    ours = {row["neuron_id"]: row for row in rows(made, "TokenGraph")}
    for row in found:
        other = ours[row["neuron_id"]]
        for name in ("max_activation", "support", "random_support"):
            assert row[name] == other[name]
        known = [row[f"random_{name}"] is not None for name in SCORES]
        assert all(known) if row["random_support"] else sum(known) <= 2
    assert "ignore" in {row["kind"] for row in rows(work, "TokenGraphNode")}


def test_another_method_is_another_job(task: Task) -> None:
    """What one left unfinished the other does not go on with."""
    settings = task.settings
    given: dict[str, Any] = {"fingerprint": "f", "corpus_sha256": "c", "layers": task.layers}
    for change in ({"method": "n2g-2023"}, {"max_nodes": 7}, {"neurons": "0-4"}):
        [(name, value)] = change.items()
        other = plan(replace(settings, **change), **given)
        assert other.mine.run_id == plan(settings, **given).mine.run_id
        assert other.token_graphs.run_id != plan(settings, **given).token_graphs.run_id
        with pytest.raises(WorkFolderError, match=f"token-graphs {name}: .* there, {value} here"):
            open_work_folder(settings.output, other.inputs, restart=False)


def test_neurons_that_do_not_exist(task: Task, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"layer 1 of stories260K has no neuron 172: it has 172"):
        graphs(beside(task, tmp_path, neurons="3,170-172"))
