"""SAEDashboard's `batch-N.json`: some latents of one sparse autoencoder, with their examples.

The dialects differ in what they leave out: `qualifying_token_index` and the attributions are not
in older files, `sae_id_suffix` is null or absent, `vector` and `decoder_weights_dist` absent or
empty, and the oldest have `num_tokens_for_dashboard` instead of the corpus's name and size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.pieces import PieceStyle
from ingest.sources.activations import Activation, Activations
from ingest.sources.displayed import exact, exact_all, style_of
from ingest.sources.documents import compact, open_json
from ingest.sources.fields import MOST, Record
from ingest.sources.latents import Latent, attributions_of, place_in, read_latent, read_values
from ingest.sources.neuronpedia import SOURCE
from ingest.sources.samples import Samples

_TOP = -1
"""Stands in both ends of the interval of the examples on which a latent fires most."""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A latent and all that its dashboard shows."""

    latent: Latent
    samples: Samples
    """Its examples."""
    examples: Activations
    """What else is known of each."""
    n_tokens: int | None
    """Tokens of the corpus that it was made from."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A file's heading, and its latents one by one."""

    model: str
    layer: int
    """The transformer block, from 0."""
    source: str
    """Neuronpedia's id of the autoencoder: `0-res-jb`, with the suffix if there is one."""
    latents: list[Record]
    """Of each its record, not yet read."""
    style: PieceStyle | None
    """How its tokens are written."""


def read_batch(data: bytes, file: str) -> Batch:
    """The batch in a file. Raises SourceError if its heading is not that of one."""
    record = Record(open_json(data, file), file)
    layer = record.integer("layer", 0)
    suffix = record.optional_string("sae_id_suffix")
    source = f"{layer}-{record.string('sae_set')}" + (f"-{suffix}" if suffix else "")
    if SOURCE.match(source) is None:
        raise record.wrong("sae_set", "a name without white space, / @ and #, such as res-jb")
    features = list(record.records("features"))
    return Batch(
        record.string("model_id"),
        layer,
        source,
        features,
        style_of(_texts(features)),
    )


def read_dashboard(record: Record, index: int, style: PieceStyle | None) -> Dashboard:
    """A latent of a batch, with exact tokens. Raises SourceError where it is malformed."""
    items = list(record.records("activations"))
    samples = record.samples("activations", "tokens", "values")
    if samples is None:
        samples = Samples.of([read_values(item, "tokens", "values") for item in items])
    corpus = record.optional_string("dataset")
    examples = [_activation(item, samples.lengths[at], corpus) for at, item in enumerate(items)]
    latent = read_latent(record, index, samples.largest())
    return Dashboard(
        replace(
            latent,
            raised=[(exact(token, style), value) for token, value in latent.raised],
            lowered=[(exact(token, style), value) for token, value in latent.lowered],
        ),
        samples if style is None else _exact_samples(samples, style),
        Activations.of(examples),
        _n_tokens(record),
    )


def _exact_samples(samples: Samples, style: PieceStyle) -> Samples:
    """The same with exact tokens."""
    texts: list[list[str] | None] = [
        None if json.isascii() else exact_all(list(samples.read(at)), style)
        for at, json in enumerate(samples.json)
    ]
    return Samples(
        [
            json if text is None else compact(text)
            for json, text in zip(samples.json, texts, strict=True)
        ],
        samples.values,
        samples.lengths,
        lambda at: samples.read(at) if (text := texts[at]) is None else text,
    )


def _activation(record: Record, n_tokens: int, corpus: str | None) -> Activation:
    least, share = record.number("bin_min"), record.number("bin_contains")
    top = least == share == _TOP
    named = record.names()  # asking for a field that is not there takes longer
    attributions = None
    if "dfa_values" in named:
        attributions = attributions_of(record, "dfa_values", n_tokens)
    qualifying = None
    if "qualifying_token_index" in named:
        qualifying = place_in(record, "qualifying_token_index", n_tokens)
    return Activation(
        None if top else least,
        record.number("bin_max"),
        None if top else share,
        qualifying,
        attributions,
        record.optional_number("dfa_maxValue") if attributions else None,
        place_in(record, "dfa_targetIndex", n_tokens) if attributions else None,
        corpus,
    )


def _n_tokens(record: Record) -> int | None:
    prompts = record.optional_integer("n_prompts_total", 0)
    length = record.optional_integer("n_tokens_in_prompt", 0)
    if prompts is None or length is None:
        return None
    if prompts * length > MOST:
        raise record.wrong("n_prompts_total", f"fewer of {length} tokens each")
    return prompts * length


def _texts(features: list[Record]) -> Iterator[bytes]:
    """Texts of the batch, by which its tokens' style shows; what is malformed is told later."""
    for feature in features:
        if feature.has("activations"):
            yield from feature.text_lists("activations", "tokens")
        for name in ("pos_str", "neg_str"):
            pieces = feature.raw(name)
            if isinstance(pieces, list):
                yield from (compact([piece]) for piece in pieces if type(piece) is str)
