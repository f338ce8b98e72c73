"""Several sources about one neuron: each measurement stays, and which one leads is a rule."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from cypher import ids
from cypher.pack import Pack, PackWriter, open_pack
from tests.whole import load, whole_graph

NEURON, LAYER = "tiny/0/1", "tiny/0"
SOURCES: dict[str, dict[str, float]] = {
    "model": {"max_activation": 3.0},
    "aaa": {"max_activation": 1.0},
    "bbb": {"max_activation": 2.0, "mean_activation": 0.5},
    "ccc": {"max_activation": 4.0, "variance": 0.25},
}
"""What each knows: `bbb` and `ccc` know most, and `model` comes before all."""


def measured(folder: Path, source: str, *, speaks_of_it: bool = True) -> Pack:
    """A pack in which `source` measured one neuron, or has lost it."""
    run = ids.run_id("import", source, {})
    with PackWriter(folder / f"{source}-{speaks_of_it}", replace=True) as writer:
        writer.add("Model", [{"id": "tiny"}])
        layer = {"id": LAYER, "model_id": "tiny", "name": "0", "layer_index": 0, "kind": "mlp"}
        writer.add("Layer", [layer])
        writer.add("HAS_LAYER", [{"source": "tiny", "target": LAYER}])
        writer.add("IngestRun", [{"id": run, "job": "import", "source": source}])
        covers = {"n_present": int(speaks_of_it), "n_absent": 0}
        writer.add("COVERS", [{"source": run, "target": LAYER, **covers}])
        if speaks_of_it:
            own = ids.measurement_id(NEURON, source)
            known = {**SOURCES[source], "run_id": run}
            place = {"model_id": "tiny", "layer_id": LAYER, "layer_index": 0, "index": 1}
            writer.add("Neuron", [{"id": NEURON, **place, **known}])
            writer.add("HAS_NEURON", [{"source": LAYER, "target": NEURON}])
            writer.add("Measurement", [{"id": own, "source": source, **known}])
            writer.add("HAS_MEASUREMENT", [{"source": NEURON, "target": own, "run_id": run}])
    return open_pack(writer.path)


def headline(url: str) -> list[object]:
    """Maximum, mean, variance and run of the neuron."""
    (row,) = map(json.loads, whole_graph(url).nodes["Neuron"])
    return [row[5], row[7], row[8], row[-1]]


@pytest.mark.parametrize(
    ("sources", "leads"),
    [(("model", "bbb"), "model"), (("aaa", "bbb", "ccc"), "bbb"), (("aaa", "ccc"), "ccc")],
)
def test_the_same_leads_in_whatever_order(
    graph_url: str, tmp_path: Path, sources: tuple[str, ...], leads: str
) -> None:
    known = SOURCES[leads]
    expected = [
        known["max_activation"],
        known.get("mean_activation"),
        known.get("variance"),
        ids.run_id("import", leads, {}),
    ]
    for order in itertools.permutations(sources):
        load(graph_url, *(measured(tmp_path, source) for source in order))
        assert headline(graph_url) == expected
        assert whole_graph(graph_url).count("Measurement") == len(sources)


def test_another_leads_when_the_first_is_gone(graph_url: str, tmp_path: Path) -> None:
    load(graph_url, measured(tmp_path, "model"), measured(tmp_path, "bbb"))
    load(graph_url, measured(tmp_path, "model", speaks_of_it=False))
    assert headline(graph_url) == [2.0, 0.5, None, ids.run_id("import", "bbb", {})]
    load(graph_url, measured(tmp_path, "bbb", speaks_of_it=False))
    assert not whole_graph(graph_url).count("Neuron")


def test_scores_stay_when_the_explanation_is_loaded_again(graph_url: str, tmp_path: Path) -> None:
    load(graph_url, measured(tmp_path, "bbb"))
    explained, scored = explanation(tmp_path, "Plays."), score(tmp_path, "Plays.")
    load(graph_url, explained, scored)
    with_both = whole_graph(graph_url)
    assert with_both.count("HAS_SCORE") == with_both.count("OF") == 1
    load(graph_url, explained)
    assert whole_graph(graph_url) == with_both
    load(graph_url, scored)
    assert whole_graph(graph_url) == with_both
    load(graph_url, explanation(tmp_path, "Sleeps."))
    after = whole_graph(graph_url)
    assert [json.loads(row)[1] for row in after.nodes["Explanation"]] == ["Sleeps."]
    for name in ("Score", "HAS_SCORE", "Simulation", "HAS_SIMULATION", "OF", "Sequence"):
        assert not after.count(name), name


def explanation(folder: Path, text: str) -> Pack:
    run = ids.run_id("explain", "template", {})
    own = ids.explanation_id(NEURON, "template", text)
    with PackWriter(folder / text, replace=True) as writer:
        writer.add("IngestRun", [{"id": run, "job": "explain", "source": "template"}])
        writer.add("COVERS", [{"source": run, "target": LAYER, "n_present": 1, "n_absent": 0}])
        row = {"id": own, "text": text, "explainer": "template", "run_id": run}
        writer.add("Explanation", [row])
        writer.add("HAS_EXPLANATION", [{"source": NEURON, "target": own, "run_id": run}])
    return open_pack(writer.path)


def score(folder: Path, text: str) -> Pack:
    """Somebody else's score of the explanation, and the simulation behind it."""
    run = ids.run_id("score", "simulate", {})
    explained = ids.explanation_id(NEURON, "template", text)
    own = ids.score_id(explained, "simulate", "ev_correlation", examples="top", calibrated=False)
    simulation = ids.simulation_id(explained, "simulate", 1, calibrated=False)
    tokens = ["a", " b"]
    sequence = ids.sequence_id("tiny", tokens)
    with PackWriter(folder / f"score-{text}", replace=True) as writer:
        writer.add("IngestRun", [{"id": run, "job": "score", "source": "simulate"}])
        writer.add("COVERS", [{"source": run, "target": LAYER, "n_present": 1, "n_absent": 0}])
        known = {"kind": "ev_correlation", "source": "simulate", "value": 0.5, "null_value": 0.0}
        writer.add("Score", [{"id": own, **known, "calibrated": False, "run_id": run}])
        writer.add("HAS_SCORE", [{"source": explained, "target": own, "run_id": run}])
        row = {"source": "simulate", "number": 1, "calibrated": False, "run_id": run}
        sizes = {"distribution_sizes": [1, 2], "distribution_values": [0.0, 1.0, 2.0]}
        expected = {"expected_activations": [0.0, 7.5], "activations": [0.0, 1.5]}
        writer.add("Simulation", [{"id": simulation, **row, **sizes, **expected}])
        ends = {"source": explained, "target": simulation, "run_id": run}
        writer.add("HAS_SIMULATION", [ends])
        text_row = {"id": sequence, "model_id": "tiny", "tokens": tokens, "text": "a b"}
        writer.add("Sequence", [text_row])
        writer.add("OF", [{"source": simulation, "target": sequence, "run_id": run}])
    return open_pack(writer.path)
