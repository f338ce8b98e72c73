"""What an explainer is shown: a neuron's examples, in groups, and its token graph's patterns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cypher import ids
from cypher.load import load_pack
from cypher.pack import Pack
from cypher.url import parse_graph_url
from ingest.jobs.explaining.reading import PackKnown
from ingest.jobs.explaining.where import parse_where
from tests.cut import cut_pack
from tests.endpoint import LocalEndpoint, Mind, running_endpoint
from tests.ingest.explaining.asking import asked
from tests.ingest.explaining.jobs import rows, run, settings

UNLIKE = ["stories260K/1/5", "stories260K/2/1", "stories260K/3/3"]
"""Neurons that fire on unlike things."""
ABOUT = """
query($neuron: ID!) { neuron(id: $neuron) { explanations(explainer: "openai") { text about } } }
"""


@pytest.fixture(scope="module")
def three(pack: Pack, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return cut_pack(pack, tmp_path_factory.mktemp("three") / "pack", UNLIKE)


@pytest.fixture(scope="module")
def grouped(three: Pack, tmp_path_factory: pytest.TempPathFactory) -> tuple[LocalEndpoint, Pack]:
    """Each neuron explained as a whole and in at most two groups."""
    with running_endpoint(LocalEndpoint(Mind(three, names_texts=True))) as server:
        done, _ = run(settings(three, server, tmp_path_factory.mktemp("grouped"), groups=2))
    return server, done


def test_each_group_has_a_sentence_scored_on_its_own_examples(
    three: Pack, grouped: tuple[LocalEndpoint, Pack]
) -> None:
    _, done = grouped
    explained = rows(done, "Explanation", explainer="openai")
    assert len(explained) == 3 * 3
    roots: dict[str, set[frozenset[str]]] = {neuron: set() for neuron in UNLIKE}
    tokens: dict[str, set[str]] = {}
    for row in rows(three, "MATCHES"):
        tokens.setdefault(row["source"], set()).add(row["target"])
    for row in rows(three, "STARTS_AT"):
        roots[ids.neuron_of(row["source"])].add(frozenset(tokens[row["target"]]))
    texts = {row["id"]: row["tokens"] for row in rows(done, "Sequence")}
    of = {row["source"]: row["target"] for row in rows(done, "OF")}
    counts = {}
    for row in explained:
        neuron = ids.neuron_of(row["id"])
        simulated = [s for s in rows(done, "Simulation") if s["id"].startswith(f"{row['id']}@")]
        counts[row["id"]] = len(simulated)
        if row["about"] is None:
            continue
        assert frozenset(row["about"]) in roots[neuron]
        assert row["score"] == pytest.approx(1.0, abs=1e-6)
        for one in simulated:
            if one["examples"] == "top":
                peak = one["activations"].index(max(one["activations"]))
                assert texts[of[one["id"]]][peak] in row["about"]
    for neuron in UNLIKE:
        own = [row for row in explained if ids.neuron_of(row["id"]) == neuron]
        assert sorted(row["about"] is None for row in own) == [False, False, True]
        whole = next(row["id"] for row in own if row["about"] is None)
        parts = [counts[row["id"]] for row in own if row["about"] is not None]
        assert max(parts) <= counts[whole]
        assert min(parts) < counts[whole]


def test_a_group_shows_examples_with_its_tokens_at_their_peaks(
    grouped: tuple[LocalEndpoint, Pack],
) -> None:
    server, done = grouped
    abouts = [set(row["about"]) for row in rows(done, "Explanation") if row["about"]]
    peaks = []
    for body in server.seen:
        material = body["messages"][1]["content"]
        if not material.startswith("Text 1:"):
            continue
        shown = []
        for text in material.split("\n\n"):
            lines = [line.split(" ", 1) for line in text.split("\n")[1:]]
            values = [int(value) for value, _ in lines]
            shown.append({json.loads(t) for v, t in lines if int(v) == max(values)})
        peaks.append(shown)
    grouped_peaks = [
        shown for shown in peaks if any(all(one & about for one in shown) for about in abouts)
    ]
    assert len(peaks) == 9
    assert len(grouped_peaks) >= 6


def test_what_an_explanation_is_about_is_asked_for_on_either_engine(
    grouped: tuple[LocalEndpoint, Pack], graph_url: str
) -> None:
    _, done = grouped
    url = parse_graph_url(graph_url)
    load_pack(done.path, url, lambda *_: None)
    for neuron in UNLIKE[:2]:
        found = asked(url, ABOUT, neuron=neuron)["neuron"]["explanations"]
        expected = [
            {"text": row["text"], "about": row["about"]}
            for row in rows(done, "Explanation", explainer="openai")
            if ids.neuron_of(row["id"]) == neuron
        ]
        assert len(found) == 3
        assert sorted(found, key=str) == sorted(expected, key=str)


def test_patterns_are_shown_and_what_they_were_built_from_is_not_scored_on(
    three: Pack, tmp_path: Path
) -> None:
    seen = {}
    for patterns in (False, True):
        with running_endpoint(LocalEndpoint(Mind(three))) as server:
            folder = tmp_path / str(patterns)
            done, _ = run(settings(three, server, folder, patterns=patterns))
        explained = [body["messages"][1]["content"] for body in server.seen]
        seen[patterns] = [text for text in explained if text.startswith("Text 1:")]
        examples = {row["id"]: row["held_out"] for row in rows(done, "Example")}
        held_out = {
            (ids.neuron_of(row["source"]), row["target"]): examples[row["source"]]
            for row in rows(done, "WITHIN")
        }
        scored = {
            held_out[ids.neuron_of(row["source"]), row["target"]]
            for row in rows(done, "OF")
            if "@openai" in row["source"]
        }
        assert (False in scored) is not patterns  # random ones, which no prompt shows
    assert len(seen[True]) == len(seen[False]) == 3
    assert not any("Patterns:" in text for text in seen[False])
    tokens: dict[str, set[str]] = {}
    for row in rows(three, "MATCHES"):
        tokens.setdefault(ids.neuron_of(row["source"]), set()).add(row["target"])
    known = set().union(*tokens.values())
    for text in seen[True]:
        shown, _, patterns_shown = text.partition("\n\nPatterns:\n")
        assert shown in seen[False]
        lines = patterns_shown.split("\n")
        assert 1 <= len(lines) <= 12
        for line in lines:
            value, quoted = line.split(" ", 1)
            assert 0 <= int(value) <= 10
            assert json.JSONDecoder().raw_decode(quoted)[0] in known


@pytest.mark.parametrize(
    "condition", ["score<0.6", "score < 0.75", "unscored", "score<-1", "layers=1,3;score<0.7"]
)
def test_neurons_that_scored_too_little_are_meant(pack: Pack, condition: str) -> None:
    where = parse_where((condition,))
    with running_endpoint(LocalEndpoint()) as server:
        given = settings(pack, server, Path("nowhere"), where=where)
    known = PackKnown(pack, given)
    meant = [c.id for layer in known.layers for c in known.read(layer).candidates]
    best: dict[str, float | None] = {row["id"]: None for row in rows(pack, "Neuron")}
    for row in rows(pack, "Explanation"):
        if row["score"] is not None:
            best[ids.neuron_of(row["id"])] = row["score"]
    expected = {
        neuron
        for neuron, score in best.items()
        if where.has_layer(ids.parse_neuron_id(neuron).layer)
        and (score is None or (where.below is not None and score < where.below))
    }
    assert set(meant) == expected
    if condition.startswith("score<0.6"):
        assert 0 < len(expected) < 50


def test_a_better_explanation_takes_a_neuron_off_the_list(three: Pack, tmp_path: Path) -> None:
    where = parse_where(("score<0.99",))
    with running_endpoint(LocalEndpoint(Mind(three))) as server:
        first, report = run(settings(three, server, tmp_path, where=where))
        assert report.neurons == 3
        again = settings(first, server, tmp_path, where=where, output=tmp_path / "again")
        _, report = run(again)
    assert report.neurons == 0
