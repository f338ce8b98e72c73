"""Delphi's judgements: whether a latent fires in a text, as told by its explanation and in truth."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import and_
from typing import Any, cast

from ingest.errors import SourceError
from ingest.sources.documents import LISTS, columns_of, samples_in_place
from ingest.sources.fields import Record, strings_of
from ingest.sources.samples import Samples


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
class Judgements:
    """The rows of a file, by columns: of each row its value, which `Judgement` describes."""

    samples: Samples
    """Texts of rows that have tokens. Their numbers stand in `activations`."""
    places: Sequence[int]
    """Which rows these are."""
    texts: list[str | None]
    """Of those without tokens."""
    activations: list[Any]
    """Buffers of doubles; None where they are not told."""
    distances: list[int | None]
    activating: list[bool]
    predictions: list[bool | None]
    probabilities: list[float | None]
    highlighted: list[bool]

    @classmethod
    def of(cls, rows: Sequence[Judgement]) -> Judgements:
        """The same of rows that were read one by one."""
        places = [at for at, row in enumerate(rows) if row.tokens]
        return cls(
            Samples.of([(rows[at].tokens, ()) for at in places]),
            places,
            [None if row.tokens else row.text for row in rows],
            [array("d", row.activations) if row.activations else None for row in rows],
            [row.distance for row in rows],
            [row.activating for row in rows],
            [row.prediction for row in rows],
            [row.probability for row in rows],
            [row.highlighted for row in rows],
        )

    def __len__(self) -> int:
        return len(self.activating)


def read_judgements(value: object, file: str) -> Judgements:
    """The rows of a file of `fuzz`, `detection` or `recall`, in either dialect, by its document."""
    if type(value) not in LISTS:
        raise SourceError(f"{file}: found no list, expected a list of judgements.")
    rows = cast("Sequence[Any]", value)
    found = _in_place(rows, file)
    if found is None:
        found = Judgements.of([_judgement(Record(r, file, f"row {n}")) for n, r in enumerate(rows)])
    return found


_MOST = 1 << 31
"""Above all distances."""
_DISTANCES = 1 << 10
"""Different ones that are remembered: there are eleven."""
_OTHERS = (
    "activating", "prediction", "probability", "distance", "highlighted",
    "ground_truth",  # which a row of the other dialect has
)  # fmt: skip
"""Fields of a row as delphi writes it now, beside a text's tokens and their activations."""
_NOTHING = type(None)


def _in_place(rows: Sequence[Any], file: str) -> Judgements | None:
    """All rows at once; None if one is not written as delphi does now, or is wrong."""
    samples = samples_in_place(rows, "str_tokens", "activations")
    columns = None if samples is None else columns_of(rows, _OTHERS)
    if samples is None or columns is None:
        return None
    activating, predictions, probabilities, distances, highlighted, truths = columns
    if not (
        set(map(type, activating)) <= {bool}
        and set(map(type, predictions)) <= {bool, _NOTHING}
        and set(map(type, probabilities)) <= {float, _NOTHING}
        and set(map(type, distances)) <= {int, float}
        and set(map(type, highlighted)) <= {bool, _NOTHING}
        and set(map(type, truths)) <= {_NOTHING}
    ):
        return None
    json, activations, lengths, own = samples
    return Judgements(
        Samples(
            json,
            activations,
            lengths,
            partial(tokens_of, json, file),
            own,
        ),
        range(len(json)),
        [None] * len(json),
        activations,
        list(map(_decile, distances)),
        activating,
        predictions,
        probabilities,
        [bool(told) for told in highlighted],
    )


def tokens_of(json: Sequence[bytes], file: str, at: int) -> list[str]:
    """The tokens of a row of a file. Raises SourceError if one is no text."""
    return strings_of(json[at], "str_tokens", file, f"row {at}")


@lru_cache(_DISTANCES)
def _decile(distance: float) -> int | None:
    """What a distance says; -1 and what is no small whole number say nothing."""
    return int(distance) if 0 <= distance < _MOST and float(distance).is_integer() else None


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
        _decile(far),
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


def measures(judgements: Judgements) -> dict[str, float]:
    """What delphi computes of judgements, 0 to 1; of those that could be read. Empty if none could.

    `accuracy` is the share of right ones. The others are as delphi's analysis of results defines
    them: what has nothing to be a share of is 0 there, and its accuracy is the balanced one. `auc`
    is only there if probabilities are, and differ.
    """
    activating, predictions = _read(judgements)
    hits = sum(map(and_, activating, predictions))
    counts = Counts(len(predictions), sum(activating), sum(predictions), hits)
    likely = zip(judgements.probabilities, judgements.activating, strict=True)
    return measures_of(counts, [(chance, fires) for chance, fires in likely if chance is not None])


@dataclass(frozen=True, slots=True)
class Counts:
    """Of judgements that could be read."""

    n_read: int
    positives: int
    """Those of texts in which the latent fires."""
    predicted: int
    """Those that say so."""
    hits: int
    """Those of both."""


def measures_of(counts: Counts, likely: Sequence[tuple[float, bool]]) -> dict[str, float]:
    """As `measures`; `likely` are probabilities, each with whether the latent fires."""
    if not counts.n_read:
        return {}
    hits, positives = counts.hits, counts.positives
    false_alarms = counts.predicted - hits
    negatives = counts.n_read - positives
    recall = _share(hits, positives)
    precision = _share(hits, hits + false_alarms)
    found = {
        "accuracy": (hits + negatives - false_alarms) / counts.n_read,
        "balanced_accuracy": (recall + _share(negatives - false_alarms, negatives)) / 2,
        "precision": precision,
        "recall": recall,
        "f1": _share(2 * precision * recall, precision + recall),
    }
    area = _area(likely)
    return found if area is None else {**found, "auc": area}


def _read(judgements: Judgements) -> tuple[Sequence[bool], Sequence[bool]]:
    """Of the judgements that could be read, whether the latent fires, and whether it was said to."""
    activating, predictions = judgements.activating, judgements.predictions
    if None not in predictions:
        return activating, cast("list[bool]", predictions)
    pairs = list(zip(activating, predictions, strict=True))
    read = [(fires, said) for fires, said in pairs if said is not None]
    return [fires for fires, _ in read], [said for _, said in read]


def _share(part: int | float, whole: int | float) -> float:
    return part / whole if whole else 0.0


def _area(judged: Sequence[tuple[float, bool]]) -> float | None:
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
