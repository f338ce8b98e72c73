"""OpenAI's explanations, their scores, and the simulated activations behind them."""

from __future__ import annotations

from ingest.sources.fields import Record
from ingest.sources.sink import Sink

EXPLAINER = "neuron-explainer"
EXPLAINER_MODEL = "gpt-4"
"""Of all that was published; the files do not say."""
SCORES = {
    "ev_correlation": "ev_correlation_score",
    "rsquared": "rsquared_score",
    "absolute_dev_explained": "absolute_dev_explained_score",
}
"""Kinds of score and the fields that hold them."""
_DISTRIBUTION = ("distribution_values", "distribution_probabilities")


def read_explanations(record: Record, neuron: str, sink: Sink) -> None:
    """NeuronSimulationResults: every explanation of a neuron."""
    numbers: dict[str, int] = {}
    for scored in record.records("scored_explanations"):
        text = scored.string("explanation")
        if not text.strip():
            raise scored.wrong("explanation", "a sentence")
        if text in numbers:
            raise scored.wrong("explanation", "one that its neuron has not yet")
        numbers[text] = 0
        results = scored.record("scored_simulation") if scored.has("scored_simulation") else None
        values = _values(results) if results is not None else {}
        explanation = sink.explanation(
            neuron,
            EXPLAINER,
            text,
            explainer_model=EXPLAINER_MODEL,
            score=values.get("ev_correlation"),
        )
        if results is None:
            continue
        sequences = list(results.records("scored_sequence_simulations"))
        for kind, value in values.items():
            sink.score(explanation, kind, value, n_examples=len(sequences))
        for number, sequence in enumerate(sequences, start=1):
            _read_simulation(sequence, explanation, number, sink)


def _read_simulation(sequence: Record, explanation: str, number: int, sink: Sink) -> None:
    """A ScoredSequenceSimulation, and the uncalibrated one that it was made from."""
    simulation = sequence.record("simulation")
    true = sequence.numbers("true_activations")
    values = _values(sequence)
    tokens = _add(simulation, explanation, number, sink, true=true, scores=values, calibrated=True)
    if len(true) != len(tokens):
        raise sequence.wrong("true_activations", f"a number for each of the {len(tokens)} tokens")
    if simulation.has("uncalibrated_simulation"):
        before = simulation.record("uncalibrated_simulation")
        _add(before, explanation, number, sink, true=true, scores={}, calibrated=False)


def _add(
    simulation: Record,
    explanation: str,
    number: int,
    sink: Sink,
    *,
    true: list[float],
    scores: dict[str, float | None],
    calibrated: bool,
) -> list[str]:
    """Add one simulation; gives its tokens.

    A simulation that says nothing of calibration is written down as calibrated only if an
    uncalibrated one stands behind it.
    """
    tokens = simulation.strings("tokens")
    expected = simulation.numbers("expected_activations")
    if not tokens or len(expected) != len(tokens):
        raise simulation.wrong(
            "expected_activations", f"a number for each of the {len(tokens)} tokens, 1 or more"
        )
    distribution: dict[str, object] = {}
    if all(simulation.has(field) for field in _DISTRIBUTION):
        values, probabilities = map(simulation.number_lists, _DISTRIBUTION)
        if list(map(len, values)) != list(map(len, probabilities)):
            raise simulation.wrong(_DISTRIBUTION[1], "as many as there are distribution_values")
        distribution = {
            "distribution_sizes": list(map(len, values)),
            "distribution_values": [value for token in values for value in token],
            "distribution_probabilities": [value for token in probabilities for value in token],
        }
    sink.simulation(
        explanation,
        number=number,
        calibrated=calibrated and simulation.has("uncalibrated_simulation"),
        tokens=tokens,
        expected=expected,
        activations=true,
        scale=simulation.optional_string("activation_scale"),
        **distribution,
        **scores,
    )
    return tokens


def _values(record: Record) -> dict[str, float | None]:
    """The scores of a result; those that are absent, null or NaN are None."""
    return {kind: record.optional_number(field) for kind, field in SCORES.items()}
