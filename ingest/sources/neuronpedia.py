"""Neuronpedia's exports: lines of features, explanations and activations.

    v1/{model}/{source}/features/batch-0.jsonl.gz
    v1/{model}/{source}/explanations/batch-0.jsonl.gz
    v1/{model}/{source}/activations/batch-0.jsonl.gz

A source is a layer: `6-res-jb` of an autoencoder, `6` of the MLP itself. `index` is text in the
exports and a number in what the API answers; batches of features are cut in the order of that
text. Left out: the `embedding` and the `umap_*` of explanations, which are places on
Neuronpedia's maps, and `vector`, which are the autoencoder's weights and not knowledge of them.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass

from ingest.sources.activations import Activation
from ingest.sources.documents import Sample, compact
from ingest.sources.fields import Record, strings_of
from ingest.sources.latents import (
    Latent,
    attributions_of,
    place_in,
    read_latent,
    read_values,
)

SOURCE = re.compile(r"(?P<block>\d{1,9})(?:-(?P<set>[^/@#\s]+))?\Z")
"""What a source is called."""
KINDS = ("features", "explanations", "activations")
"""Of batches, in the order in which they are read."""
_TRANSCODER = re.compile(r"transcoder|(?:\A|-)clt(?:-|\Z)")
TOP = -1.0
"""Stands in `binMin` and `binContains` of the examples on which a latent fires most."""


@dataclass(frozen=True, slots=True)
class Key:
    """Which neuron or latent a record is about."""

    model: str
    source: str
    """`6-res-jb`, or `6` for an MLP's neurons."""
    block: int
    """The transformer block, from 0."""
    index: int
    """Place in its layer, from 0."""

    @property
    def kind(self) -> str:
        """The kind of layer."""
        return kind_of_source(self.source)


@dataclass(frozen=True, slots=True)
class Explained:
    """What somebody wrote about a latent."""

    key: Key
    text: str
    method: str | None
    """Neuronpedia's name of the explainer, such as `oai_token-act-pair`."""
    model: str | None
    """The language model that wrote it."""
    author: str | None
    """Neuronpedia's id of who published it."""


@dataclass(frozen=True, slots=True)
class Feature:
    """A latent, and where its layer reads the model."""

    key: Key
    latent: Latent
    hook_point: str | None


def kind_of_source(source: str, otherwise: str = "sae") -> str:
    """`mlp` for a number alone; what the name says; else `otherwise`."""
    if source.isdecimal():
        return "mlp"
    return "transcoder" if _TRANSCODER.search(source) else otherwise


def read_key(record: Record, layer: str = "layer") -> Key:
    """Model, layer and index of a record."""
    source = record.raw(layer)
    name = str(source) if type(source) is int else record.string(layer)
    match = SOURCE.match(name)
    if match is None:
        raise record.wrong(layer, "a source such as 6-res-jb, or the number of an MLP")
    return Key(record.string("modelId"), name, int(match["block"]), record.index("index"))


def read_feature(record: Record) -> Feature:
    """A line of `features`. Raises SourceError where it is malformed."""
    key = read_key(record)
    latent = read_latent(record, key.index, record.optional_number("maxActApprox"))
    return Feature(key, latent, record.optional_string("hookName"))


def read_explanation(record: Record) -> Explained | None:
    """A line of `explanations`; None if nobody has written anything in it."""
    key, text = read_key(record), record.string("description")
    if not text.strip():
        return None
    return Explained(
        key,
        text,
        record.optional_string("typeName"),
        record.optional_string("explanationModelName"),
        record.optional_string("authorId"),
    )


def read_activation(record: Record, *, checked: bool) -> tuple[Sample, Activation]:
    """A line of `activations`, or one of the API's `activation/all`: its text, and the rest.

    Whether its tokens are texts need not be `checked`, as it takes as long as all the rest: then
    `read_tokens` will tell.
    """
    sample = record.sample("tokens", "values", checked=checked)
    if sample is None:
        tokens, values = read_values(record, "tokens", "values")
        sample = compact(tokens), array("d", values)
    n_tokens = memoryview(sample[1]).nbytes // 8
    least, share = record.optional_number("binMin"), record.optional_number("binContains")
    top = least is None or (least == TOP and share in (None, TOP))
    attributions = attributions_of(record, "dfaValues", n_tokens)
    return sample, Activation(
        None if top else least,
        record.optional_number("binMax"),
        None if top else share,
        place_in(record, "qualifyingTokenIndex", n_tokens),
        attributions,
        record.optional_number("dfaMaxValue") if attributions else None,
        place_in(record, "dfaTargetIndex", n_tokens) if attributions else None,
        record.optional_string("dataSource"),
    )


def read_tokens(tokens: bytes, file: str, place: str) -> list[str]:
    """Tokens of an activation that stood in a place. Raises SourceError if one is no text."""
    return strings_of(tokens, "tokens", file, place)
