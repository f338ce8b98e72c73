"""Neuronpedia's layout and circuits: import, export, import is the identity on what they hold."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cypher.pack import Pack
from tests.cli import neurocypher
from tests.ingest.exports.comparing import exported, loaded, tables
from tests.ingest.sources.exports import MODEL, SOURCE, export
from tests.ingest.sources.importing import written
from tests.ingest.sources.published import imported, real

INDICES = [0, 2, 9, 10, 300, 301]


def _node(name: str, type_: str, **more: Any) -> dict[str, Any]:
    layer, _, position = name.split("_")
    return {"node_id": name, "layer": layer, "ctx_idx": int(position), "feature_type": type_,
            "clerp": "", "influence": 0.5, "activation": None, **more}  # fmt: skip


CIRCUIT = {
    "metadata": {
        "slug": "a-circuit", "scan": MODEL, "prompt": "a b", "prompt_tokens": ["a", " b"],
        "schema_version": 1, "info": {"neuronpedia_source_set": "tres-dc"}, "of": {"our": ["own"]},
    },
    "qParams": {
        "pinnedIds": ["6_3_1"],
        "supernodes": [["both", "6_3_1", "6_-1_1"], ["none"]],
    },
    "nodes": [
        _node("6_3_1", "cross layer transcoder", activation=2.5, clerp="words"),
        _node("6_-1_1", "mlp reconstruction error"),
        _node("E_7_0", "embedding"),
        _node("13_9_1", "logit", token_prob=0.25, is_target_logit=True, influence=None),
    ],
    "links": [
        {"source": "E_7_0", "target": "6_3_1", "weight": -1},
        {"source": "6_-1_1", "target": "13_9_1", "weight": 0.5},
        {"source": "6_3_1", "target": "13_9_1", "weight": 1.5},
    ],
}  # fmt: skip


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    folder = written(export(tmp_path / "source", INDICES), {"circuits/a.json": CIRCUIT})
    found, _ = imported("neuronpedia", folder, tmp_path / "pack")
    return found


def test_from_a_graph_and_back(pack: Pack, graph_url: str, tmp_path: Path) -> None:
    out = exported("neuronpedia", loaded(pack, graph_url), tmp_path / "out")
    again, report = imported("neuronpedia", out, tmp_path / "again")
    assert report.bad == ()
    assert tables(again) == tables(pack)


def test_some_latents_from_a_pack(pack: Pack, tmp_path: Path) -> None:
    chosen = ("--layers", SOURCE, "--neurons", "2-10")
    done = neurocypher("export", pack.path, "--format", "neuronpedia", "--out", tmp_path / "out", *chosen)  # fmt: skip
    assert done.status == 0, done.err
    assert "3 features" in done.out
    assert "1 circuits" in done.out
    again, _ = imported("neuronpedia", tmp_path / "out", tmp_path / "again")
    some, _ = imported("neuronpedia", tmp_path / "source", tmp_path / "some", layers=SOURCE, neurons="2-10")  # fmt: skip
    assert tables(again) == tables(some)


def test_a_real_dashboard_in_its_layout_and_back(ladybug_graph: str, tmp_path: Path) -> None:
    path = real("saedashboard", "batch-1.json")
    pack, _ = imported("saedashboard", path, tmp_path / "pack", source="neuronpedia")
    out = exported("neuronpedia", loaded(pack, ladybug_graph), tmp_path / "out")
    again, _ = imported("neuronpedia", out, tmp_path / "again")
    before, after = tables(pack), tables(again)
    for table in ("Neuron", "Measurement"):  # an export has no number of tokens
        before[table] = [{**row, "n_tokens": None} for row in before[table]]
    assert after == before


def test_the_real_circuits_and_back(ladybug_graph: str, tmp_path: Path) -> None:
    pack, _ = imported("neuronpedia", real("circuit"), tmp_path / "pack")
    out = exported("neuronpedia", loaded(pack, ladybug_graph), tmp_path / "out")
    again, _ = imported("neuronpedia", out, tmp_path / "again")
    assert tables(again) == tables(pack)
    for name in ("dallas", "small-big"):
        before = json.loads(real("circuit", f"{name}.json").read_bytes())
        slug = before["metadata"]["slug"]
        after = json.loads((out / "circuits" / f"{slug}.json").read_bytes())
        assert after["metadata"] == before["metadata"]
        assert _features(after) == _features(before)


def _features(circuit: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """What the file says of nodes that are no errors, whose ids are others, and no inputs.

    Files before version 1 have numbers of several kinds as `feature`.
    """
    is_one = circuit["metadata"].get("schema_version") == 1
    return {
        node["node_id"]: tuple(
            node[key] for key in (*["feature"] * is_one, "layer", "ctx_idx", "feature_type", "clerp",
                                  "token_prob", "is_target_logit", "influence", "activation")
        )
        for node in circuit["nodes"]
        if node["feature_type"] in ("cross layer transcoder", "logit")
    }  # fmt: skip


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)
_NUMBER = st.floats(-1e6, 1e6) | st.integers(-3, 3).map(lambda n: n / 4)
_MAYBE = st.none() | _NUMBER


def _parallel(*names: str, value: st.SearchStrategy[Any] = _NUMBER, least: int = 0) -> Any:
    """Lists of one length: the first of `value`, the others of numbers."""
    rows = st.lists(st.tuples(value, *[_NUMBER] * (len(names) - 1)), min_size=least, max_size=3)
    return rows.map(lambda found: {name: [row[at] for row in found] for at, name in enumerate(names)})  # fmt: skip


_PLACES = st.integers(0, 5)
_FEATURE = st.tuples(
    st.fixed_dictionaries({"maxActApprox": _MAYBE, "frac_nonzero": _MAYBE}),
    _parallel("freq_hist_data_bar_values", "freq_hist_data_bar_heights"),
    _parallel("logits_hist_data_bar_values", "logits_hist_data_bar_heights"),
    _parallel("neuron_alignment_indices", "neuron_alignment_values", "neuron_alignment_l1", value=_PLACES),
    _parallel("correlated_neurons_indices", "correlated_neurons_pearson", "correlated_neurons_l1", value=_PLACES),
    _parallel("correlated_features_indices", "correlated_features_pearson", "correlated_features_l1", value=_PLACES),
    _parallel("topkCosSimIndices", "topkCosSimValues", value=_PLACES),
    _parallel("pos_str", "pos_values", value=_TEXT),
    _parallel("neg_str", "neg_values", value=_TEXT),
    _parallel("decoder_weights_dist"),
).map(lambda parts: {key: value for part in parts for key, value in part.items()})  # fmt: skip
_EXPLANATION = st.fixed_dictionaries(
    {"description": _TEXT.map(lambda text: f"words {text}")},
    optional=dict.fromkeys(("typeName", "explanationModelName", "authorId"), _TEXT),
)


@st.composite
def _activation(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = draw(_parallel("tokens", "values", value=_TEXT, least=1))
    place = st.integers(-1, len(found["tokens"]) - 1)
    least = draw(st.sampled_from([None, -1, 0.0, 0.5, 2.0]))
    found |= {"binMin": least, "binMax": draw(_MAYBE), "binContains": -1 if least == -1 else 0.25}
    found |= {"qualifyingTokenIndex": draw(st.none() | place), "dataSource": "corpus"}
    if draw(st.booleans()):
        found["dfaValues"] = [draw(_NUMBER) for _ in found["tokens"]]
        found |= {"dfaMaxValue": draw(_MAYBE), "dfaTargetIndex": draw(place)}
    return found


_SOURCES = st.fixed_dictionaries(
    {
        "features": st.dictionaries(_PLACES, _FEATURE, min_size=1),
        "explanations": st.lists(st.tuples(_PLACES, _EXPLANATION), max_size=5),
        "activations": st.lists(st.tuples(_PLACES, _activation()), max_size=8),
    }
)


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(_SOURCES)
def test_any_export_comes_back(source: dict[str, Any]) -> None:
    files = {
        f"v1/m/3-set/{kind}/batch-0.jsonl": "\n".join(
            json.dumps({"modelId": "m", "layer": "3-set", "index": str(index), **line})
            for index, line in (listed.items() if isinstance(listed, dict) else listed)
        )
        for kind, listed in source.items()
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pack, _ = imported("neuronpedia", written(folder / "in", files), folder / "pack")
        url = loaded(pack, f"ladybug://{folder / 'graph.lbug'}")
        out = exported("neuronpedia", url, folder / "out")
        again, _ = imported("neuronpedia", out, folder / "again")
        assert tables(again) == tables(pack)
