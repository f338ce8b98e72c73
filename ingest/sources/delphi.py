"""Delphi's results: what a language model said of each latent, and how well it judged by that.

    explanations/{module}_latent{i}.txt              a sentence, as a JSON string
    scores/{fuzz,detection}/{module}_latent{i}.txt   a list of judgements
    scores/simulation/{module}_latent{i}.txt         a list of simulations, by distance
    run_config.json                                  the models

In 2024 the folders stood at the top, files were called `{module}_feature{i}.txt`, detection was
called recall, an explanation carried its prompt and response, and a judgement its text only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.errors import SourceError
from ingest.sources.documents import plain
from ingest.sources.fields import Record

_FILE = re.compile(r"(?P<module>.+)_(?:latent|feature)(?P<index>\d{1,18})\.txt\Z")
_BLOCK = re.compile(r"(?:\A|\.)(\d{1,9})(?=\.|\Z)")
_NOT_IN_IDS = re.compile(r"[/@#\s]")
_FAILED = re.compile(r"Explanation (generation failed|could not be parsed)")
KINDS = {"fuzz": "fuzz", "detection": "detection", "recall": "detection"}
"""Folders of judgements, and what is measured by them: recall is detection's older name."""
SIMULATIONS = ("simulation", "simulator")
"""Folders of simulations."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Which latent a file is about."""

    module: str
    """Where the latents read the model, such as `layers.5.mlp`."""
    index: int
    """Place in its layer, from 0."""

    @property
    def block(self) -> int:
        """The transformer block: the first number of the module's path."""
        match = _BLOCK.search(self.module)
        assert match is not None, "read_subject has seen to it"
        return int(match[1])

    @property
    def layer(self) -> str:
        """A name for the layer: the block, then the module's path without it."""
        rest = [part for part in _BLOCK.sub("", self.module, count=1).split(".") if part]
        return "-".join([str(self.block), ".".join(rest)] if rest else [str(self.block), "latents"])


@dataclass(frozen=True, slots=True)
class DelphiExplanation:
    """What was said of a latent, or why nothing was."""

    text: str | None
    """None if it failed."""
    failure: str | None
    """What stands there instead of an explanation."""
    prompt: str | None
    response: str | None


@dataclass(frozen=True, slots=True)
class DelphiSimulation:
    """What an explanation lets expect on a text."""

    tokens: list[str]
    expected: list[float]
    true: list[float]
    correlation: float | None
    """Pearson's; None if undefined."""


@dataclass(frozen=True, slots=True)
class SimulationGroup:
    """Simulations of the texts at one distance; 0 is all, those that do not fire included."""

    distance: int
    correlation: float | None
    simulations: list[DelphiSimulation]


def read_subject(name: str) -> Subject:
    """The latent that a file is named after. Raises SourceError if it is named otherwise."""
    match = _FILE.match(name)
    if match is None or _BLOCK.search(match["module"]) is None or _NOT_IN_IDS.search(name):
        raise SourceError(
            f"{name}: found this file's name, expected module_latentN.txt with the number of a "
            f"block in the module, such as layers.5.mlp_latent17.txt."
        )
    return Subject(match["module"], int(match["index"]))


def read_explanation(value: object, file: str) -> DelphiExplanation:
    """The explanation in a file, in either dialect, by its document."""
    if isinstance(value, str):
        text, prompt, response = value, None, None
    else:
        record = Record(value, file)
        text = record.string("explanation")
        prompt = record.optional_string("generation_prompt")
        response = record.optional_string("response")
    failed = not text.strip() or _FAILED.match(text) is not None
    return DelphiExplanation(
        None if failed else text,
        (text.strip() or "it is empty") if failed else None,
        prompt,
        response,
    )


def read_simulations(value: object, file: str) -> list[SimulationGroup]:
    """The groups of a file of `simulation`, by its document."""
    rows = plain(value)
    if not isinstance(rows, list):
        raise SourceError(f"{file}: found no list, expected a list of simulations by distance.")
    found: dict[int, SimulationGroup] = {}
    for at, row in enumerate(rows):
        record = Record(row, file, f"row {at}")
        group = _group(record)
        if found.setdefault(group.distance, group) is not group:
            raise record.wrong("distance", "one that no row before it has")
    return list(found.values())


def _group(record: Record) -> SimulationGroup:
    return SimulationGroup(
        record.integer("distance", 0),
        _correlation(record),
        list(_simulations(record)),
    )


def _simulations(record: Record) -> Iterator[DelphiSimulation]:
    for item in record.records("scored_sequence_simulations"):
        tokens = item.strings("tokens")
        expected, true = item.numbers("predicted_activations"), item.numbers("true_activations")
        for name, found in (("predicted_activations", expected), ("true_activations", true)):
            if len(found) != len(tokens):
                raise item.wrong(name, f"{len(tokens)} numbers, as many as tokens has")
        yield DelphiSimulation(tokens, expected, true, _correlation(item))


def _correlation(record: Record) -> float | None:
    """A number; `"nan"` where it is undefined."""
    if record.raw("ev_correlation_score") == "nan":
        return None
    return record.optional_number("ev_correlation_score")
