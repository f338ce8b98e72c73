"""What the server answers is what the pack says, on either engine."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from cypher import ids
from tests.graphapi.asking import Asker
from tests.graphs import Tables

pytestmark = pytest.mark.anyio

NEURON = "toy/0/3"


def _by(rows: list[dict[str, Any]], column: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


def _explanations(tables: Tables, neuron: str) -> list[dict[str, Any]]:
    sentences = {row["id"]: row for row in tables["Explanation"]}
    own = [sentences[row["target"]] for row in tables["HAS_EXPLANATION"] if row["source"] == neuron]
    return sorted(own, key=lambda row: (row["score"] is None, -(row["score"] or 0), row["id"]))


async def test_which_neurons_share_a_word(ask: Asker, tables: Tables) -> None:
    answer = await ask(
        '{ word(text: "play") { neurons(first: 20) { edges { activation node { id explanations '
        "{ text score } } } } } }"
    )
    strongest: dict[str, float] = {}
    for row in tables["ACTIVATES_ON"]:
        if ids.word_id(row["target"]) == "play":
            strongest[row["source"]] = max(strongest.get(row["source"], 0), row["activation"])
    expected = sorted(strongest.items(), key=lambda item: (-item[1], item[0]))
    assert len(expected) > 20
    assert answer["word"]["neurons"]["edges"] == [
        {
            "activation": activation,
            "node": {
                "id": neuron,
                "explanations": [
                    {"text": row["text"], "score": row["score"]}
                    for row in _explanations(tables, neuron)
                ],
            },
        }
        for neuron, activation in expected[:20]
    ]


async def test_which_neurons_of_other_layers_are_like_one(ask: Asker, tables: Tables) -> None:
    answer = await ask(
        '{ neuron(id: "toy/0/3") { similar(first: 10, layers: OTHER) { edges { similarity '
        "sharedTokens node { id } } } } }"
    )
    similar = [
        row
        for row in tables["SIMILAR_TO"]
        if row["source"] == NEURON and row["cross_layer_rank"] is not None
    ]
    similar.sort(key=lambda row: row["cross_layer_rank"])
    assert len(similar) == 10
    assert answer["neuron"]["similar"]["edges"] == [
        {
            "similarity": row["similarity"],
            "sharedTokens": _shared(tables, NEURON, row["target"]),
            "node": {"id": row["target"]},
        }
        for row in similar
    ]
    assert all(not row["target"].startswith("toy/0/") for row in similar)


def _shared(tables: Tables, one: str, other: str) -> list[str]:
    fires = _by(tables["ACTIVATES_ON"], "source")
    mine = {row["target"]: row["activation"] for row in fires[one]}
    theirs = {row["target"]: row["activation"] for row in fires[other]}
    return sorted(
        mine.keys() & theirs.keys(), key=lambda token: (-min(mine[token], theirs[token]), token)
    )


@pytest.mark.parametrize(("layers", "rank"), [("ANY", "rank"), ("SAME", "rank")])
async def test_similar_neurons_of_a_kind_of_layer(
    ask: Asker, tables: Tables, layers: str, rank: str
) -> None:
    answer = await ask(
        'query($layers: Layers!) { neuron(id: "toy/0/3") { similar(layers: $layers) '
        "{ edges { rank nShared measure similarity node { id layer { id } } } } } }",
        layers=layers,
    )
    expected = [
        row
        for row in sorted(tables["SIMILAR_TO"], key=lambda row: row[rank] or 0)
        if row["source"] == NEURON
        and row[rank] is not None
        and (layers == "ANY" or row["target"].startswith("toy/0/"))
    ]
    assert expected
    assert answer["neuron"]["similar"]["edges"] == [
        {
            "rank": row[rank],
            "nShared": row["n_shared"],
            "measure": row["measure"],
            "similarity": row["similarity"],
            "node": {"id": row["target"], "layer": {"id": row["target"].rpartition("/")[0]}},
        }
        for row in expected
    ]


async def test_a_neuron_with_its_statistics(ask: Asker, tables: Tables) -> None:
    answer = await ask(
        '{ neuron(id: "toy/1-res/5") { id index layerIndex layer { id name layerIndex kind '
        "hookPoint nNeurons nPresent model { id dModel } } run { job } statistics { maxActivation "
        "minActivation meanActivation variance skewness kurtosis density nTokens } } }"
    )
    (row,) = [row for row in tables["Neuron"] if row["id"] == "toy/1-res/5"]
    assert answer["neuron"] == {
        "id": "toy/1-res/5",
        "index": 5,
        "layerIndex": 1,
        "layer": {
            "id": "toy/1-res",
            "name": "1-res",
            "layerIndex": 1,
            "kind": "sae",
            "hookPoint": "blocks.1.mlp.hook_post",
            "nNeurons": 14,
            "nPresent": 12,
            "model": {"id": "toy", "dModel": 64},
        },
        "run": {"job": "mine"},
        "statistics": {
            "maxActivation": row["max_activation"],
            "minActivation": row["min_activation"],
            "meanActivation": row["mean_activation"],
            "variance": row["variance"],
            "skewness": row["skewness"],
            "kurtosis": row["kurtosis"],
            "density": row["density"],
            "nTokens": row["n_tokens"],
        },
    }


async def test_token_graphs(ask: Asker, tables: Tables) -> None:
    answer = await ask(
        '{ neuron(id: "toy/0/3") { tokenGraphs { id } tokenGraph(source: "n2g") { id source '
        "nNodes maxActivation note validation { ...scores } randomValidation { ...scores } nodes { id kind position activation importance isEnd "
        'tokens } edges { source target } dot run { job } } none: tokenGraph(source: "x") { id } '
        "} } fragment scores on Validation { precision recall f1 correlation support "
        "tokenBaselineF1 bigramBaselineF1 }"
    )
    graph = answer["neuron"]["tokenGraph"]
    (row,) = [row for row in tables["TokenGraph"] if row["neuron_id"] == NEURON]
    tokens = _by(tables["MATCHES"], "source")
    nodes = [row for row in tables["TokenGraphNode"] if row["id"].startswith(f"{NEURON}@n2g#")]
    assert answer["neuron"]["tokenGraphs"] == [{"id": f"{NEURON}@n2g"}]
    assert answer["neuron"]["none"] is None
    assert graph["nNodes"] == len(nodes)
    for field, prefix in (("validation", ""), ("randomValidation", "random_")):
        assert graph[field] == {
            "precision": row[f"{prefix}precision"],
            "recall": row[f"{prefix}recall"],
            "f1": row[f"{prefix}f1"],
            "correlation": row[f"{prefix}correlation"],
            "support": row[f"{prefix}support"],
            "tokenBaselineF1": row[f"{prefix}token_baseline_f1"],
            "bigramBaselineF1": row[f"{prefix}bigram_baseline_f1"],
        }
    assert graph["validation"] != graph["randomValidation"]
    assert graph["run"] == {"job": "token-graphs"}
    assert graph["nodes"] == [
        {
            "id": node["id"],
            "kind": node["kind"],
            "position": node["position"],
            "activation": node["activation"],
            "importance": node["importance"],
            "isEnd": node["is_end"],
            "tokens": sorted(row["target"] for row in tokens[node["id"]]),
        }
        for node in sorted(nodes, key=lambda node: (-node["position"], node["id"]))
    ]
    ours = {node["id"] for node in nodes}
    edges = {(row["source"], row["target"]) for row in tables["PRECEDED_BY"]}
    assert {(edge["source"], edge["target"]) for edge in graph["edges"]} == {
        edge for edge in edges if edge[0] in ours
    }
    assert len(graph["edges"]) > 1
    assert graph["dot"].count('" -> "') == len(graph["edges"])
    assert graph["dot"].count("label=") == len(nodes)


async def test_neurons_by_how_well_their_token_graphs_predict(ask: Asker, tables: Tables) -> None:
    filters = {
        "top": "tokenGraphF1: {min: 0.3, max: 0.9}",
        "random": "tokenGraphRandomF1: {min: 0.3}",
        "worse": "worseThanBigrams: true",
        "notWorse": "worseThanBigrams: false",
        "either": "worseThanBigrams: null",
    }
    found = await ask(
        " ".join(
            ["{", *(f"{name}: neurons(where: {{{where}}}, first: 1000) {{ edges {{ node {{ id }} }} }}"
                    for name, where in filters.items()), "}"]
        )
    )  # fmt: skip
    graphs = tables["TokenGraph"]
    both = [g for g in graphs if None not in (g["f1"], g["bigram_baseline_f1"])]
    expected = {
        "top": {g["neuron_id"] for g in graphs if g["f1"] == 0.5},
        "random": {g["neuron_id"] for g in graphs if g["random_f1"] == 0.625},
        "worse": {g["neuron_id"] for g in both if g["f1"] < g["bigram_baseline_f1"]},
        "notWorse": {g["neuron_id"] for g in both if g["f1"] >= g["bigram_baseline_f1"]},
        "either": {row["id"] for row in tables["Neuron"]},
    }
    assert all(expected.values())
    assert {
        name: {edge["node"]["id"] for edge in page["edges"]} for name, page in found.items()
    } == expected


async def test_examples(ask: Asker, tables: Tables) -> None:
    answer = await ask(
        '{ neuron(id: "toy/0/3") { examples(first: 2) { id bucket rank peak maxActivation '
        "activations text corpus document tokens { text activation } run { job } } "
        "all: examples(bucket: null, first: 1) { bucket rank } "
        'q1: examples(bucket: "q1") { bucket } bottom: examples(bucket: "bottom") { bucket peak '
        "activations } } }"
    )
    found = answer["neuron"]
    sequences = {row["id"]: row for row in tables["Sequence"]}
    within = {row["source"]: sequences[row["target"]] for row in tables["WITHIN"]}
    own = [row for row in tables["Example"] if row["id"].startswith(f"{NEURON}@model@top#")][:2]
    assert own
    assert found["examples"] == [
        {
            "id": row["id"],
            "bucket": "top",
            "rank": row["rank"],
            "peak": row["peak"],
            "maxActivation": row["max_activation"],
            "activations": row["activations"],
            "text": within[row["id"]]["text"],
            "corpus": "stories",
            "document": within[row["id"]]["document"],
            "tokens": [
                {"text": text, "activation": activation}
                for text, activation in zip(
                    within[row["id"]]["tokens"], row["activations"], strict=True
                )
            ],
            "run": {"job": "mine"},
        }
        for row in own
    ]
    assert found["all"] == [
        {"bucket": "top", "rank": 1},
        {"bucket": "q4", "rank": 1},
        {"bucket": "q1", "rank": 1},
        {"bucket": "random", "rank": 1},
        {"bucket": "bottom", "rank": 1},
    ]
    assert {example["bucket"] for example in found["q1"]} == {"q1"}
    assert {example["bucket"] for example in found["bottom"]} == {"bottom"}
    for example in found["bottom"]:
        assert example["activations"][example["peak"]] == min(example["activations"])


async def test_explanations_have_scores(ask: Asker, tables: Tables) -> None:
    scored = next(
        row["source"]
        for row in tables["HAS_EXPLANATION"]
        if any(sentence["score"] is not None for sentence in _explanations(tables, row["source"]))
    )
    answer = await ask(
        "query($id: ID!) { neuron(id: $id) { explanations { id text explainer explainerModel "
        "promptVersion score scores { kind value nExamples scorerModel run { job } } } "
        'none: explanations(explainer: "openai") { id } } }',
        id=scored,
    )
    own = _explanations(tables, scored)
    assert [found["id"] for found in answer["neuron"]["explanations"]] == [row["id"] for row in own]
    assert answer["neuron"]["none"] == []
    first = answer["neuron"]["explanations"][0]
    assert first["scores"] == [
        {
            "kind": kind,
            "value": own[0]["score"],
            "nExamples": 10,
            "scorerModel": None,
            "run": {"job": "explain"},
        }
        for kind in ("detection", "ev_correlation")
    ]


async def test_what_a_neuron_lacks(ask: Asker, tables: Tables) -> None:
    lacking = _by(tables["LACKS"], "source")
    neuron = sorted(lacking)[0]
    answer = await ask(
        "query($id: ID!) { neuron(id: $id) { tokenGraphs { id } examples { id } "
        "lacks { kind reason run { id job } } } }",
        id=neuron,
    )
    assert answer["neuron"]["tokenGraphs"] == []
    assert answer["neuron"]["lacks"] == [
        {
            "kind": row["kind"],
            "reason": "never fires",
            "run": {"id": row["target"], "job": "token-graphs"},
        }
        for row in sorted(lacking[neuron], key=lambda row: row["kind"])
    ]


async def test_tokens_and_words(ask: Asker, tables: Tables) -> None:
    answer = await ask(
        '{ word(text: " PLAY ") { text tokens { text word { text } } } '
        'space: token(text: " ") { text word { text } } none: token(text: "nothing") { text } '
        'noWord: word(text: "nothing") { text } quote: token(text: "\\"") { text } }'
    )
    forms = sorted(row["id"] for row in tables["Token"] if ids.word_id(row["id"]) == "play")
    assert len(forms) == 3
    assert answer["word"] == {
        "text": "play",
        "tokens": [{"text": form, "word": {"text": "play"}} for form in forms],
    }
    assert answer["space"] == {"text": " ", "word": {"text": " "}}
    assert answer["none"] is None
    assert answer["noWord"] is None
    assert answer["quote"] == {"text": '"'}


async def test_models_and_runs(ask: Asker, tables: Tables) -> None:
    answer = await ask(
        "{ models { id family nLayers dModel dMlp vocabSize activationFunction layers { id } } "
        'model(id: "other") { layers { id } } none: model(id: "x") { id } '
        "runs(first: 100) { edges { node { id job source settings versions counts startedAt "
        "finishedAt model { id } covers { nPresent nAbsent layer { id } } } } } }"
    )
    assert [model["id"] for model in answer["models"]] == ["other", "toy"]
    assert [layer["id"] for layer in answer["models"][1]["layers"]] == [
        "toy/0",
        "toy/1",
        "toy/1-res",
        "toy/2",
    ]
    assert answer["model"] == {"layers": [{"id": "other/0"}]}
    assert answer["none"] is None
    runs = [edge["node"] for edge in answer["runs"]["edges"]]
    assert {run["id"] for run in runs} == {row["id"] for row in tables["IngestRun"]}
    started = [run["startedAt"] or "" for run in runs]
    assert started == sorted(started, reverse=True)
    assert started[-1] == ""
    toy = next(run for run in runs if run["model"]["id"] == "toy")
    assert toy["settings"] == '{"seed": 1}'
    assert {"nPresent": 11, "nAbsent": 1, "layer": {"id": "toy/1-res"}} in toy["covers"]


async def test_the_state_of_the_graph(ask: Asker, tables: Tables) -> None:
    answer = await ask(
        "{ graph { schemaVersion loadId unfinished { message } coverage { layer { id } nNeurons "
        "nPresent nTokenGraphs nExamples nExplanations } } }"
    )
    assert answer["graph"]["loadId"]
    assert answer["graph"]["unfinished"] == []
    explained = {row["source"] for row in tables["HAS_EXPLANATION"]}
    drawn = {row["source"] for row in tables["HAS_TOKEN_GRAPH"]}
    shown = {row["source"] for row in tables["HAS_EXAMPLE"]}

    def of(layer: str, neurons: set[str]) -> int:
        return len([neuron for neuron in neurons if neuron.startswith(f"{layer}/")])

    assert answer["graph"]["coverage"] == [
        {
            "layer": {"id": row["id"]},
            "nNeurons": row["n_neurons"],
            "nPresent": row["n_neurons"] - 2,
            "nTokenGraphs": of(row["id"], drawn),
            "nExamples": of(row["id"], shown),
            "nExplanations": of(row["id"], explained),
        }
        for row in sorted(
            tables["Layer"], key=lambda row: (row["model_id"], row["layer_index"], row["id"])
        )
    ]
