"""Which neurons of a layer are meant."""

from __future__ import annotations

import pytest

from ingest.errors import ModelError
from ingest.layers import NeuronLayer, parse_neurons

LAYER = NeuronLayer("3-res", 3, "sae", "blocks.3.hook_resid_pre", 50)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, {*range(50)}),
        ("17", {17}),
        ("0-49", {*range(50)}),
        ("3, 17 ,40-42", {3, 17, 40, 41, 42}),
        ("5-5,5,4-6", {4, 5, 6}),
        ("007", {7}),
    ],
)
def test_they_are_named_by_numbers_and_ranges(text: str | None, expected: set[int]) -> None:
    assert parse_neurons(text, LAYER, "m") == expected


@pytest.mark.parametrize("text", ["", ",", "3,", "a", "-3", "3-", "5-4", "1.5", "3-res", "1--2"])
def test_what_names_none(text: str) -> None:
    with pytest.raises(ModelError) as caught:
        parse_neurons(text, LAYER, "m")
    assert str(caught.value) == (
        f"{text!r} names no neurons. Expected such as 17, 0-99 or 3,17,40-49."
    )


@pytest.mark.parametrize("text", ["50", "0-50", "3,50"])
def test_neurons_that_do_not_exist(text: str) -> None:
    with pytest.raises(ModelError, match="layer 3-res of m has no neuron 50: it has 50, counted"):
        parse_neurons(text, LAYER, "m")
