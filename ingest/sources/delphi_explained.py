"""From delphi's results to the graph: explanations, scores, and the evidence of both."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from cypher import ids
from ingest.sources.column_rows import Numbered, Same
from ingest.sources.delphi import DelphiExplanation, SimulationGroup
from ingest.sources.delphi_judgements import Judgements, measures
from ingest.sources.sink import Sink

EXPLAINER = "delphi"
_SCALE = "simulated_normalized_activations"
"""Delphi's name for expectations from 0 to 10."""
_NOT_IN_IDS = re.compile(r"[/@#\s]+")


def add_explanation(
    sink: Sink, neuron: str, found: DelphiExplanation, model: str | None
) -> str | None:
    """The id of an explanation; of one that failed none, and why it is lacking."""
    if found.text is None:
        sink.lacks(neuron, "explanation", f"failed: {found.failure}")
        return None
    explainer = _NOT_IN_IDS.sub("_", f"{EXPLAINER}.{model}" if model else EXPLAINER)
    return sink.explanation(
        neuron,
        explainer,
        found.text,
        explainer_model=model,
        prompt=found.prompt,
        response=found.response,
    )


def add_judgements(
    sink: Sink, explanation: str, kind: str, judgements: Judgements, model: str | None
) -> None:
    """Each judgement, and what they come to."""
    count = len(judgements)
    read = count - judgements.predictions.count(None)
    found = {f"{kind}_{measure}": value for measure, value in measures(judgements).items()}
    scores = [ids.score_id(explanation, sink.source, named) for named in found]
    sink.columns(
        "Score",
        id=scores,
        kind=list(found),
        source=Same(sink.source),
        value=list(found.values()),
        scorer_model=Same(model),
        n_examples=[read] * len(found),
    )
    sink.columns("HAS_SCORE", source=Same(explanation), target=scores)
    begin = ids.judgement_ids_begin(explanation, sink.source, kind)
    by_id, numbers = _by_id(count), _numbers(count)
    sink.columns(
        "Judgement",
        id=Numbered(begin, numbers),
        source=Same(sink.source),
        kind=Same(kind),
        number=numbers,
        activating=by_id(judgements.activating),
        prediction=by_id(judgements.predictions),
        probability=by_id(judgements.probabilities),
        distance=by_id(judgements.distances),
        highlighted=by_id(judgements.highlighted),
        activations=by_id(judgements.activations),
        text=by_id(judgements.texts),
        scorer_model=Same(model),
    )
    sink.columns("HAS_JUDGEMENT", source=Same(explanation), target=Numbered(begin, numbers))
    judging: Sequence[int] = [at + 1 for at in judgements.places]
    judged = sink.sequences(judgements.samples, judged=True)
    if len(judging) == count:
        judging, judged = numbers, by_id(judged)
    sink.columns("JUDGES", source=Numbered(begin, judging), target=judged)


@lru_cache
def _by_id(count: int) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """What puts the values of so many rows in the order of their ids, which end in 1, 10, 2, 3.

    In that order they are written: to sort them later copies all activations.
    """
    if count < 2:
        return tuple
    return itemgetter(*sorted(range(count), key=lambda at: str(at + 1)))


@lru_cache
def _numbers(count: int) -> tuple[int, ...]:
    """Those of so many rows, from 1, in the order of their ids."""
    return _by_id(count)(range(1, count + 1))


def add_simulations(
    sink: Sink, explanation: str, groups: Sequence[SimulationGroup], model: str | None
) -> None:
    """Each text's simulation once, though the group of all repeats those of the others."""
    number, seen = 0, set[tuple[object, ...]]()
    for group in groups:
        sink.score(
            explanation,
            "ev_correlation",
            group.correlation,
            examples=f"q{group.distance}" if group.distance > 0 else "both",
            calibrated=False,
            scorer_model=model,
            n_examples=len(group.simulations),
        )
        for found in group.simulations:
            key = (tuple(found.tokens), tuple(found.expected), tuple(found.true))
            if key in seen:
                continue
            seen.add(key)
            number += 1
            sink.simulation(
                explanation,
                number=number,
                calibrated=False,
                tokens=found.tokens,
                expected=found.expected,
                activations=found.true,
                scale=_SCALE,
                scorer_model=model,
                examples=f"q{group.distance}" if group.distance > 0 else "random",
                ev_correlation=found.correlation,
            )
