"""The tables of the weights stage against the definitions, and against the model itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from cypher import ids
from cypher.pack import Pack, merge_packs, open_pack
from ingest.corpora import open_corpus
from ingest.errors import InterruptedJobError
from ingest.jobs.settings import Settings, plan
from ingest.jobs.task import Task
from ingest.jobs.weights import TABLES, WRITES_NOTHING, read_weights
from ingest.jobs.work import open_work_folder
from ingest.layers import NeuronLayer, in_order, parse_layers
from ingest.progress import Silent
from ingest.stop import Stop
from ingest.subject import Subject, boot, use_threads
from ingest.weights import KEPT
from tests.ingest.families import Plain, plain, save
from tests.ingest.plain import activations_of, plain_model
from tests.shared import model_path, stories_path

MODEL = "toy"
Key = tuple[str, str]


def task_for(subject: Subject, output: Path, layers: str | None = None) -> Task:
    settings = Settings("m", stories_path(), output, model_id=MODEL, block_bytes=100_000)
    corpus = open_corpus(stories_path(), limit=1)
    chosen = parse_layers(layers, subject.layers, MODEL)
    work = open_work_folder(output, {}, restart=False)
    return Task(settings, subject, corpus, chosen, work, Silent(), Stop())


def read_by(task: Task) -> Pack:
    """The packs of the stage, as one."""
    planned = plan(task.settings, fingerprint="f", corpus_sha256="c", layers=task.layers)
    read_weights(task, planned.weights)
    folder = task.work.root / "whole"
    parts = [task.work.weights(layer.name) for layer in task.layers]
    merge_packs([*parts, task.work.weights_summary], folder, replace=True)
    return open_pack(folder)


def rows_of(pack: Pack, table: str) -> dict[Key, tuple[float, int]]:
    """Weight and rank by source and target."""
    rows = pack.table(table).to_pylist()
    found = {(row["source"], row["target"]): (row["weight"], row["rank"]) for row in rows}
    assert len(found) == len(rows)
    return found


def by_definition(weights: np.ndarray, sources: list[str], targets: list[str]) -> Iterator[Any]:
    """Source, target, weight and rank: of each row the 20 largest and smallest of one target."""
    place = {target: at for at, target in enumerate(sorted(targets, key=in_graph_order))}
    for source, row in zip(sources, weights, strict=True):
        kept: dict[str, float] = {}

        def by_size(found: dict[str, float]) -> list[str]:
            return sorted(found, key=lambda t: (-abs(float(f"{found[t]:.6e}")), place[t]))

        for sign in (1, -1):
            best: dict[str, float] = {}
            for target, weight in zip(targets, row.tolist(), strict=True):
                if weight * sign > max(0, best.get(target, 0) * sign):
                    best[target] = weight
            for target in by_size(best)[:KEPT]:
                if abs(best[target]) > abs(kept.get(target, 0)):
                    kept[target] = best[target]
        for rank, target in enumerate(by_size(kept), start=1):
            yield source, target, kept[target], rank


def in_graph_order(target: str) -> tuple[object, ...]:
    """Tokens by text, neurons by layer and index."""
    if not target.startswith(f"{MODEL}/"):
        return (target,)
    key = ids.parse_neuron_id(target)
    return (int(key.layer), key.index)


def neurons(layer: int, n: int) -> list[str]:
    return [ids.neuron_id(MODEL, layer, index) for index in range(n)]


def assert_by_definition(pack: Pack, weights: Plain, texts: tuple[str, ...]) -> None:
    """Equal rows and ranks, and weights to 1e-5."""
    expected: dict[str, list[Any]] = defaultdict(list)
    listed = list(texts[: len(weights.embedding)])
    layers = list(zip(weights.reads, weights.writes, strict=True))
    for layer, (reads, writes) in enumerate(layers):
        mine = neurons(layer, len(reads))
        expected["READS"] += by_definition(reads @ weights.embedding.T, mine, listed)
        expected["WRITES"] += by_definition(writes @ weights.unembedding.T, mine, listed)
        later = range(layer + 1, len(layers))
        theirs = [name for other in later for name in neurons(other, len(reads))]
        if theirs:
            inputs = np.concatenate([weights.reads[other] for other in later])
            expected["CONNECTS_TO"] += by_definition(writes @ inputs.T, mine, theirs)
    for table in TABLES:
        found = rows_of(pack, table)
        assert found.keys() == {(source, target) for source, target, _, _ in expected[table]}
        for source, target, weight, rank in expected[table]:
            assert found[source, target][0] == pytest.approx(weight, rel=1e-5)
            assert found[source, target][1] == rank


@pytest.mark.parametrize("family", ["gpt2", "gpt_neox", "gemma", "gemma2"])
def test_every_weight_is_that_of_the_definition(family: str, tmp_path: Path) -> None:
    folder = save(family, tmp_path / family)
    subject = boot(str(folder), "cpu")
    pack = read_by(task_for(subject, tmp_path / "pack"))
    assert_by_definition(pack, plain(family, folder), subject.texts)
    pack.verify()


@pytest.fixture(scope="module")
def stories(subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """What the weights of stories260K say."""
    return read_by(task_for(subject, tmp_path_factory.mktemp("weights") / "pack"))


def test_texts_that_several_ids_have_are_one(stories: Pack, subject: Subject) -> None:
    assert len(set(subject.texts)) < len(subject.texts) == 512
    assert_by_definition(stories, plain("llama", model_path()), subject.texts)
    reached = {target for table in ("READS", "WRITES") for _, target in rows_of(stories, table)}
    assert {row["id"] for row in stories.table("Token").to_pylist()} == reached
    assert {row["source"] for row in stories.table("FORM_OF").to_pylist()} == reached


def test_the_run_and_what_it_covers(stories: Pack) -> None:
    [run] = stories.table("IngestRun").to_pylist()
    assert (run["job"], run["source"], run["model_id"]) == ("weights", "model", MODEL)
    covered = [
        (row["source"], row["target"], row["n_present"], row["n_absent"])
        for row in stories.table("COVERS").to_pylist()
    ]
    assert covered == [(run["id"], ids.layer_id(MODEL, layer), 172, 0) for layer in range(5)]
    for table in TABLES:
        rows = stories.table(table).to_pylist()
        assert {row["run_id"] for row in rows} == {run["id"]}
        for row in rows:
            assert row["weight"] == float(f"{row['weight']:.6e}") != 0


def last_stream(model: Any, tokens: list[int]) -> tuple[Tensor, Tensor]:
    """What goes into the last norm, [position, channel], and the logits of the plain model."""
    found: list[Tensor] = []
    hook = model.model.norm.register_forward_pre_hook(lambda _, given: found.append(given[0][0]))
    logits: Tensor = model(torch.tensor([tokens])).logits[0]
    hook.remove()
    return found[0], logits


def test_a_neuron_taken_out_moves_the_logits_that_it_writes(
    stories: Pack, subject: Subject
) -> None:
    """The direct path: its part of the last stream is taken out, the norm's scale kept."""
    model: Any = plain_model()
    tokens = [1, *subject.encode(["Once upon a time there was a little girl who had a dog."])[0]]
    strongest = [
        (ids.parse_neuron_id(source), text, weight)
        for (source, text), (weight, rank) in rows_of(stories, "WRITES").items()
        if rank <= 3
    ]
    assert len(strongest) == 3 * 860
    with torch.inference_mode():
        stream, logits = last_stream(model, tokens)
        activations = activations_of(model, tokens)
        norm, unembed = model.model.norm, model.lm_head
        scale = torch.rsqrt(stream.pow(2).mean(-1, keepdim=True) + norm.variance_epsilon)
        for key, text, weight in strongest[::20]:
            layer = int(key.layer)
            fires = activations[layer][:, key.index]
            written = fires[:, None] * model.model.layers[layer].mlp.down_proj.weight[:, key.index]
            without = unembed((stream - written) * scale * norm.weight)
            effects = (logits - without)[:, [t == text for t in subject.texts]]
            at = int(fires.abs().argmax())
            effect = max(effects[at].tolist(), key=abs)  # of the id that stands for the text
            assert effect == pytest.approx(float(fires[at] * scale[at]) * weight, rel=1e-2)
            assert np.sign(effect) == np.sign(weight) * np.sign(float(fires[at]))


def test_layers_that_are_not_chosen_are_not_led_to(
    stories: Pack, subject: Subject, tmp_path: Path
) -> None:
    some = read_by(task_for(subject, tmp_path / "pack", "0,3"))
    for table in ("READS", "WRITES"):
        whole = rows_of(stories, table)
        chosen = {key: row for key, row in whole.items() if key[0].split("/")[1] in "03"}
        assert rows_of(some, table) == chosen
    found = rows_of(some, "CONNECTS_TO")
    assert {(source.split("/")[1], target.split("/")[1]) for source, target in found} == {
        ("0", "3")
    }
    assert {len(ranks) for ranks in by_source(found).values()} == {2 * KEPT}


def by_source(rows: dict[Key, tuple[float, int]]) -> dict[str, list[int]]:
    ranks: dict[str, list[int]] = defaultdict(list)
    for (source, _), (_, rank) in rows.items():
        ranks[source].append(rank)
    return {source: sorted(found) for source, found in ranks.items()}


def test_a_neuron_that_writes_nothing_has_none(tmp_path: Path) -> None:
    """And one that reads nothing writes all the same; nothing leads to it."""
    folder = save("gpt2", tmp_path / "gpt2")
    subject = boot(str(folder), "cpu")
    with torch.no_grad():
        mlp = subject.bridge.blocks[1].mlp
        mlp.W_out[5] = 0
        mlp.W_in[:, 7] = 0
    pack = read_by(task_for(subject, tmp_path / "pack"))
    mute, deaf = (ids.neuron_id(MODEL, 1, index) for index in (5, 7))
    tables = {table: by_source(rows_of(pack, table)) for table in TABLES}
    assert [mute in tables[table] for table in TABLES] == [False, False, False]
    assert [deaf in tables[table] for table in TABLES] == [False, True, True]
    connected = {target for _, target in rows_of(pack, "CONNECTS_TO")}
    assert mute in connected
    assert deaf not in connected
    [lack] = pack.table("LACKS").to_pylist()
    assert (lack["source"], lack["kind"], lack["reason"]) == (mute, "weights", WRITES_NOTHING)
    present = [row["n_present"] for row in pack.table("COVERS").to_pylist()]
    assert present == [64, 63, 64]


def test_what_cannot_be_read_is_lacking(tmp_path: Path) -> None:
    subject = boot(str(save("bloom", tmp_path / "bloom")), "cpu")
    pack = read_by(task_for(subject, tmp_path / "pack"))
    lacks = pack.table("LACKS").to_pylist()
    assert len({row["source"] for row in lacks}) == len(lacks) == 3 * 64
    assert {(row["kind"], row["reason"]) for row in lacks} == {
        ("weights", "the stream does not begin with the tokens' embeddings")
    }
    assert [pack.rows(table) for table in TABLES] == [0, 0, 0]
    assert [row["n_present"] for row in pack.table("COVERS").to_pylist()] == [0, 0, 0]


def test_latents_of_a_dictionary_lack_weights_and_the_mlps_have_them(
    stories: Pack, subject: Subject, tmp_path: Path
) -> None:
    task = task_for(subject, tmp_path / "pack")
    latents = NeuronLayer("2-res", 2, "sae", "blocks.2.hook_resid_pre", 9)
    pack = read_by(replace(task, layers=in_order([*task.layers, latents])))
    for table in TABLES:
        assert rows_of(pack, table) == rows_of(stories, table)
    lacks = pack.table("LACKS").to_pylist()
    assert [row["source"] for row in lacks] == [f"{MODEL}/2-res/{index}" for index in range(9)]
    assert {row["reason"] for row in lacks} == {"a layer of kind sae has no MLP's weights"}


class StopsOnce(Stop):
    """A stop that is requested once there is a file or folder."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def check(self, doing: str) -> None:
        self.requested = self.path.exists()
        super().check(doing)


def test_a_stopped_stage_goes_on(stories: Pack, subject: Subject, tmp_path: Path) -> None:
    task = task_for(subject, tmp_path / "pack")
    with pytest.raises(InterruptedJobError, match="while reading the weights of layer 2;"):
        read_by(replace(task, stop=StopsOnce(task.work.weights("1"))))
    done = [layer.name for layer in task.layers if task.work.weights(layer.name).exists()]
    assert done == ["0", "1"]
    assert tables(read_by(task)) == tables(stories)


def test_more_threads_write_the_same_bytes(stories: Pack, subject: Subject, tmp_path: Path) -> None:
    task = task_for(subject, tmp_path / "pack")
    use_threads(2)
    try:
        found = read_by(replace(task, settings=replace(task.settings, block_bytes=10**7)))
    finally:
        use_threads(1)
    assert tables(found) == tables(stories)


def tables(pack: Pack) -> dict[str, object]:
    return {table.name: table.files for table in pack.manifest.tables if table.name != "IngestRun"}
