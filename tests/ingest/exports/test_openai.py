"""OpenAI's layout: import, export, import is the identity on all that its files can hold."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cypher.pack import PackWriter, open_pack
from tests.cli import neurocypher
from tests.ingest.exports.comparing import exported, loaded, tables
from tests.ingest.sources.importing import by_id, imported, rows, written
from tests.ingest.sources.published import real
from tests.ingest.sources.test_openai import BY_ACTIVATION, BY_WEIGHT, FILES, RECORD
from tests.packs import small_pack

LOST = {**BY_ACTIVATION, "tokens": ["", " play", ""]}
"""The first and the last token have no text."""
MORE = {
    **FILES,
    "data/related-tokens/activation-based/2/7.json": LOST,
    "data/related-tokens/weight-based/2/7.json": {**BY_WEIGHT, "input_negative": {
        "tokens": ["", " a"], "strengths": [-0.5, -0.9]}},
}  # fmt: skip


def test_from_a_graph_and_back(graph_url: str, tmp_path: Path) -> None:
    pack = imported("openai", written(tmp_path / "in", MORE), tmp_path / "pack")
    out = exported("openai", loaded(pack, graph_url), tmp_path / "out")
    assert tables(imported("openai", out, tmp_path / "again")) == tables(pack)
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert files == MORE.keys() - {"data/README.md"}


def test_the_real_record_from_a_pack_and_back(tmp_path: Path) -> None:
    root = real("openai")
    pack = imported("openai", root, tmp_path / "pack")
    done = neurocypher("export", pack.path, "--format", "openai", "--out", tmp_path / "out")
    assert done.status == 0, done.err
    assert "1 collated-activations" in done.out
    before, after = (_plain(folder / RECORD) for folder in (root, tmp_path / "out"))
    assert after == before
    assert tables(imported("openai", tmp_path / "out", tmp_path / "again")) == tables(pack)


def test_what_we_mined_with_sentences_of_another_source(ladybug_graph: str, tmp_path: Path) -> None:
    pack = small_pack(tmp_path / "pack")
    score = pack.table("Score").to_pylist()[0]
    better = {**score, "id": f"{score['id']}.both", "value": 0.5, "examples": "both"}
    worse = {**better, "id": f"{score['id']}.top", "value": 0.9, "examples": "top"}
    scores = [{**row, "examples": "random"} for row in pack.table("Score").to_pylist()]
    more = [
        {"source": score["id"].rsplit("@", 2)[0], "target": row["id"], "run_id": row["run_id"]}
        for row in (better, worse)
    ]
    with PackWriter(tmp_path / "scored") as writer:
        writer.adopt(pack, but=("Score", "HAS_SCORE"))
        writer.add("Score", [*scores, worse, better])
        writer.add("HAS_SCORE", [*pack.table("HAS_SCORE").to_pylist(), *more])
    url = loaded(open_pack(tmp_path / "scored"), ladybug_graph)
    bare = exported("openai", url, tmp_path / "bare", source="model")
    assert not list(bare.rglob("*.jsonl"))
    out = exported("openai", url, tmp_path / "out", source="model", explained=("template",))
    again = imported("openai", out, tmp_path / "again", model="tiny")
    said = {
        (row["source"], by_id(again, "Explanation")[row["target"]]["text"])
        for row in rows(again, "HAS_EXPLANATION")
    }
    texts = by_id(pack, "Explanation")
    assert said == {
        (row["source"], texts[row["target"]]["text"]) for row in rows(pack, "HAS_EXPLANATION")
    }
    values = {row["value"] for row in rows(again, "Score") if row["kind"] == "ev_correlation"}
    assert values == {0.5, None}
    examples = [row for row in rows(pack, "Example") if row["bucket"] in ("top", "random")]
    assert again.rows("Example") >= len(examples) > 0


def _plain(path: Path) -> dict[str, Any]:
    """A file without its classes' names, which say nothing."""

    def bare(value: dict[str, Any]) -> dict[str, Any]:
        return {key: item for key, item in value.items() if key != "dataclass_name"}

    found: dict[str, Any] = json.loads(path.read_bytes(), object_hook=bare)
    return found


def test_the_small_models_folder_and_some_neurons(ladybug_graph: str, tmp_path: Path) -> None:
    record = {**json.loads((real("openai") / RECORD).read_bytes()), "neuron_id": None}
    files = {f"collated-activations/{layer}/{index}.json": record for layer in (0, 3) for index in (2, 40)}  # fmt: skip
    pack = imported("openai", written(tmp_path / "gpt2_small_data", files), tmp_path / "pack")
    url = loaded(pack, ladybug_graph)
    out = exported("openai", url, tmp_path / "out", layers="3", neurons="0-9")
    found = [path.relative_to(out).as_posix() for path in out.rglob("*.json")]
    assert found == ["gpt2_small_data/collated-activations/3/2.json"]


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)
_NUMBER = st.floats(-1e6, 1e6) | st.integers(-5, 5).map(lambda n: n / 4)
_MAYBE = st.none() | _NUMBER


def _parallel(first: str, second: str, values: st.SearchStrategy[Any], least: int = 0) -> Any:
    """Two lists of one length: texts, and what belongs to them."""
    pairs = st.lists(st.tuples(_TEXT, values), min_size=least, max_size=4)
    return pairs.map(lambda found: {first: [a for a, _ in found], second: [b for _, b in found]})


_RECORD = _parallel("tokens", "activations", _NUMBER, 1)
_RECORDS = st.lists(_RECORD, max_size=3)
_SCORES = {
    f"{name}_score": _MAYBE for name in ("ev_correlation", "rsquared", "absolute_dev_explained")
}
_NEURON_RECORD = st.fixed_dictionaries(
    {
        "most_positive_activation_records": _RECORDS,
        "random_sample": _RECORDS,
        "random_sample_by_quantile": st.none() | st.lists(_RECORDS, max_size=3),
        "quantile_boundaries": st.none() | st.lists(_NUMBER, max_size=3),
        **dict.fromkeys(("mean", "variance", "skewness", "kurtosis"), _MAYBE),
    }
)


@st.composite
def _simulation(draw: st.DrawFn, *, deeper: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = draw(_parallel("tokens", "expected_activations", _NUMBER, 1))
    lengths = [draw(st.integers(0, 2)) for _ in found["tokens"]]
    if draw(st.booleans()):
        for name in ("distribution_values", "distribution_probabilities"):
            found[name] = [[draw(_NUMBER) for _ in range(length)] for length in lengths]
    found["activation_scale"] = draw(st.none() | st.just("neuron_activations"))
    if deeper:
        found["uncalibrated_simulation"] = draw(st.none() | _simulation(deeper=False))
    return found


@st.composite
def _sequence(draw: st.DrawFn) -> dict[str, Any]:
    simulated = draw(_simulation())
    true = [draw(_NUMBER) for _ in simulated["tokens"]]
    scores = {name: draw(value) for name, value in _SCORES.items()}
    return {"simulation": simulated, "true_activations": true, **scores}


_EXPLAINED = st.lists(
    st.fixed_dictionaries(
        {"explanation": _TEXT.map(lambda text: f"words {text}")},
        optional={
            "scored_simulation": st.fixed_dictionaries(
                {"scored_sequence_simulations": st.lists(_sequence(), max_size=2), **_SCORES}
            )
        },
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda one: str(one["explanation"]),
).map(lambda found: {"scored_explanations": found})


def _side(weighed: dict[str, float]) -> dict[str, Any]:
    """Weights in two lists, whatever their signs."""
    names = list(weighed)
    found: dict[str, Any] = {}
    for sign, chosen in (("positive", names[::2]), ("negative", names[1::2])):
        found[f"top_{sign}_neurons"] = chosen
        found[f"top_{sign}_weights"] = [weighed[name] for name in chosen]
    return found


_NEURONS = st.dictionaries(st.sampled_from(["0_1", "2_3", "3_0", "3_9"]), _NUMBER).map(_side)
_STRENGTHS = _parallel("tokens", "strengths", _NUMBER)
_KINDS: dict[str, st.SearchStrategy[Any]] = {
    "collated-activations/{}.json": _NEURON_RECORD,
    "explanations/{}.jsonl": _EXPLAINED,
    "related-neurons/weight-based/{}.json": st.fixed_dictionaries(
        {"c_fc": st.none() | _NEURONS, "c_proj": st.none() | _NEURONS}
    ),
    "related-tokens/activation-based/{}.json": _parallel("tokens", "average_activations", _MAYBE),
    "related-tokens/weight-based/{}.json": st.fixed_dictionaries(
        {
            f"{way}_{sign}": _STRENGTHS
            for way in ("input", "output")
            for sign in ("positive", "negative")
        }
    ),
}
_SOURCE = st.fixed_dictionaries(
    {"collated-activations/1/0.json": _NEURON_RECORD},  # a source that says something
    optional={
        name.format(neuron): content
        for name, content in _KINDS.items()
        for neuron in ("1/2", "3/0")
    },
).map(
    lambda files: {
        name: content
        for name, content in files.items()
        if name.startswith("collated-activations/") or _says(content)
    }
)


def _says(content: object) -> bool:
    """Whether anything stands in it: a neuron that is only named is not exported."""
    if isinstance(content, dict):
        return any(map(_says, content.values()))
    return bool(content) if isinstance(content, list) else content is not None


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(_SOURCE)
def test_any_source_comes_back(files: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pack = imported("openai", written(folder / "data", files), folder / "pack")
        url = loaded(pack, f"ladybug://{folder / 'graph.lbug'}")
        again = imported("openai", exported("openai", url, folder / "out"), folder / "again")
        assert tables(again) == tables(pack)
