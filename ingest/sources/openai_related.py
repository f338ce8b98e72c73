"""OpenAI's related neurons and tokens."""

from __future__ import annotations

import re

from ingest.sources.empty_texts import empty_texts
from ingest.sources.fields import Record
from ingest.sources.sink import Sink

_NEURON = re.compile(r"(\d{1,9})_(\d{1,18})\Z")
RESPONSES = "responding tokens"
"""What a neuron lacks of which the source has lost tokens' texts."""


def weights_kind(way: str) -> str:
    """What a neuron lacks of whose `input` or `output` tokens the source has lost some."""
    return f"{way} tokens"


def read_neurons(record: Record, neuron: str, sink: Sink) -> None:
    """Neurons that it is connected to by weight: upstream in `c_fc`, downstream in `c_proj`."""
    for field, table in (("c_fc", "CONNECTED_FROM"), ("c_proj", "CONNECTS_TO")):
        if not record.has(field):
            continue
        side = record.record(field)
        found: dict[str, float] = {}
        for sign in ("positive", "negative"):
            named, weighed = f"top_{sign}_neurons", f"top_{sign}_weights"
            names, weights = side.optional_strings(named), side.optional_numbers(weighed)
            if len(names) != len(weights):
                raise side.wrong(weighed, f"a number for each of the {len(names)} neurons")
            for place, (name, weight) in enumerate(zip(names, weights, strict=True)):
                match = _NEURON.match(name)
                if match is None:
                    raise side.wrong(f"{named}[{place}]", "a neuron such as 4_17")
                other = sink.neuron(str(int(match[1])), int(match[2]), present=False)
                if found.setdefault(other, weight) != weight:
                    raise side.wrong(f"{weighed}[{place}]", f"{found[other]}, as before")
        ordered = sorted(found.items(), key=lambda item: (-abs(item[1]), item[0]))
        for rank, (other, weight) in enumerate(ordered, start=1):
            sink.row(table, source=neuron, target=other, weight=weight, rank=rank)


def read_tokens_by_activation(record: Record, neuron: str, sink: Sink) -> None:
    """Tokens with the neuron's average activation on each."""
    tokens = record.strings("tokens")
    averages = record.numbers_or_none("average_activations")
    if len(averages) != len(tokens):
        raise record.wrong("average_activations", f"one for each of the {len(tokens)} tokens")
    for rank, (token, average) in enumerate(zip(tokens, averages, strict=True), start=1):
        if token:
            row = {"source": neuron, "target": sink.token(token), "mean_activation": average}
            sink.row("RESPONDS_TO", **row, rank=rank)
    _say_empty(tokens, neuron, RESPONSES, sink)


def read_tokens_by_weight(record: Record, neuron: str, sink: Sink) -> None:
    """Tokens that drive it by weight (`input`), and that it drives (`output`)."""
    for way, table in (("input", "READS"), ("output", "WRITES")):
        found: list[tuple[str, float]] = []
        for sign in ("positive", "negative"):
            if not record.has(f"{way}_{sign}"):
                continue
            side = record.record(f"{way}_{sign}")
            tokens, strengths = side.strings("tokens"), side.numbers("strengths")
            if len(strengths) != len(tokens):
                raise side.wrong("strengths", f"a number for each of the {len(tokens)} tokens")
            found += zip(tokens, strengths, strict=True)
        ordered = sorted(found, key=lambda item: -abs(item[1]))
        for rank, (token, weight) in enumerate(ordered, start=1):
            if token:
                row = {"source": neuron, "target": sink.token(token), "weight": weight}
                sink.row(table, **row, rank=rank)
        _say_empty([token for token, _ in found], neuron, weights_kind(way), sink)


def _say_empty(tokens: list[str], neuron: str, kind: str, sink: Sink) -> None:
    """A token whose text the source has lost cannot be told from another."""
    count = tokens.count("")
    if count:
        sink.lacks(neuron, kind, empty_texts(count))
