"""What a small graph has of others: lists of a source, the evidence of scores, and circuits."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from cypher import ids

Tables = dict[str, list[dict[str, Any]]]
Add = Callable[..., None]
"""Adds a row to the table that comes first."""


def listed(add: Add, tables: Tables, model: str, run: str) -> None:
    """What a source lists of neurons: tokens with mean activations, words, earlier neurons."""
    source = random.Random(model)
    tokens = [row["id"] for row in tables["Token"]]
    neurons = [row for row in tables["Neuron"] if row["model_id"] == model]
    for row in neurons[::3]:
        for rank, token in enumerate(source.sample(tokens, 3), start=1):
            add(
                "RESPONDS_TO",
                source=row["id"],
                target=token,
                rank=rank,
                mean_activation=source.choice((None, 0.5, 1.25)),
                run_id=run,
            )
        for token in source.sample(tokens, 2):
            add(
                "INDEXED_UNDER",
                source=row["id"],
                target=ids.word_id(token),
                kind=source.choice(("activating", "context")),
                form=token,
                run_id=run,
            )
        earlier = [other["id"] for other in neurons if other["layer_index"] < row["layer_index"]]
        for rank, target in enumerate(source.sample(earlier, min(2, len(earlier))), start=1):
            add(
                "CONNECTED_FROM",
                source=row["id"],
                target=target,
                rank=rank,
                weight=source.choice((0.75, -0.75, 0.5)),
                run_id=run,
            )


def evidence(add: Add, tables: Tables) -> None:
    """Simulations and judgements of some explanations, on texts that are there."""
    source = random.Random(0)
    texts = tables["Sequence"]
    for row in tables["Explanation"][::2]:
        run = row["run_id"]
        for number in range(1, source.randrange(1, 4)):
            text = source.choice(texts)
            own = ids.simulation_id(row["id"], "endpoint", number)
            expected = [source.choice((0.0, 2.5, 10.0)) for _ in text["tokens"]]
            add(
                "Simulation",
                id=own,
                source="endpoint",
                number=number,
                calibrated=True,
                scorer_model="a",
                examples="top",
                expected_activations=expected,
                activations=expected[::-1],
                run_id=run,
            )
            add("HAS_SIMULATION", source=row["id"], target=own, run_id=run)
            add("OF", source=own, target=text["id"], run_id=run)
        for number in range(1, source.randrange(1, 5)):
            text = source.choice(texts)
            known = bool(source.randrange(3))
            own = ids.judgement_id(row["id"], "endpoint", "detection", number)
            add(
                "Judgement",
                id=own,
                source="endpoint",
                kind="detection",
                number=number,
                activating=bool(number % 2),
                prediction=source.choice((None, True, False)),
                probability=source.choice((None, 0.5)),
                highlighted=False,
                activations=[0.5 for _ in text["tokens"]] if known else None,
                text=None if known else text["text"],
                run_id=run,
            )
            add("HAS_JUDGEMENT", source=row["id"], target=own, run_id=run)
            if known:
                add("JUDGES", source=own, target=text["id"], run_id=run)


def circuit(add: Add, tables: Tables, slug: str) -> None:
    """A circuit of the model toy, its neurons among few."""
    source = random.Random(slug)
    run = ids.run_id("circuits", "hand", {"circuit": slug})
    add(
        "IngestRun",
        id=run,
        job="circuits",
        source="hand",
        model_id="toy",
        settings=None,
        versions=None,
        counts=None,
        started_at=None,
        finished_at=None,
    )
    own, tokens = ids.circuit_id(slug), ["<s>", " play", "."]
    add(
        "Circuit",
        id=own,
        model_id="toy",
        prompt="".join(tokens[1:]),
        tokens=tokens,
        source_set=None,
        details='{"by": "hand"}',
        run_id=run,
    )
    neurons = [row["id"] for row in tables["Neuron"] if row["model_id"] == "toy"]
    nodes: list[str] = []
    for number, kind in enumerate(("embedding", *["feature"] * 9, "error", "logit")):
        node = ids.circuit_node_id(own, f"{number}_{kind}")
        inside = kind in ("feature", "error")
        add(
            "CircuitNode",
            id=node,
            kind=kind,
            position=number % 3,
            activation=1.5 if kind == "feature" else None,
            influence=source.choice((None, 0.5, 0.25, -0.0)),
            label=source.choice((None, 'says "play"')),
            layer_index=number % 3 if inside else None,
            token_id=None if inside else number,
            probability=None if inside else 0.5,
            is_target=True if kind == "logit" else None,
            pinned=source.choice((None, True)),
            run_id=run,
        )
        add("HAS_NODE", source=own, target=node, run_id=run)
        if kind == "feature":
            add("IS_NEURON", source=node, target=source.choice(neurons[:12]), run_id=run)
        for earlier in nodes:
            if source.random() < 0.6:
                add(
                    "INFLUENCES",
                    source=earlier,
                    target=node,
                    weight=source.choice((0.5, -0.5, 0.125)),
                    run_id=run,
                )
        nodes.append(node)
    for number, name in enumerate(("play", "the rest"), start=1):
        group = ids.supernode_id(own, number)
        add("Supernode", id=group, name=name, number=number, run_id=run)
        add("HAS_SUPERNODE", source=own, target=group, run_id=run)
        for node in nodes[number::3]:
            add("GROUPS", source=group, target=node, run_id=run)
