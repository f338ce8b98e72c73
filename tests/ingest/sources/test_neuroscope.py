"""Neuroscope's pages and DeepDecipher's JSON of them: the same rows from both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import SourceError
from tests.ingest.sources.importing import by_id, ends, imported, reported, rows, written

TEXTS: list[dict[str, Any]] = [
    {
        "min_range": -1.5, "max_range": 4.8212, "min_activation": -0.17, "max_activation": 4.8212,
        "data_index": 12345, "max_activating_token_index": 2,
        "tokens": ["<|endoftext|>", " a", "\n</b>", ""], "activations": [0.0, -0.17, 4.821234, 1.0],
    },
    {
        "min_range": -1.5, "max_range": 4.8212, "min_activation": 0.0, "max_activation": 2.0,
        "data_index": 7, "max_activating_token_index": 1,
        "tokens": [" b", " é"], "activations": [0.0, 2.0],
    },
]  # fmt: skip


def page(texts: list[dict[str, Any]], neuron: int = 17, layer: int = 3) -> str:
    """A page to the letter: an empty section first, and each text cut short, then in full."""
    parts = [f"<html><body><h1>solu-1l</h1><h2>Neuron {neuron} in Layer {layer} </h2>", ""]
    for text in texts:
        full = {"tokens": text["tokens"], "values": text["activations"]}
        short = {"tokens": text["tokens"][:1], "values": text["activations"][:1]}
        parts.append(
            f"<h4>Text</h4><p>Max Range: <b>{text['max_range']:.4f}</b>. Min Range: "
            f"<b>{text['min_range']:.4f}</b></p><p>Max Act: <b>{text['max_activation']:.4f}</b>. "
            f"Min Act: <b>{text['min_activation']:.4f}</b></p><p>Data Index: "
            f"<b>{text['data_index']}</b> (The Pile)</p><p>Max Activating Token Index: "
            f"<b>{text['max_activating_token_index']}</b></p>"
            f"<script>render(Colored, {json.dumps(short)})</script>"
            f"<script>render(Colored, {json.dumps(full)})</script>"
        )
    return "\n<hr>\n".join(parts)


ANSWER = {"neuron_index": {"layer": 3, "neuron": 17}, "texts": TEXTS}
PAGE, JSON = "solu-1l/3/17.html", "solu-1l/neuroscope/3/17.json"


@pytest.mark.parametrize(
    ("name", "content", "corpus"), [(PAGE, page(TEXTS), "The Pile"), (JSON, ANSWER, None)]
)
def test_every_value_arrives(
    tmp_path: Path, name: str, content: object, corpus: str | None
) -> None:
    pack = imported("neuroscope", written(tmp_path / "in", {name: content}), tmp_path / "pack")
    (neuron,) = rows(pack, "Neuron")
    assert (neuron["id"], neuron["max_activation"]) == ("solu-1l/3/17", 4.821234)
    examples = sorted(rows(pack, "Example"), key=lambda row: int(row["rank"]))
    texts, within = by_id(pack, "Sequence"), dict(ends(pack, "WITHIN"))
    assert len(examples) == len(TEXTS)
    for rank, (row, text) in enumerate(zip(examples, TEXTS, strict=True), start=1):
        assert row["id"] == f"solu-1l/3/17@neuroscope@top#{rank}"
        assert row["activations"] == text["activations"]
        assert row["peak"] == text["max_activating_token_index"]
        assert row["max_activation"] == text["activations"][row["peak"]]
        assert (row["range_min"], row["range_max"]) == (text["min_range"], text["max_range"])
        stored = texts[within[row["id"]]]
        assert stored["tokens"] == text["tokens"]
        assert (stored["corpus"], stored["document"]) == (corpus, text["data_index"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<html></html>", "found no title"),
        (page(TEXTS, neuron=18), "found neuron 18 of layer 3"),
        (page(TEXTS).replace("Data Index", "Index"), "text 1, field Data Index: found null"),
        (page(TEXTS).replace('"values": [0.0, 2.0]', '"values": [0.0]'), "text 2, field values"),
        (page(TEXTS)[:-40], "text 2: found no JSON"),
        (page(TEXTS).replace("Data Index", f"&#{'9' * 5000};"), "text 1: found the number of a"),
        (
            page(TEXTS).replace("Data Index", "Data Index" + " " * 50_000 + "x"),
            "Data Index: found null",
        ),
        (
            page(TEXTS).replace("<h4>", "<h4>" + "<script" * 50_000, 1).replace("</script>", ""),
            "found null",
        ),
        (page(TEXTS).replace('"values": [0.0, 2.0]', f'"values": [0.0, {10**400}]'), "no JSON"),
        (page(TEXTS).replace('"values": [0.0, 2.0]', '"values": [0.0, 1e999]'), "found Infinity"),
        (page(TEXTS).replace('" a"', '"\\ud800"'), "text 1: found no JSON"),
        (page([{**TEXTS[0], "max_activating_token_index": 4}]), "expected less than 4"),
        (b"<h2>Neuron 17 in Layer 3 </h2>\xff", "found no UTF-8"),
    ],
)
def test_a_bad_page_is_said(tmp_path: Path, content: object, said: str) -> None:
    folder = written(tmp_path / "in", {PAGE: content, "solu-1l/3/18.html": page(TEXTS, 18)})
    with pytest.raises(SourceError) as raised:
        imported("neuroscope", folder, tmp_path / "pack")
    assert str(raised.value).startswith(PAGE)
    assert said in str(raised.value)
    (bad,) = reported("neuroscope", folder, tmp_path / "other", skip_bad=True).bad
    assert (bad.neuron, bad.kind) == ("solu-1l/3/17", "examples")


def test_a_page_without_texts_is_an_absence(tmp_path: Path) -> None:
    pack = imported("neuroscope", written(tmp_path / "in", {PAGE: page([])}), tmp_path / "pack")
    assert [row["kind"] for row in rows(pack, "LACKS")] == ["examples"]
