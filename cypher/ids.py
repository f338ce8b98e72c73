"""Ids of nodes: each kind is made by one function here, and never by string formatting elsewhere.

An id is readable, is the same whoever makes it, and begins with the id of what it belongs
to, so that "everything below this layer" is a prefix. `/`, `@` and `#` separate the parts;
a part that could hold one is refused, except for tokens and words, which are whole ids.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import orjson

from cypher.digests import digests
from cypher.errors import IdError

_PART = re.compile(r"[^/@#\s]+\Z")
_NEURON = re.compile(r"(?P<model>[^/@#\s]+)/(?P<layer>[^/@#\s]+)/(?P<index>0|[1-9][0-9]*)\Z")
_LAYERS = 1 << 10
"""Ids of layers that are remembered: those of their neurons are made one by one, and begin so."""
_HASH_LENGTH = 16
"""Hex digits kept of a SHA-256: 64 bits, a collision at a million rows is 3e-8 likely."""


@dataclass(frozen=True, slots=True)
class NeuronKey:
    """The parts of a neuron's id."""

    model: str
    layer: str
    index: int
    """Place within the layer, from 0."""


def _part(value: str, what: str) -> str:
    if not _PART.match(value):
        raise IdError(
            f"{what} {value!r} cannot be part of an id: it must not be empty nor hold '/', '@', "
            f"'#' or white space. Name it otherwise."
        )
    return value


def digest(*parts: str) -> str:
    """A short hash of `parts`, where no two lists of parts share an input."""
    try:
        joined = orjson.dumps(parts)  # the same bytes, and ten times as fast for a text's tokens
    except TypeError:  # half a surrogate pair
        text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
        joined = text.encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:_HASH_LENGTH]


def model_id(name: str) -> str:
    """`stories260K`. Raises IdError if the name holds a separator."""
    return _part(name, "model name")


def tokenizer_id(model: str) -> str:
    """`stories260K@tokenizer`."""
    return f"{model_id(model)}@tokenizer"


@lru_cache(_LAYERS, typed=True)
def layer_id(model: str, layer: str | int) -> str:
    """`stories260K/3`, `gpt2-small/6-res-jb`."""
    return f"{model_id(model)}/{_part(str(layer), 'layer name')}"


def neuron_id(model: str, layer: str | int, index: int) -> str:
    """`stories260K/3/17`; `index` counts from 0."""
    if index < 0:
        raise IdError(f"neuron index {index} is negative: indices count from 0.")
    return f"{layer_id(model, layer)}/{index}"


def parse_neuron_id(text: str) -> NeuronKey:
    """The inverse of `neuron_id`. Raises IdError if `text` is no neuron's id."""
    match = _NEURON.match(text)
    if match is None:
        raise IdError(
            f"{text!r} is no neuron's id: expected model/layer/index, as stories260K/3/17."
        )
    return NeuronKey(match["model"], match["layer"], int(match["index"]))


def neuron_of(id_: str) -> str:
    """The neuron that a token graph, an example or an explanation of this id is about."""
    return id_.partition("@")[0]


def token_graph_of(node: str) -> str:
    """The token graph that a node of this id is in."""
    return node.rpartition("#")[0]


def number_of(id_: str) -> int:
    """The number that the id of a token graph's node, an example or a supernode ends with."""
    return int(id_.rpartition("#")[2])


def token_id(text: str) -> str:
    """The token's exact text. Raises IdError if it is empty."""
    if not text:
        raise IdError("a token's text is empty; a byte that is not text is written <0xE2>.")
    return text


def word_id(token: str) -> str:
    """The normal form of a token: stripped and casefolded; white space and punctuation stay."""
    stripped = token_id(token).strip()
    if not any(character.isalnum() for character in stripped):
        return token
    return stripped.casefold()


def token_graph_id(neuron: str, source: str) -> str:
    """`stories260K/3/17@n2g`."""
    return f"{neuron}@{_part(source, 'source of a token graph')}"


def token_graph_node_id(graph: str, number: int) -> str:
    """`stories260K/3/17@n2g#4`; `number` counts a graph's nodes from 0."""
    return f"{graph}#{number}"


def measurement_id(neuron: str, source: str) -> str:
    """`stories260K/3/17@model`."""
    return f"{neuron}@{_part(source, 'source of a measurement')}"


def example_id(neuron: str, source: str, bucket: str, rank: int) -> str:
    """`stories260K/3/17@model@top#1`; `rank` counts from 1."""
    return f"{example_ids_begin(neuron, source, bucket)}{rank}"


def example_ids_begin(neuron: str, source: str, bucket: str) -> str:
    """What those of all ranks begin with; the rank follows."""
    return f"{neuron}@{_part(source, 'source of an example')}@{_part(bucket, 'bucket')}#"


def sequence_id(model: str, tokens: Sequence[str]) -> str:
    """A hash of the model's id and the tokens in their order: a text belongs to one model."""
    return digest(model, *tokens)


def sequence_ids_of_json(model: str, texts: Sequence[bytes]) -> list[str]:
    """The same of each text, whose tokens are a JSON list without spaces and not empty."""
    begin, n_digits = sequence_digests(model)
    return digests(begin, texts, n_digits)


def sequence_digests(model: str) -> tuple[bytes, int]:
    """What is hashed before the tokens of a model's text, as JSON but for its bracket; digits kept."""
    return b"[" + orjson.dumps(model) + b",", _HASH_LENGTH


def explanation_id(neuron: str, explainer: str, text: str, *, model: str | None = None) -> str:
    """`stories260K/3/17@template#…`, with a hash of the sentence and of the model that wrote it."""
    parts = [text] if model is None else [text, model]
    return f"{neuron}@{_part(explainer, 'explainer')}#{digest(*parts)}"


def score_id(
    explanation: str,
    source: str,
    kind: str,
    *,
    examples: str | None = None,
    calibrated: bool | None = None,
) -> str:
    """`…#…@simulate@ev_correlation`, then `.top` and `.uncalibrated`, where they are known.

    `examples` is what it was measured on; `calibrated` of the activations that it compares.
    """
    variant = [examples] if examples is not None else []
    if calibrated is not None:
        variant.append("calibrated" if calibrated else "uncalibrated")
    name = ".".join([kind, *variant])
    return f"{explanation}@{_part(source, 'source of a score')}@{_part(name, 'kind of score')}"


def simulation_id(explanation: str, source: str, number: int, *, calibrated: bool = True) -> str:
    """`…#…@simulate#3`, or `…@simulate.uncalibrated#3`; `number` counts from 1."""
    name = source if calibrated else f"{source}.uncalibrated"
    return f"{explanation}@{_part(name, 'source of a simulation')}#{number}"


def judgement_id(explanation: str, source: str, kind: str, number: int) -> str:
    """`…#…@delphi.fuzz#3`; `number` counts from 1."""
    return f"{judgement_ids_begin(explanation, source, kind)}{number}"


def judgement_ids_begin(explanation: str, source: str, kind: str) -> str:
    """What those of all numbers begin with; the number follows."""
    return f"{explanation}@{_part(f'{source}.{kind}', 'source of a judgement')}#"


def run_id(job: str, source: str, inputs: Mapping[str, object]) -> str:
    """A hash of the job and all that went into it (JSON values; no time, no machine)."""
    return digest(job, source, json.dumps(inputs, sort_keys=True, ensure_ascii=False))


def circuit_id(slug: str) -> str:
    """The circuit's slug."""
    return _part(slug, "circuit's slug")


def circuit_node_id(circuit: str, node: str) -> str:
    """`{slug}/{node_id}`."""
    return f"{circuit}/{_part(node, 'circuit node')}"


def circuit_node_name(node: str) -> str:
    """The node's own part of its id, which its circuit's slug and a `/` precede."""
    return node.partition("/")[2]


def circuit_of(node: str) -> str:
    """The circuit that a node of it begins with."""
    return node.partition("/")[0]


def supernode_id(circuit: str, number: int) -> str:
    """`{slug}/supernode#2`; `number` counts from 1."""
    return f"{circuit}/supernode#{number}"
