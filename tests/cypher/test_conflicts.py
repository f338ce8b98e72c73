"""Packs that contradict what a graph holds: both sides are said, and a rule can be chosen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cypher import ids
from cypher.engines.ladybug import Writer
from cypher.errors import LoadError
from cypher.graph import OnConflict
from cypher.load import load_pack
from cypher.load.conflicts import check_conflicts
from cypher.load.scope import runs_in, runs_of
from cypher.pack import Pack, PackWriter, open_pack
from cypher.url import parse_graph_url
from tests.whole import whole_graph

LAYER, NEURON = "tiny/0", "tiny/0/1"


def said(folder: Path, source: str, tokens: list[str], **model: Any) -> Pack:
    """A pack in which a source says something of a model, and found one example."""
    run = ids.run_id("import", source, {})
    example = ids.example_id(NEURON, source, "top", 1)
    text = ids.sequence_id("tiny", tokens)
    with PackWriter(folder / source) as writer:
        writer.add("Model", [{"id": "tiny", **model}])
        layer = {"id": LAYER, "model_id": "tiny", "name": "0", "layer_index": 0, "kind": "mlp"}
        writer.add("Layer", [layer])
        writer.add("HAS_LAYER", [{"source": "tiny", "target": LAYER}])
        place = {"model_id": "tiny", "layer_id": LAYER, "layer_index": 0, "index": 1}
        writer.add("Neuron", [{"id": NEURON, **place}])
        writer.add("HAS_NEURON", [{"source": LAYER, "target": NEURON}])
        writer.add("IngestRun", [{"id": run, "job": "import", "source": source}])
        writer.add("COVERS", [{"source": run, "target": LAYER, "n_present": 1, "n_absent": 0}])
        row = {"id": text, "model_id": "tiny", "tokens": tokens, "text": "".join(tokens)}
        writer.add("Sequence", [row])
        found = {"source": source, "bucket": "top", "rank": 1, "peak": 0, "max_activation": 1.0}
        activations = [1.0] * len(tokens)
        writer.add("Example", [{"id": example, **found, "activations": activations, "run_id": run}])
        writer.add("HAS_EXAMPLE", [{"source": NEURON, "target": example, "rank": 1, "run_id": run}])
        writer.add("WITHIN", [{"source": example, "target": text, "run_id": run}])
    return open_pack(writer.path)


def load(url: str, pack: Pack, rule: OnConflict = OnConflict.STOP) -> None:
    load_pack(pack.path, parse_graph_url(url), lambda *_: None, on_conflict=rule)


def test_both_sides_are_said_and_nothing_is_loaded(graph_url: str, tmp_path: Path) -> None:
    load(graph_url, said(tmp_path, "one", ["a", " b"], n_layers=2, d_mlp=4))
    before = whole_graph(graph_url)
    other = said(tmp_path, "two", ["a ", "b"], n_layers=3, d_model=8)
    with pytest.raises(LoadError) as raised:
        load(graph_url, other)
    message = str(raised.value)
    assert "Model tiny: n_layers is 2 in the graph, 3 in the pack" in message
    assert "its tokens are ['a', ' b'] in the graph, ['a ', 'b'] in the pack" in message
    assert "--on-conflict" in message
    assert "d_mlp" not in message
    assert whole_graph(graph_url) == before


@pytest.mark.parametrize(("rule", "n_layers"), [(OnConflict.KEEP, 2), (OnConflict.REPLACE, 3)])
def test_a_rule_says_whose_word_holds(
    graph_url: str, tmp_path: Path, rule: OnConflict, n_layers: int
) -> None:
    load(graph_url, said(tmp_path, "one", ["a", " b"], n_layers=2))
    load(graph_url, said(tmp_path, "two", ["a ", "b"], n_layers=3, d_model=8), rule)
    after = whole_graph(graph_url)
    (model,) = map(json.loads, after.nodes["Model"])
    assert model[2:4] == [n_layers, 8]
    assert after.count("Sequence") == after.count("Example") == 2
    assert after.count("Neuron") == 1


def test_a_source_may_correct_itself(graph_url: str, tmp_path: Path) -> None:
    load(graph_url, said(tmp_path / "first", "one", ["a", " b"], n_layers=2))
    load(graph_url, said(tmp_path / "second", "one", ["a ", "b"], n_layers=3))
    after = whole_graph(graph_url)
    (model,) = map(json.loads, after.nodes["Model"])
    assert model[2] == 3
    assert after.count("Sequence") == 1


@pytest.mark.parametrize("said_so", [0, 1, 2])
def test_every_text_is_compared_though_few_are_at_once(
    ladybug_graph: str, tmp_path: Path, said_so: int
) -> None:
    texts = [["a", " b"], ["c", " d"], ["e", " f"]]
    for number, tokens in enumerate(texts):
        load(ladybug_graph, said(tmp_path, f"source{number}", tokens))
    first, second = texts[said_so]
    other = said(tmp_path, "other", [first + second[0], second[1:]])
    writer = Writer(Path(parse_graph_url(ladybug_graph).location))
    try:
        runs = runs_in(writer.run)
        with pytest.raises(LoadError, match=f"its tokens are .'{first}', '{second}'. in the graph"):
            check_conflicts(
                other, runs_of(other), runs, writer.run, OnConflict.STOP, texts_at_once=1
            )
    finally:
        writer.close()
