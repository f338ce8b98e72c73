"""Ids: made one way, read back, and never mixed up."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cypher import ids
from cypher.errors import IdError

PARTS = st.text(min_size=1).filter(lambda text: not any(c in "/@#" or c.isspace() for c in text))
INDICES = st.integers(min_value=0, max_value=2**40)


@given(PARTS, PARTS, INDICES)
def test_a_neurons_id_is_read_back(model: str, layer: str, index: int) -> None:
    assert ids.parse_neuron_id(ids.neuron_id(model, layer, index)) == ids.NeuronKey(
        model, layer, index
    )


@given(st.tuples(PARTS, PARTS, INDICES, PARTS), st.tuples(PARTS, PARTS, INDICES, PARTS))
def test_two_token_graphs_have_two_ids(
    one: tuple[str, str, int, str], two: tuple[str, str, int, str]
) -> None:
    made = [ids.token_graph_id(ids.neuron_id(*parts[:3]), parts[3]) for parts in (one, two)]
    assert (made[0] == made[1]) == (one == two)


@given(PARTS, PARTS, INDICES, PARTS)
def test_what_hangs_on_a_neuron_lies_below_its_layer(
    model: str, layer: str, index: int, source: str
) -> None:
    graph = ids.token_graph_id(ids.neuron_id(model, layer, index), source)
    assert ids.token_graph_node_id(graph, 3).startswith(f"{ids.layer_id(model, layer)}/")


@pytest.mark.parametrize("name", ["", "a/b", "a@b", "a#b", "a b", "a\n"])
def test_separators_in_a_name_are_refused(name: str) -> None:
    with pytest.raises(IdError, match="cannot be part of an id"):
        ids.model_id(name)


@pytest.mark.parametrize(
    "text", ["", "m", "m/1", "m/1/x", "m/1/01", "m/1/-1", "m/1/2\n", "m/1/2/3"]
)
def test_what_is_no_neurons_id_is_refused(text: str) -> None:
    with pytest.raises(IdError, match="no neuron's id"):
        ids.parse_neuron_id(text)


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_digests_tell_lists_apart(one: list[str], two: list[str]) -> None:
    assert (ids.digest(*one) == ids.digest(*two)) == (one == two)


@given(st.lists(st.text(st.characters(exclude_categories=[])), max_size=4))
def test_a_digest_is_of_the_parts_as_json(parts: list[str]) -> None:
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    expected = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    assert ids.digest(*parts) == expected


@pytest.mark.parametrize(
    ("token", "word"),
    [
        (" play", "play"),
        ("Play", "play"),
        (" STRASSE", "strasse"),
        ("straße", "strasse"),
        (" ", " "),
        (",", ","),
        (" ,", " ,"),
        ("'s", "'s"),
        ("<0xE2>", "<0xe2>"),
        ("\n", "\n"),
    ],
)
def test_the_word_of_a_token(token: str, word: str) -> None:
    assert ids.word_id(token) == word


@given(st.text(min_size=1))
def test_a_word_is_its_own_word(token: str) -> None:
    word = ids.word_id(token)
    assert word
    assert ids.word_id(word) == word


def test_an_empty_token_is_refused() -> None:
    with pytest.raises(IdError, match="empty"):
        ids.token_id("")


def test_a_sequence_belongs_to_a_model() -> None:
    assert ids.sequence_id("one", ["a"]) != ids.sequence_id("two", ["a"])
    assert ids.sequence_id("one", ["a", "b"]) != ids.sequence_id("one", ["ab"])


def test_a_run_is_what_went_into_it() -> None:
    assert ids.run_id("mine", "model", {"a": 1, "b": 2}) == ids.run_id(
        "mine", "model", {"b": 2, "a": 1}
    )
    assert ids.run_id("mine", "model", {"a": 1}) != ids.run_id("mine", "model", {"a": 2})


def test_what_is_measured_is_told_apart_by_source() -> None:
    neuron = ids.neuron_id("m", 3, 17)
    assert ids.measurement_id(neuron, "openai") == "m/3/17@openai"
    assert ids.example_id(neuron, "openai", "q2", 1) == "m/3/17@openai@q2#1"
    assert ids.example_id(neuron, "model", "q2", 1) != ids.example_id(neuron, "openai", "q2", 1)


def test_scores_and_simulations_are_told_apart_by_what_they_are_of() -> None:
    explanation = ids.explanation_id("m/3/17", "template", "Fires.")
    made = {
        ids.score_id(explanation, "simulate", "ev_correlation", examples=on, calibrated=calibrated)
        for on in (None, "top", "random", "both")
        for calibrated in (None, True, False)
    }
    assert len(made) == 12
    assert f"{explanation}@simulate@ev_correlation.top.uncalibrated" in made
    numbered = {
        ids.simulation_id(explanation, "simulate", number, calibrated=calibrated)
        for number in (1, 2)
        for calibrated in (True, False)
    }
    assert len(numbered) == 4
