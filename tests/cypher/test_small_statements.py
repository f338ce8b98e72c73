"""A statement's limit as a number, and which statements begin at ids."""

from __future__ import annotations

import pytest

from cypher.catalogue import catalogue
from cypher.engines.small_statements import seeks, with_limit
from cypher.url import Dialect

ONE = "MATCH (n) RETURN n.id LIMIT $most"


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        (ONE, {"most": 5, "a": 1}, ("MATCH (n) RETURN n.id LIMIT 5", {"a": 1})),
        (ONE, {"most": 0}, ("MATCH (n) RETURN n.id LIMIT 0", {})),
        (ONE, {"most": -1}, (ONE, {"most": -1})),
        (ONE, {"most": True}, (ONE, {"most": True})),
        (ONE, {"most": "5"}, (ONE, {"most": "5"})),
        (ONE, {}, (ONE, {})),
        (f"{ONE} // $most", {"most": 5}, (f"{ONE} // $most", {"most": 5})),
        ("MATCH (n) RETURN n.id", {"a": 1}, ("MATCH (n) RETURN n.id", {"a": 1})),
    ],
)
def test_a_limit_becomes_a_number(
    text: str, given: dict[str, object], expected: tuple[str, dict[str, object]]
) -> None:
    assert with_limit(text, given) == expected


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("UNWIND $ids AS wanted MATCH (n:Neuron {id: wanted}) RETURN n.id", True),
        ("\nMATCH (w:Word {id: $word})<-[:FORM_OF]-(t:Token) RETURN t.id", True),
        ("MATCH (:Token {id: $p0})<-[:ACTIVATES_ON]-(n:Neuron) RETURN n.id", True),
        ("MATCH (n:Neuron) WHERE n.model_id = $p0 RETURN n.id", False),
        (catalogue()["activating_tokens"].texts[Dialect.LADYBUG], True),
        (catalogue()["neurons_sharing_tokens"].texts[Dialect.LADYBUG], False),
        ("MATCH (n:Neuron)-[:ACTIVATES_ON]->(:Token {id: $p0}) RETURN n.id", False),
    ],
)
def test_statements_that_begin_at_ids_are_known(text: str, begins: bool) -> None:
    assert seeks(text) is begins
