"""Small packs made in code, with rows in most tables, for tests of loads and reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

from cypher import ids
from cypher.pack import Pack, PackWriter, open_pack

SOURCE = "n2g"


def small_pack(
    path: Path,
    *,
    model: str = "tiny",
    layers: Collection[int] = (0, 1),
    neurons: int = 6,
    without: Collection[str] = (),
    settings: str = "a",
    circuits: bool = True,
) -> Pack:
    """A pack of mined examples, token graphs, similarity and explanations.

    `without` names neurons that are left out; other `settings` make other runs of the same
    jobs, with other numbers.
    """
    runs = {
        job: ids.run_id(job, source, {"model": model, "layers": list(layers), "settings": settings})
        for job, source in _JOBS.items()
    }
    strength = 1.0 + len(settings)
    writer = _Rows()
    writer.add("Model", [{"id": model, "family": "llama", "n_layers": 2, "d_model": 4}])
    tokenizer = ids.tokenizer_id(model)
    writer.add("Tokenizer", [{"id": tokenizer, "definition": "eJw=", "vocabulary": [" t0", "c0"]}])
    writer.add("HAS_TOKENIZER", [{"source": model, "target": tokenizer}])
    present = []
    for layer in layers:
        layer_id = ids.layer_id(model, layer)
        row = {"id": layer_id, "model_id": model, "name": str(layer), "layer_index": layer}
        writer.add("Layer", [{**row, "kind": "mlp", "n_neurons": neurons}])
        writer.add("HAS_LAYER", [{"source": model, "target": layer_id}])
        for index in range(neurons):
            neuron = ids.neuron_id(model, layer, index)
            if neuron not in without:
                present.append((neuron, layer_id, layer, index))
    _mined(writer, model, present, runs["mine"], strength)
    _token_graphs(writer, present, runs["token-graphs"], strength)
    _similarity(writer, present, runs["similarity"])
    _explanations(writer, present, runs["explain"], settings)
    _listed(writer, present, runs["token-graphs"])
    if circuits:
        _circuit(writer, model, present, runs["circuits"])
    for job, run in runs.items():
        if job == "circuits" and not circuits:
            continue
        row = {"id": run, "job": job, "source": _JOBS[job], "model_id": model}
        writer.add("IngestRun", [{**row, "started_at": "2026-01-01T00:00:00+00:00"}])
        if job != "circuits":
            writer.add(
                "COVERS",
                [
                    {
                        "source": run,
                        "target": ids.layer_id(model, layer),
                        "n_present": neurons,
                        "n_absent": 0,
                    }
                    for layer in layers
                ],
            )
    with PackWriter(path, replace=True) as pack:
        for name, rows in writer.tables.items():
            pack.add(name, rows)
    return open_pack(path)


class _Rows:
    """Rows by table, until they are written."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, object]]] = defaultdict(list)

    def add(self, name: str, rows: list[dict[str, object]]) -> None:
        self.tables[name] += rows


_JOBS = {
    "mine": "model",
    "token-graphs": SOURCE,
    "similarity": "shared-tokens",
    "explain": "template",
    "circuits": "hand",
}
_Present = list[tuple[str, str, int, int]]


def _mined(writer: _Rows, model: str, present: _Present, run: str, strength: float) -> None:
    for neuron, layer_id, layer, index in present:
        row = {"id": neuron, "model_id": model, "layer_id": layer_id, "layer_index": layer}
        stats = {"max_activation": strength + index, "mean_activation": 0.5, "n_tokens": 30}
        writer.add("Neuron", [{**row, **stats, "index": index, "run_id": run}])
        own = ids.measurement_id(neuron, "model")
        writer.add("Measurement", [{"id": own, "source": "model", **stats, "run_id": run}])
        writer.add("HAS_MEASUREMENT", [{"source": neuron, "target": own, "run_id": run}])
        writer.add("HAS_NEURON", [{"source": layer_id, "target": neuron}])
        for rank in (1, 2):
            tokens = [f" t{index % 4}", '\'s "quoted"\n', f" text {rank}"]
            sequence = ids.sequence_id(model, tokens)
            example = ids.example_id(neuron, "model", "top", rank)
            writer.add(
                "Sequence",
                [
                    {
                        "id": sequence,
                        "model_id": model,
                        "tokens": tokens,
                        "text": "".join(tokens),
                        "document": index,
                    }
                ],
            )
            activations = [strength / rank, 0.0, -0.25]
            place = {"source": "model", "bucket": "top", "rank": rank, "peak": 0}
            writer.add(
                "Example",
                [
                    {
                        "id": example,
                        **place,
                        "max_activation": activations[0],
                        "activations": activations,
                        "run_id": run,
                    }
                ],
            )
            writer.add(
                "HAS_EXAMPLE", [{"source": neuron, "target": example, "rank": rank, "run_id": run}]
            )
            writer.add("WITHIN", [{"source": example, "target": sequence, "run_id": run}])


def _token_graphs(writer: _Rows, present: _Present, run: str, strength: float) -> None:
    for neuron, _, _, index in present:
        if index == 0:
            lack = {"kind": "token_graph", "reason": "never fires", "run_id": run}
            writer.add("LACKS", [{"source": neuron, "target": run, **lack}])
            continue
        fires, before = f" t{index % 4}", f"c{index % 3}"
        for token in (fires, before):
            word = ids.word_id(token)
            writer.add("Token", [{"id": token}])
            writer.add("Word", [{"id": word}])
            writer.add("FORM_OF", [{"source": token, "target": word}])
        graph = ids.token_graph_id(neuron, SOURCE)
        root, context = (ids.token_graph_node_id(graph, n) for n in (0, 1))
        owned = {"run_id": run}
        writer.add(
            "TokenGraph",
            [
                {
                    "id": graph,
                    "neuron_id": neuron,
                    "source": SOURCE,
                    "f1": 0.5,
                    "random_f1": 0.25,
                    "n_nodes": 2,
                    "n_unconnected": 1,
                    **owned,
                }
            ],
        )
        writer.add(
            "TokenGraphNode",
            [
                {"id": root, "kind": "activating", "position": 0, "is_end": False, **owned},
                {
                    "id": context,
                    "kind": "context",
                    "position": -1,
                    "activation": 1.0 / strength,
                    "is_end": True,
                    **owned,
                },
            ],
        )
        writer.add("HAS_TOKEN_GRAPH", [{"source": neuron, "target": graph, **owned}])
        writer.add("STARTS_AT", [{"source": graph, "target": root, **owned}])
        writer.add("PRECEDED_BY", [{"source": root, "target": context, **owned}])
        writer.add("CONTAINS", [{"source": graph, "target": n, **owned} for n in (root, context)])
        writer.add(
            "MATCHES",
            [
                {"source": root, "target": fires, **owned},
                {"source": context, "target": before, **owned},
            ],
        )
        for name, token, measured in (
            ("ACTIVATES_ON", fires, {"activation": 1.0 / index}),
            ("CONDITIONED_ON", before, {"importance": 0.9, "distance": 1}),
        ):
            of_token = sum(row["target"] == token for row in writer.tables[name])
            ranks = {"rank": 1, "token_rank": of_token + 1, **owned}
            writer.add(name, [{"source": neuron, "target": token, **measured, **ranks}])


def _similarity(writer: _Rows, present: _Present, run: str) -> None:
    edges = []
    for neuron, _, layer, index in present:
        others = [p for p in present if p[0] != neuron and p[3] % 4 == index % 4]
        cross = 0
        for rank, (other, _, other_layer, _) in enumerate(others[:10], start=1):
            cross += other_layer != layer
            edges.append(
                {
                    "source": neuron,
                    "target": other,
                    "measure": "shared_tokens",
                    "similarity": 1.0 / (1 + rank),
                    "n_shared": 1,
                    "rank": rank,
                    "cross_layer_rank": cross if other_layer != layer else None,
                    "run_id": run,
                }
            )
    writer.add("SIMILAR_TO", edges)


def _explanations(writer: _Rows, present: _Present, run: str, settings: str) -> None:
    for neuron, _, _, index in present:
        text = f"Fires on t{index % 4} ({settings})."
        explanation = ids.explanation_id(neuron, "template", text)
        row = {"id": explanation, "text": text, "explainer": "template"}
        writer.add("Explanation", [{**row, "score": 0.25, "run_id": run}])
        writer.add("HAS_EXPLANATION", [{"source": neuron, "target": explanation, "run_id": run}])
        score = ids.score_id(explanation, "template", "ev_correlation")
        measured = {"kind": "ev_correlation", "source": "template", "value": None}
        writer.add("Score", [{"id": score, **measured, "run_id": run}])
        writer.add("HAS_SCORE", [{"source": explanation, "target": score, "run_id": run}])
        tokens = [f" t{index % 4}", '\'s "quoted"\n', " text 1"]
        model = ids.parse_neuron_id(neuron).model
        _evidence(writer, explanation, ids.sequence_id(model, tokens), run)


def _listed(writer: _Rows, present: _Present, run: str) -> None:
    """What a source lists beside a token graph: tokens, a word, an earlier neuron."""
    for neuron, _, layer, index in present:
        if index == 0:
            continue
        token = f" t{index % 4}"
        owned = {"source": neuron, "run_id": run}
        respond = {"target": token, "mean_activation": 0.5, "rank": 1}
        writer.add("RESPONDS_TO", [{**owned, **respond}])
        under = {"target": ids.word_id(token), "kind": "activating", "form": token}
        writer.add("INDEXED_UNDER", [{**owned, **under}])
        earlier = [p[0] for p in present if p[2] < layer and p[3] == index]
        for rank, target in enumerate(earlier, start=1):
            row = {**owned, "target": target, "weight": -0.5, "rank": rank}
            writer.add("CONNECTED_FROM", [row])


def _evidence(writer: _Rows, explanation: str, sequence: str, run: str) -> None:
    """A simulation and a judgement on one text of three tokens."""
    owned = {"source": "template", "number": 1, "activations": [1.0, 0.0, 0.0], "run_id": run}
    simulation = ids.simulation_id(explanation, "template", 1)
    expected = {"calibrated": True, "expected_activations": [2.0, 0.0, 0.0]}
    writer.add("Simulation", [{"id": simulation, **owned, **expected}])
    judgement = ids.judgement_id(explanation, "template", "detection", 1)
    judged = {"kind": "detection", "activating": True, "prediction": False, "highlighted": False}
    writer.add("Judgement", [{"id": judgement, **owned, **judged}])
    for made, has, of in (
        (simulation, "HAS_SIMULATION", "OF"),
        (judgement, "HAS_JUDGEMENT", "JUDGES"),
    ):
        writer.add(has, [{"source": explanation, "target": made, "run_id": run}])
        writer.add(of, [{"source": made, "target": sequence, "run_id": run}])


def _circuit(writer: _Rows, model: str, present: _Present, run: str) -> None:
    circuit = ids.circuit_id(f"{model}-circuit")
    prompt = {"prompt": "a b", "tokens": ["a", " b"]}
    writer.add("Circuit", [{"id": circuit, "model_id": model, **prompt, "run_id": run}])
    nodes = [ids.circuit_node_id(circuit, f"n{n}") for n in range(2)]
    writer.add(
        "CircuitNode",
        [{"id": n, "kind": "feature", "position": 0, "run_id": run} for n in nodes],
    )
    writer.add("HAS_NODE", [{"source": circuit, "target": n, "run_id": run} for n in nodes])
    if present:
        writer.add("IS_NEURON", [{"source": nodes[0], "target": present[0][0], "run_id": run}])
    group = ids.supernode_id(circuit, 1)
    writer.add("Supernode", [{"id": group, "name": "both", "number": 1, "run_id": run}])
    writer.add("HAS_SUPERNODE", [{"source": circuit, "target": group, "run_id": run}])
    writer.add("GROUPS", [{"source": group, "target": n, "run_id": run} for n in nodes])
    edge = {"source": nodes[0], "target": nodes[1], "weight": -0.5, "run_id": run}
    writer.add("INFLUENCES", [edge])
