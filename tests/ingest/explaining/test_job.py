"""Explain, simulate, score, load, query: through real sockets, with rules that are known."""

from __future__ import annotations

import asyncio
import statistics
from pathlib import Path
from typing import Any

import pytest

from cypher import ids
from cypher.catalogue import run as read
from cypher.engines import engine_for
from cypher.load import load_pack
from cypher.pack import Pack
from cypher.url import parse_graph_url
from ingest.errors import BudgetError, ExplainError, OutputError
from ingest.jobs.explaining.settings import ExplainSettings
from ingest.jobs.explaining.where import Where, parse_where
from tests.cli import assert_failed, neurocypher
from tests.endpoint import KEY, LocalEndpoint, Mind, running_endpoint
from tests.ingest.explaining.jobs import FIFTY, MODEL, TOKENIZER, rows, run, settings, tables

SOURCE = "openai:a-lab_a_model_home"


@pytest.fixture(scope="module")
def perfect(pack: Pack, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """Fifty neurons, explained and simulated by a model that knows them by heart."""
    folder = tmp_path_factory.mktemp("perfect")
    with running_endpoint(LocalEndpoint(Mind(pack))) as server:
        done, report = run(settings(pack, server, folder, judge=True))
    assert (report.neurons, report.explanations, report.scored) == (50, 50, 50)
    assert report.lacks == {}
    assert report.calls == sum(server.paid.values())
    return done


def _scores(pack: Pack, kind: str, **where: Any) -> list[float | None]:
    return [row["value"] for row in rows(pack, "Score", kind=kind, source=SOURCE, **where)]


def test_a_perfect_simulation_scores_one(perfect: Pack) -> None:
    for kind, calibrated in (
        ("ev_correlation", None), ("rsquared", True), ("absolute_dev_explained", True),
    ):  # fmt: skip
        for examples in ("top", "random", "both"):
            found = _scores(perfect, kind, calibrated=calibrated, examples=examples)
            assert len(found) == 50
            assert found == pytest.approx([1.0] * 50, abs=1e-6), (kind, examples)
    for kind in ("detection", "fuzzing"):
        found = _scores(perfect, kind)
        assert found
        assert found == [1.0] * len(found)
        assert {row["null_value"] for row in rows(perfect, "Score", kind=kind)} == {0.5}
    explained = rows(perfect, "Explanation", explainer="openai")
    assert [row["score"] for row in explained] == pytest.approx([1.0] * 50, abs=1e-6)


def test_the_null_beside_it_is_near_nothing(perfect: Pack) -> None:
    found = [
        row["null_value"]
        for row in rows(perfect, "Score", kind="ev_correlation", source=SOURCE, examples="both")
    ]
    assert len(found) == 50
    assert all(value is not None and abs(value) < 0.5 for value in found)
    assert abs(statistics.fmean(found)) < 0.1


def test_the_evidence_is_kept_and_scored_on_no_text_that_was_shown(perfect: Pack) -> None:
    simulations = rows(perfect, "Simulation", source=SOURCE)
    of = {row["source"]: row["target"] for row in rows(perfect, "OF")}
    texts = {row["id"]: row["tokens"] for row in rows(perfect, "Sequence")}
    examples = {row["id"]: row for row in rows(perfect, "Example")}
    within = {row["source"]: row["target"] for row in rows(perfect, "WITHIN")}
    shown: dict[str, set[str]] = {}
    truth: dict[tuple[str, str], list[float]] = {}
    for own, row in examples.items():
        neuron = own.partition("@")[0]
        truth[neuron, within[own]] = row["activations"]
        if row["held_out"] is False and row["bucket"] != "random":
            shown.setdefault(neuron, set()).add(within[own])
    assert len(simulations) >= 50 * 3
    for row in simulations:
        neuron = row["id"].partition("@")[0]
        assert len(row["expected_activations"]) == len(texts[of[row["id"]]])
        assert row["activations"] == truth[neuron, of[row["id"]]]
        assert of[row["id"]] not in shown.get(neuron, set())
        assert min(row["expected_activations"]) >= 0
        assert max(row["expected_activations"]) <= 10
        assert row["scorer_model"] == MODEL
    counts = {(row["id"].rpartition("@")[0], row["examples"]): row["n_examples"]
              for row in rows(perfect, "Score", kind="ev_correlation", source=SOURCE)}  # fmt: skip
    for (explanation, examples_), count in counts.items():
        kinds = [
            row["examples"]
            for row in simulations
            if row["id"].startswith(f"{explanation[: -len(SOURCE)]}")
        ]
        assert count == sum(examples_ in ("both", kind) for kind in kinds)


def test_all_else_stays_as_it_was(pack: Pack, perfect: Pack) -> None:
    before, after = tables(pack), tables(perfect)
    for name in ("Neuron", "Example", "TokenGraph", "TokenGraphNode", "ACTIVATES_ON", "Sequence"):
        assert before[name] == after[name], name
    ids = {row["id"] for row in before["Explanation"]}
    assert [row for row in after["Explanation"] if row["id"] in ids] == before["Explanation"]
    perfect.verify()


def test_it_is_loaded_and_asked(perfect: Pack, graph_url: str) -> None:
    url = parse_graph_url(graph_url)
    load_pack(perfect.path, url, lambda *_: None)

    async def asked() -> tuple[list[Any], list[Any], list[Any]]:
        graph = await engine_for(url).open()
        try:
            neuron = "stories260K/3/7"
            explained = await read(graph, "explanations", ids=[neuron])
            best = explained[0]
            scores = await read(graph, "scores", ids=[str(best["id"])])
            simulated = await graph.read(
                "MATCH (e:Explanation {id: $id})-[:HAS_SIMULATION]->(s:Simulation)-[:OF]->"
                "(t:Sequence) RETURN s.number AS number, size(s.expected_activations) AS n, "
                "size(t.tokens) AS m ORDER BY number",
                {"id": best["id"]},
            )
            return explained, scores, simulated.values
        finally:
            await graph.close()

    explained, scores, simulated = asyncio.run(asked())
    assert explained[0]["text"] == "what stories260K/3/7 fires on"
    assert (explained[0]["explainer"], explained[0]["explainer_model"]) == ("openai", MODEL)
    assert explained[0]["score"] == pytest.approx(1.0, abs=1e-6)
    assert explained[1]["explainer"] == "template"
    assert len(scores) == 15 + 2
    assert simulated
    assert all(n == m for _, n, m in simulated)


@pytest.mark.parametrize("how", ["constant", "shuffled"])
def test_what_says_nothing_scores_nothing(pack: Pack, tmp_path: Path, how: str) -> None:
    where = FIFTY if how == "shuffled" else Where(neurons="0-1")
    with running_endpoint(LocalEndpoint(Mind(pack, how))) as server:
        done, _ = run(settings(pack, server, tmp_path, where=where))
    found = _scores(done, "ev_correlation", examples="both")
    if how == "constant":
        assert len(found) == 10
        assert set(found) == {None}
        assert {row["score"] for row in rows(done, "Explanation", explainer="openai")} == {None}
    else:
        known = [value for value in found if value is not None]
        assert len(known) == 50
        assert abs(statistics.fmean(known)) < 0.05


def test_without_probabilities_the_digits_are_taken(pack: Pack, tmp_path: Path) -> None:
    with running_endpoint(LocalEndpoint(Mind(pack), logprobs=False)) as server:
        done, _ = run(settings(pack, server, tmp_path, where=Where(neurons="0-1")))
    found = _scores(done, "ev_correlation", examples="both")
    assert len(found) == 10
    assert min(value or 0.0 for value in found) > 0.5


def test_who_gives_no_explanation_lacks_one_and_why(pack: Pack, tmp_path: Path) -> None:
    silent = frozenset({"stories260K/1/3", "stories260K/4/0"})
    with running_endpoint(LocalEndpoint(Mind(pack, refuses=silent))) as server:
        first, report = run(settings(pack, server, tmp_path, where=Where(neurons="0-3")))
        assert report.lacks == {"explanation: it refused": 2}
        found = rows(first, "LACKS", kind="explanation")
        assert {(row["source"], row["reason"]) for row in found} == {
            (n, "it refused") for n in silent
        }
        explained = {
            row["id"].partition("@")[0] for row in rows(first, "Explanation", explainer="openai")
        }
        assert len(explained) == 18
        assert not explained & silent
        server.rule = Mind(pack)  # it has changed its mind
        again = settings(first, server, tmp_path / "again", simulator="none",
            where=parse_where(("unexplained; neurons=0-3",)),
        )  # fmt: skip
        second, report = run(again)
    assert (report.neurons, report.explanations) == (2, 2)
    assert rows(second, "LACKS", kind="explanation") == []
    assert len(rows(second, "Explanation", explainer="openai")) == 20
    covered = {row["run_id"] for row in rows(second, "Explanation", explainer="openai")}
    assert covered <= {row["id"] for row in rows(second, "IngestRun")}


def test_answers_that_are_none_are_asked_for_again_and_then_given_up(
    pack: Pack, tmp_path: Path
) -> None:
    with running_endpoint(LocalEndpoint(Mind(pack), wrapped=True)) as server:
        done, report = run(settings(pack, server, tmp_path, where=Where(neurons="0-1", layers="0")))
    reason = "its answer is not the JSON that was asked for"
    assert report.lacks == {f"explanation: {reason}": 2}
    assert {row["reason"] for row in rows(done, "LACKS", kind="explanation")} == {reason}
    assert report.calls == 6


def test_the_budget_is_never_passed_and_more_goes_on(pack: Pack, tmp_path: Path) -> None:
    from ingest.endpoint.settings import Price

    price = Price(1.0, 5.0)
    with running_endpoint(LocalEndpoint(Mind(pack))) as server:
        few = settings(pack, server, tmp_path, endpoint={"price": price, "budget": 0.15})
        for _ in range(2):
            with pytest.raises(BudgetError, match=r"the budget of \$0\.15 could be passed"):
                run(few)
            assert 0 < server.cost(1.0, 5.0) <= 0.15
        assert not few.output.exists()
        more = settings(pack, server, tmp_path, endpoint={"price": price, "budget": 100.0})
        _, report = run(more)
    assert set(server.paid.values()) == {1}
    assert report.spent == pytest.approx(server.cost(1.0, 5.0))


def test_offline_every_neuron_has_an_explanation_and_a_score(pack: Pack, tmp_path: Path) -> None:
    ran = neurocypher("explain", pack.path, "--out", tmp_path / "a", "--where", "neurons=0-9")
    assert ran.status == 0, ran.err
    assert "50 neurons; 0 new explanations; 50 scored" in ran.out
    given = ExplainSettings(pack.path, tmp_path / "b", where=FIFTY)
    done, _ = run(given)
    explained = {row["id"] for row in rows(done, "Explanation")}
    scores = [
        row
        for row in rows(done, "Score", source="token-graph", kind="ev_correlation", examples="both")
        if ids.parse_neuron_id(row["id"].partition("@")[0]).index < 10
    ]
    assert len(scores) == 50  # of the others, those that the pack had
    assert all(row["id"].rsplit("@", 2)[0] in explained for row in scores)
    assert statistics.fmean(row["value"] for row in scores) > 0.4
    assert abs(statistics.fmean(row["null_value"] for row in scores)) < 0.1
    again, _ = run(ExplainSettings(done.path, tmp_path / "c", where=FIFTY))
    for table in ("Score", "Simulation", "HAS_SCORE", "OF", "COVERS", "Explanation"):
        assert len(rows(again, table)) == len(rows(done, table)), table


def test_the_command_says_what_it_costs_and_keeps_the_key(pack: Pack, tmp_path: Path) -> None:
    options = ["--explainer", "openai", "--simulator", "openai", "--model", "m", "--where",
               "neurons=0-1", "--out", tmp_path / "pack", "--answers", tmp_path / "answers"]  # fmt: skip
    with running_endpoint(LocalEndpoint(Mind(pack))) as server:
        here = {
            **server.environment,
            "NEUROCYPHER_TOKENIZER": TOKENIZER,
            "NEUROCYPHER_PRICE": "1,5",
        }
        dry = neurocypher("explain", pack.path, *options, "--dry-run", environment=here)
        assert dry.status == 0, dry.err
        assert dry.out.startswith("10 neurons\nexplain: 10 calls (0 answers are there)")
        assert "yet to be written" in dry.out
        assert server.arrivals == []
        ran = neurocypher("explain", pack.path, *options, environment=here)
        assert ran.status == 0, ran.err
        paid = f"${server.cost(1.0, 5.0):.4f} spent in all"
        assert paid in ran.out
        again = neurocypher(
            "explain", pack.path, *options, "--out", tmp_path / "b", environment=here
        )
        assert "0 calls" in again.out
        wrong = neurocypher(
            "explain", pack.path, *options, "--out", tmp_path / "c", "--answers", tmp_path / "new",
            environment={**here, "OPENAI_API_KEY": f"{KEY}-wrong"},
        )  # fmt: skip
        assert_failed(wrong, "does not accept the key in OPENAI_API_KEY")
    for said in (dry, ran, again, wrong):
        assert KEY not in said.out + said.err
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or KEY.encode() not in path.read_bytes(), path


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--explainer", "openai", "--simulator", "token-graph"], "does not read sentences"),
        (["--explainer", "none", "--simulator", "none"], "nothing to do"),
        (["--explainer", "openai"], "give --model"),
        (["--explainer", "openai", "--model", "m"], "OPENAI_API_KEY"),
        (
            ["--explainer", "openai", "--model", "m", "--dry-run", "--budget", "1"],
            "NEUROCYPHER_PRICE",
        ),
        (["--judge"], "needs --simulator openai"),
        (["--refine", "1"], "--refine needs"),
        (["--where", "moon"], "'moon' is not understood"),
        (["--where", "ids=x"], "no neuron's id"),
        (["--where", "layers=9"], "no layer of"),
    ],
)
def test_options_that_do_not_fit_are_said_so(
    pack: Pack, tmp_path: Path, options: list[str], message: str
) -> None:
    none = {"OPENAI_API_KEY": "", "NEUROCYPHER_PRICE": "", "OPENAI_BASE_URL": ""}
    ran = neurocypher("explain", pack.path, "--out", tmp_path / "x", *options, environment=none)
    assert_failed(ran, message)
    assert not (tmp_path / "x").exists()


def test_conditions_are_told_apart() -> None:
    found = parse_where(("layers=0-1,6-res-jb ; score<0.25", "unscored"))
    assert found == Where(layers="0-1,6-res-jb", below=0.25, unscored=True)
    assert [found.has_layer(name) for name in ("0", "1", "2", "6-res-jb")] == [
        True,
        True,
        False,
        True,
    ]
    one = parse_where(("ids=m/0/1, m/2/3",))
    assert [one.has_layer(name) for name in "012"] == [True, False, True]
    assert [one.has_neuron(n) for n in ("m/0/1", "m/0/2")] == [True, False]
    with pytest.raises(ExplainError):
        parse_where(("score<much",))


def test_a_pack_that_stands_there_is_not_replaced_unasked(pack: Pack, tmp_path: Path) -> None:
    (tmp_path / "pack").mkdir()
    with pytest.raises(OutputError, match="exists already"):
        run(ExplainSettings(pack.path, tmp_path / "pack"))
