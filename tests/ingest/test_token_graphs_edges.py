"""Token graphs of neurons that never or always fire, and of corpora of next to nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import GPT2LMHeadModel

from cypher import ids
from cypher.pack import Pack, open_pack
from ingest.jobs.records import NEVER_FIRES
from ingest.jobs.settings import Settings
from ingest.jobs.sources import JUDGED
from ingest.jobs.token_graphs import NO_PATTERN, NOT_CHOSEN
from ingest.jobs.work import WorkFolder
from ingest.mining.kept import open_kept
from ingest.subject import Subject, boot
from tests.ingest.families import save
from tests.ingest.graph_jobs import SCORES, graphs, mined, rows, task_for

SILENT, CONSTANT, ALWAYS = range(3)
"""Neurons of layer 1."""
LETTERS = [chr(97 + number) for number in range(26)]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    folder = save("gpt2", tmp_path_factory.mktemp("model"))
    network: Any = GPT2LMHeadModel.from_pretrained(folder)
    with torch.no_grad():
        mlp = network.transformer.h[1].mlp.c_fc
        for neuron, (scale, bias) in {SILENT: (0, -30), CONSTANT: (0, 1), ALWAYS: (1, 60)}.items():
            mlp.weight[:, neuron] *= scale
            mlp.bias[neuron] = bias
    network.save_pretrained(folder)
    return boot(str(folder), "cpu")


def of_texts(tiny: Subject, folder: Path, texts: Sequence[str], **changes: Any) -> WorkFolder:
    """The graphs of a layer's neurons on these texts."""
    corpus = folder / "texts.txt"
    corpus.write_text("\n\n".join(texts))
    settings = Settings(
        "tiny", corpus, folder / "pack", context_length=16, batch_size=4, top_k=20, **changes
    )  # fmt: skip
    return graphs(mined(task_for(settings, tiny, ["1"])))


def by_neuron(listed: Sequence[Mapping[str, Any]], key: str) -> dict[tuple[str, int], Any]:
    parsed = [(ids.parse_neuron_id(row[key]), row) for row in listed]
    return {(neuron.layer, neuron.index): row for neuron, row in parsed}


def activating(work: WorkFolder, graph: str) -> set[str]:
    """The tokens that a graph starts at, all of its nodes being such."""
    nodes = {row["target"] for row in rows(work, "STARTS_AT") if row["source"] == graph}
    assert {row["target"] for row in rows(work, "CONTAINS") if row["source"] == graph} == nodes
    return {row["target"] for row in rows(work, "MATCHES") if row["source"] in nodes}


def test_texts_of_one_token(tiny: Subject, tmp_path: Path) -> None:
    """Constant, always, never; and those that fire most where nothing is built from."""
    work = of_texts(tiny, tmp_path, LETTERS)
    found = by_neuron(rows(work, "TokenGraph"), "neuron_id")
    lacks = by_neuron(rows(work, "LACKS"), "source")
    assert not found.keys() & lacks.keys()
    assert len(found) + len(lacks) == tiny.layers[1].n_neurons
    assert lacks["1", SILENT]["reason"] == NEVER_FIRES
    assert {row["reason"] for row in lacks.values()} == {NEVER_FIRES, NO_PATTERN}
    corpus = open_kept(work.kept, work.corpus).corpus
    built = {
        tiny.texts[int(corpus.text(chunk)[0])]
        for chunk in np.flatnonzero(~corpus.held_out).tolist()
    }
    assert 5 < len(built) < 26
    constant, always = found["1", CONSTANT], found["1", ALWAYS]
    assert activating(work, constant["id"]) == built
    assert constant["correlation"] is None
    assert constant["n_nodes"] == 1
    assert activating(work, always["id"]) == built
    for row in (constant, always):  # of a token that it was not built from a graph says nothing
        assert (row["precision"], row["recall"], row["f1"]) == (0.0, 0.0, 0.0)
        assert row["support"] == min(JUDGED, int(corpus.held_out.sum()))
    layer = open_kept(work.kept, work.corpus).layer("1")
    silent = [index for (name, index), row in lacks.items() if (name, row["reason"]) == ("1", NO_PATTERN)]  # fmt: skip
    for index in silent:
        assert layer.top_activations[index].max() < layer.maximum[index] / 2


@pytest.mark.parametrize("texts", [["a"], ["a", "b"], ["ab" * 30], ["hello"] * 12])
def test_a_corpus_of_next_to_nothing(tiny: Subject, tmp_path: Path, texts: list[str]) -> None:
    """Nothing can be held out: there is a graph, and nothing to judge it on."""
    work = of_texts(tiny, tmp_path, texts)
    corpus = open_kept(work.kept, work.corpus).corpus
    found = rows(work, "TokenGraph")
    assert found
    for row in found:
        if not corpus.held_out.any():
            assert (row["support"], row["random_support"]) == (0, 0)
            for prefix in ("", "random_"):
                assert {row[prefix + name] for name in SCORES if name != "support"} == {None}


def test_without_a_random_sample(tiny: Subject, tmp_path: Path) -> None:
    work = of_texts(tiny, tmp_path, [*LETTERS, "hello", "how are you"], sample_size=0)
    found = rows(work, "TokenGraph")
    assert len(found) > 20
    assert {row["random_support"] for row in found} == {0}
    assert {row[f"random_{name}"] for row in found for name in SCORES[:4]} == {None}
    assert any(row["f1"] is not None for row in found)


def test_no_neuron_that_has_a_graph(tiny: Subject, tmp_path: Path) -> None:
    """A layer's pack, and the summary of all, without a single graph."""
    work = of_texts(tiny, tmp_path, LETTERS, neurons=str(SILENT))
    one = open_pack(work.graphs("1"))
    assert {row["reason"] for row in one.table("LACKS").to_pylist()} == {NEVER_FIRES, NOT_CHOSEN}
    assert empty(one, "TokenGraph", "TokenGraphNode", "Token", "MATCHES")
    [run] = open_pack(work.graph_summary).table("IngestRun").to_pylist()
    assert run["job"] == "token-graphs"


def empty(pack: Pack, *tables: str) -> bool:
    return not any(pack.rows(table) for table in tables)
