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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.errors import SourceError
from ingest.sources.documents import parse_json
from ingest.sources.fields import Record

_FILE = re.compile(r"(?P<module>.+)_(?:latent|feature)(?P<index>\d{1,18})\.txt\Z")
_BLOCK = re.compile(r"(?:\A|\.)(\d{1,9})(?=\.|\Z)")
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
class Judgement:
    """Whether the latent fires in a text, as judged by its explanation and in truth."""

    text: str
    tokens: list[str]
    """Of the text; empty where the format has it only as a whole."""
    activations: list[float]
    """One per token; empty where they are not told."""
    distance: int | None
    """Decile of the activation, 1 for those that fire least; None if it does not fire."""
    activating: bool
    """Whether the latent fires there, and in `fuzz` whether it is its tokens that are marked."""
    prediction: bool | None
    """None if no judgement could be read in the answer."""
    probability: float | None
    highlighted: bool
    """Whether tokens were marked."""


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
    if match is None or _BLOCK.search(match["module"]) is None:
        raise SourceError(
            f"{name}: found this file's name, expected module_latentN.txt with the number of a "
            f"block in the module, such as layers.5.mlp_latent17.txt."
        )
    return Subject(match["module"], int(match["index"]))


def read_explanation(data: bytes, file: str) -> DelphiExplanation:
    """The explanation in a file, in either dialect."""
    value = parse_json(data, file)
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


def read_judgements(data: bytes, file: str) -> list[Judgement]:
    """The rows of a file of `fuzz`, `detection` or `recall`, in either dialect."""
    value = parse_json(data, file)
    if not isinstance(value, list):
        raise SourceError(f"{file}: found no list, expected a list of judgements.")
    return [_judgement(Record(row, file, f"row {at}")) for at, row in enumerate(value)]


def _judgement(record: Record) -> Judgement:
    if record.has("ground_truth"):
        distance = record.integer("distance")
        return Judgement(
            record.string("text"),
            [],
            [],
            distance if distance >= 0 else None,
            record.boolean("ground_truth"),
            _prediction(record),
            record.optional_number("probability"),
            record.boolean("highlighted"),
        )
    tokens = record.strings("str_tokens")
    activations = record.optional_numbers("activations")
    if activations and len(activations) != len(tokens):
        raise record.wrong("activations", f"{len(tokens)} numbers, as many as str_tokens has")
    far = record.number("distance")
    return Judgement(
        "".join(tokens),
        tokens,
        activations,
        int(far) if far >= 0 and far.is_integer() else None,
        record.boolean("activating"),
        _prediction(record),
        record.optional_number("probability"),
        record.optional_boolean("highlighted") or False,
    )


def _prediction(record: Record) -> bool | None:
    """True or false, as either dialect writes it: 0 and 1 are what a model's answer was parsed to."""
    found = record.raw("prediction")
    if type(found) is int and found in (0, 1):
        return bool(found)
    return record.optional_boolean("prediction")


def read_simulations(data: bytes, file: str) -> list[SimulationGroup]:
    """The groups of a file of `simulation`."""
    value = parse_json(data, file)
    if not isinstance(value, list):
        raise SourceError(f"{file}: found no list, expected a list of simulations by distance.")
    return [_group(Record(row, file, f"row {at}")) for at, row in enumerate(value)]


def _group(record: Record) -> SimulationGroup:
    return SimulationGroup(
        record.integer("distance"),
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


def measures(judgements: Sequence[Judgement]) -> dict[str, float]:
    """What delphi computes of judgements, 0 to 1; of those that could be read. Empty if none could.

    `accuracy` is the share of right ones. The others are as delphi's analysis of results defines
    them: what has nothing to be a share of is 0 there, and its accuracy is the balanced one. `auc`
    is only there if probabilities are, and differ.
    """
    read = [judgement for judgement in judgements if judgement.prediction is not None]
    if not read:
        return {}
    hits = sum(1 for j in read if j.activating and j.prediction)
    positives = sum(1 for j in read if j.activating)
    false_alarms = sum(1 for j in read if not j.activating and j.prediction)
    negatives = len(read) - positives
    recall = _share(hits, positives)
    precision = _share(hits, hits + false_alarms)
    found = {
        "accuracy": (hits + negatives - false_alarms) / len(read),
        "balanced_accuracy": (recall + _share(negatives - false_alarms, negatives)) / 2,
        "precision": precision,
        "recall": recall,
        "f1": _share(2 * precision * recall, precision + recall),
    }
    area = _area([(j.probability, j.activating) for j in judgements if j.probability is not None])
    return found if area is None else {**found, "auc": area}


def _share(part: int | float, whole: int | float) -> float:
    return part / whole if whole else 0.0


def _area(judged: list[tuple[float, bool]]) -> float | None:
    """Area under the curve of hits over false alarms: a firing text's chance to be judged likelier."""
    positives = sum(fires for _, fires in judged)
    negatives = len(judged) - positives
    if len({probability for probability, _ in judged}) < 2 or not positives or not negatives:
        return None
    ranks, place = 0.0, 0
    ordered = sorted(judged)
    while place < len(ordered):
        end = place
        while end < len(ordered) and ordered[end][0] == ordered[place][0]:
            end += 1
        fires = sum(fires for _, fires in ordered[place:end])
        ranks += fires * (place + 1 + end) / 2  # ties share the mean of their ranks
        place = end
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)
