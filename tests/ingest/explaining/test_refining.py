"""Refining: texts made up, read by the real model, and a revision that must score better."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from cypher import ids
from cypher.load import load_pack
from cypher.pack import Pack, open_pack
from cypher.url import parse_graph_url
from ingest.endpoint.settings import Price
from ingest.errors import BudgetError, ExplainError
from ingest.jobs.explaining.refining import Reads
from ingest.jobs.explaining.subject import ModelReads
from ingest.jobs.explaining.where import Where
from ingest.subject import Subject
from tests.cli import neurocypher
from tests.cut import cut_pack
from tests.endpoint import KEY, LocalEndpoint, Mind, running_endpoint
from tests.ingest.explaining.asking import asked
from tests.ingest.explaining.jobs import MODEL, rows, run, settings, tables
from tests.ingest.plain import activations_of, plain_model
from tests.shared import model_path

SOME = Where(neurons="0", layers="1,3")
NEURONS = ["stories260K/1/0", "stories260K/3/0"]


@pytest.fixture(scope="module")
def model() -> ModelReads:
    return ModelReads(str(model_path()), "cpu")


def _refined(
    pack: Pack, folder: Path, mind: Mind, model: ModelReads, **other: Any
) -> tuple[LocalEndpoint, Pack, Any]:
    """The server's books, the pack and the report of a job that refines."""
    with running_endpoint(LocalEndpoint(mind)) as server:
        given = {"where": SOME, "refine": 2, "subject": "x", **other}
        done, report = run(settings(pack, server, folder, **given), model)
    return server, done, report


@pytest.fixture(scope="module")
def refined(
    pack: Pack, model: ModelReads, tmp_path_factory: pytest.TempPathFactory
) -> tuple[LocalEndpoint, Pack, Any]:
    """First sentences that foretell nothing, revisions that are right, and others that are not."""
    mind = Mind(pack, "shuffled", revised=("perfect", "constant"))
    return _refined(pack, tmp_path_factory.mktemp("refined"), mind, model)


def test_what_scores_better_is_kept_and_all_versions_stay(
    refined: tuple[LocalEndpoint, Pack, Any],
) -> None:
    _, done, report = refined
    assert (report.explanations, report.scored, report.revisions, report.better) == (4, 6, 4, 2)
    assert report.lacks == {}
    versions = {row["id"]: row for row in rows(done, "Explanation", explainer="openai")}
    assert len(versions) == 6
    revises = {row["source"]: row["target"] for row in rows(done, "REVISES")}
    owned = {row["target"] for row in rows(done, "HAS_EXPLANATION")}
    for neuron in NEURONS:
        named = {row["text"]: own for own, row in versions.items() if own.startswith(f"{neuron}@")}
        first, second, third = (
            named[f"what {neuron} fires on{more}"] for more in ("", ", version 1", ", version 2")
        )
        assert (revises.get(first), revises[second], revises[third]) == (None, first, second)
        assert (first in owned, second in owned, third in owned) == (True, True, False)
        assert versions[second]["score"] == pytest.approx(1.0, abs=1e-6)
        assert abs(versions[first]["score"]) < 0.5
        assert versions[third]["score"] is None  # a constant foretells nothing
    scored = {row["id"].rsplit("@", 2)[0] for row in rows(done, "Score", kind="rsquared")}
    assert set(versions) <= scored
    (run_id,) = {row["run_id"] for row in versions.values()}
    (made,) = rows(done, "IngestRun", id=run_id)
    told = json.loads(made["settings"])
    assert (told["refine"], told["subject"]) == (2, "x")
    assert json.loads(made["counts"])["revisions"] == 4
    done.verify()


def test_the_model_itself_read_the_texts_and_its_mistakes_went_back(
    pack: Pack, refined: tuple[LocalEndpoint, Pack, Any], subject: Subject
) -> None:
    server, _, _ = refined
    maxima = {row["id"]: row["max_activation"] for row in rows(pack, "Neuron")}
    mind, plain, told = Mind(pack), plain_model(), 0
    for body in server.seen:
        instructions, material = (message["content"] for message in body["messages"])
        if "was put to the test" not in instructions:
            continue
        sentence, *parts = material.split("\n\n")
        neuron = json.loads(sentence.removeprefix("Sentence: ")).split()[1]
        _, layer, index = neuron.split("/")
        shown = [part.split("\n", 1)[1] for part in parts]
        expected = []
        fires, silent = (texts[:3] for texts in mind.texts[neuron])
        for text in [*silent, *fires]:  # it is wrong, and takes the one for the other
            (tokens,) = subject.encode([text])
            values = activations_of(plain, [1, *tokens])[int(layer)][1:, int(index)].tolist()
            pieces = [subject.texts[token] for token in tokens]
            if (max(values) >= maxima[neuron] / 2) is (text in fires):
                peak = values.index(max(values))
                first, end = max(0, peak - 24), peak + 8
                lines = zip(pieces[first:end], values[first:end], strict=True)
                expected.append([(piece, 10 * value / maxima[neuron]) for piece, value in lines])
        found = [[line.split(" ", 1) for line in text.split("\n")] for text in shown]
        assert [[json.loads(piece) for _, piece in text] for text in found] == [
            [piece for piece, _ in text] for text in expected
        ]
        for lines_found, known in zip(found, expected, strict=True):
            for (number, _), (_, value) in zip(lines_found, known, strict=True):
                assert abs(int(number) - min(10.0, max(0.0, value))) <= 0.5 + 1e-3
        told += len(expected)
    assert told >= 2 * len(NEURONS)


def test_it_is_scored_on_no_text_that_a_prompt_showed(
    refined: tuple[LocalEndpoint, Pack, Any],
) -> None:
    server, done, _ = refined
    texts = {row["id"]: row["text"] for row in rows(done, "Sequence")}
    simulated = {row["id"] for row in rows(done, "Simulation", scorer_model=MODEL)}
    scored: dict[str, set[str]] = {neuron: set() for neuron in NEURONS}
    for row in rows(done, "OF"):
        if row["source"] in simulated:
            scored[ids.neuron_of(row["source"])].add(texts[row["target"]])
    assert min(map(len, scored.values())) >= 5
    seen = 0
    for body in server.seen:
        instructions, material = (message["content"] for message in body["messages"])
        if '{"explanation"' not in instructions:
            continue
        named = [neuron for neuron in NEURONS if f"what {neuron} fires" in material]
        for part in material.split("\n\n")[len(named) :]:
            lines = part.split("\n")[1:]
            text = "".join(json.loads(line.split(" ", 1)[1]) for line in lines)
            for neuron in named or NEURONS:  # a first prompt does not say whose it is
                assert not any(text in other for other in scored[neuron]), (neuron, text)
            seen += 1
    assert seen > 2 * 10


def test_what_scores_no_better_is_not_kept_but_stays(
    pack: Pack, model: ModelReads, tmp_path: Path
) -> None:
    mind = Mind(pack, revised=("shuffled",))
    server, done, report = _refined(pack, tmp_path, mind, model, refine=3)
    assert (report.explanations, report.revisions, report.better) == (2, 2, 0)
    explained = rows(done, "Explanation", explainer="openai")
    assert len(explained) == 4
    owned = {row["target"] for row in rows(done, "HAS_EXPLANATION")}
    assert {row["text"] for row in explained if row["id"] in owned} == {
        f"what {neuron} fires on" for neuron in NEURONS
    }
    assert len(rows(done, "REVISES")) == 2
    asked = [body["messages"][0]["content"] for body in server.seen]
    assert sum("was put to the test" in text for text in asked) == 2  # and no further round


def test_a_sentence_that_stands_its_test_is_not_revised(
    pack: Pack, model: ModelReads, tmp_path: Path
) -> None:
    # texts by which this neuron's sentence is right, also when they are read from their beginning
    neuron = "stories260K/1/0"
    mind = Mind(pack, is_wrong=False)
    known = {row["id"]: row["max_activation"] for row in rows(pack, "Neuron")}
    fires, silent = mind.texts[neuron]
    peaks = [max(values) for _, values in model.read(neuron, [*fires, *silent])]
    half = known[neuron] / 2
    mind.texts[neuron] = (
        [text for text, peak in zip(fires, peaks, strict=False) if peak >= half],
        [text for text, peak in zip(silent, peaks[len(fires) :], strict=True) if peak < half],
    )
    assert all(mind.texts[neuron])
    where = Where(ids=frozenset({neuron}))
    server, done, report = _refined(pack, tmp_path, mind, model, where=where)
    assert (report.revisions, len(rows(done, "REVISES"))) == (0, 0)
    asked = [body["messages"][0]["content"] for body in server.seen]
    assert sum('{"fires"' in text for text in asked) == 1
    assert not any("was put to the test" in text for text in asked)


def test_a_revision_that_is_refused_changes_nothing(
    pack: Pack, model: ModelReads, tmp_path: Path
) -> None:
    mind = Mind(pack, revised=("refused",))
    _, done, report = _refined(pack, tmp_path, mind, model)
    assert (report.explanations, report.revisions, report.lacks) == (2, 0, {})
    scores = [row["score"] for row in rows(done, "Explanation", explainer="openai")]
    assert scores == pytest.approx([1.0] * 2, abs=1e-6)


def test_it_goes_on_within_the_budget_and_pays_for_nothing_twice(
    pack: Pack, model: ModelReads, refined: tuple[LocalEndpoint, Pack, Any], tmp_path: Path
) -> None:
    price = Price(1.0, 5.0)
    mind = Mind(pack, "shuffled", revised=("perfect", "constant"))
    quiet, done, _ = refined
    with running_endpoint(LocalEndpoint(mind)) as server:
        given: dict[str, Any] = {
            "where": SOME, "refine": 2, "subject": "x",
        }  # fmt: skip
        stops = 0
        for share in (0.3, 0.6, 0.9):
            budget = share * quiet.cost(1.0, 5.0)
            few = settings(
                pack, server, tmp_path, **given, endpoint={"price": price, "budget": budget}
            )
            with pytest.raises(BudgetError, match="the budget of"):
                run(few, model)
            assert 0 < server.cost(1.0, 5.0) <= budget
            assert not few.output.exists()
            asked = [body["messages"][0]["content"] for body in server.seen]
            stops += any("was put to the test" in text for text in asked)
        assert stops  # also in the middle of a round
        enough = settings(
            pack, server, tmp_path, **given, endpoint={"price": price, "budget": 100.0}
        )
        found, report = run(enough, model)
    assert report.spent == pytest.approx(server.cost(1.0, 5.0))
    assert set(server.paid.values()) == {1}
    assert len(server.paid) == len(quiet.paid)
    assert tables(found) == tables(done)


def test_done_again_nothing_is_there_twice(
    pack: Pack, model: ModelReads, refined: tuple[LocalEndpoint, Pack, Any], tmp_path: Path
) -> None:
    _, done, _ = refined
    mind = Mind(pack, "shuffled", revised=("perfect", "constant"))
    _, again, report = _refined(done, tmp_path, mind, model)
    assert (report.explanations, report.revisions) == (0, 4)
    for table in ("Explanation", "HAS_EXPLANATION", "REVISES"):
        assert again.table(table) == done.table(table), table
    for table in ("Score", "Simulation", "HAS_SCORE", "OF", "IngestRun"):
        assert len(rows(again, table)) == len(rows(done, table)), table


def test_what_was_better_once_and_is_not_now_is_taken_back(
    pack: Pack, model: ModelReads, refined: tuple[LocalEndpoint, Pack, Any], tmp_path: Path
) -> None:
    _, done, _ = refined
    mind = Mind(pack, "perfect", revised=("shuffled", "shuffled"))
    _, now, report = _refined(done, tmp_path, mind, model)
    assert (report.revisions, report.better) == (2, 0)
    texts = {row["id"]: row["text"] for row in rows(now, "Explanation", explainer="openai")}
    owned = {row["target"] for row in rows(now, "HAS_EXPLANATION")} & set(texts)
    assert {texts[own] for own in owned} == {f"what {neuron} fires on" for neuron in NEURONS}
    assert len(texts) == 6
    assert rows(now, "REVISES") == rows(done, "REVISES")


def test_the_command_refines(pack: Pack, tmp_path: Path) -> None:
    small = cut_pack(pack, tmp_path / "small", NEURONS)
    with running_endpoint(LocalEndpoint(Mind(small, "shuffled", revised=("perfect",)))) as server:
        ran = neurocypher(
            "explain", small.path, "--explainer", "openai", "--model", MODEL, "--refine", 1,
            "--subject", model_path(), environment=server.environment,
        )  # fmt: skip
    assert ran.status == 0, ran.err
    assert "2 neurons; 4 new explanations; 4 scored" in ran.out
    assert "2 revisions, of which 2 scored better" in ran.out
    assert "1.000" in ran.out  # in the table of scores by layer
    assert KEY not in ran.out + ran.err
    assert len(rows(open_pack(small.path), "REVISES")) == 2  # the pack itself was replaced


class Other(Reads):
    """A model with other layers."""

    def __init__(self, neurons: Mapping[str, int]) -> None:
        self.known = neurons

    @property
    def neurons(self) -> Mapping[str, int]:
        return self.known

    def read(self, neuron: str, texts: Sequence[str]) -> list[tuple[list[str], list[float]]]:
        raise AssertionError(neuron)


@pytest.mark.parametrize("neurons", [{"0": 172}, {"1": 172, "3": 64}])
def test_another_model_is_noticed_before_anything_is_asked(
    pack: Pack, tmp_path: Path, neurons: dict[str, int]
) -> None:
    with running_endpoint(LocalEndpoint(Mind(pack))) as server:
        given = settings(pack, server, tmp_path, where=SOME, refine=1, subject="x")
        with pytest.raises(ExplainError, match="name the model that the pack's neurons are of"):
            run(given, Other(neurons))
    assert server.arrivals == []


def test_texts_are_read_as_by_the_plain_model(model: ModelReads, subject: Subject) -> None:
    texts = ["Once upon a time", "", "She", "a " * 600]
    found = model.read("stories260K/3/17", texts)
    for text, (pieces, values) in zip(texts, found, strict=True):
        (tokens,) = subject.encode([text])
        tokens = tokens[:511]
        assert pieces == [subject.texts[token] for token in tokens]
        expected = activations_of(plain_model(), [1, *tokens])[3][1:, 17].tolist() if tokens else []
        assert values == pytest.approx(expected, rel=1e-3, abs=1e-4)
    assert model.read("stories260K/3/17", ["", ""]) == [([], []), ([], [])]
    assert model.neurons == {str(layer): 172 for layer in range(5)}


QUESTION = """
query($neuron: ID!, $last: ID!) {
  neuron(id: $neuron) {
    explanations(explainer: "openai") { text score about revises { text } revisedBy { id text } }
  }
  nodes(ids: [$last]) { ... on Explanation { text score neuron { id } revises { text } } }
}
"""


def test_versions_are_asked_for_on_either_engine(
    refined: tuple[LocalEndpoint, Pack, Any], graph_url: str
) -> None:
    _, done, _ = refined
    url, neuron = parse_graph_url(graph_url), NEURONS[0]
    load_pack(done.path, url, lambda *_: None)
    name = f"what {neuron} fires on"
    texts = [name, f"{name}, version 1", f"{name}, version 2"]
    last = ids.explanation_id(neuron, "openai", texts[2], model=MODEL)
    answer = asked(url, QUESTION, neuron=neuron, last=last)
    best, first = answer["neuron"]["explanations"]
    assert (best["text"], first["text"]) == (texts[1], texts[0])
    assert best["score"] == pytest.approx(1.0, abs=1e-6)
    assert (best["about"], best["revises"]) == (None, [{"text": texts[0]}])
    assert best["revisedBy"] == [{"id": last, "text": texts[2]}]
    assert (first["revises"], [row["text"] for row in first["revisedBy"]]) == ([], [texts[1]])
    assert answer["nodes"] == [
        {"text": texts[2], "score": None, "neuron": {"id": neuron}, "revises": [{"text": texts[1]}]}
    ]


def test_the_pack_was_not_touched(pack: Pack) -> None:
    open_pack(pack.path).verify()
    assert rows(pack, "Explanation", explainer="openai") == []
