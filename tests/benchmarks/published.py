"""Generated files of the published formats: their shape, their sizes, and texts that recur.

What stands in the files is drawn from a seed; how often a text recurs is the publisher's choice.
OpenAI's 307,200 neurons have 200 records each, of texts of one corpus: 46 of them reach the upper
boundary of the highest quantile in the file that we have, so a text stands in hundreds of records.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

_VOCABULARY = 20_000
_LENGTH = 64
_NUMBERS = 200_000


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts and numbers as the files write them."""

    texts: list[str]
    """Tokens, as a JSON list."""
    lengths: list[int]
    """Tokens of each text."""
    numbers: list[str]
    """Activations with four decimals."""
    chance: random.Random

    def record(self) -> tuple[str, str]:
        """Tokens and activations of some text, as JSON lists."""
        at = self.chance.randrange(len(self.texts))
        return self.texts[at], self.values(self.lengths[at])

    def values(self, length: int) -> str:
        """Activations, as a JSON list."""
        return f"[{', '.join(self.chance.choices(self.numbers, k=length))}]"


def corpus(n_texts: int, *, seed: int = 0) -> Corpus:
    """Texts of 64 tokens, one in twenty shorter; tokens are as frequent as Zipf says."""
    chance = random.Random(seed)
    words = [_word(chance) for _ in range(_VOCABULARY)]
    weights = list(accumulate(1 / rank for rank in range(1, _VOCABULARY + 1)))
    lengths = [
        _LENGTH if chance.random() < 0.95 else chance.randrange(32, _LENGTH) for _ in range(n_texts)
    ]
    texts = [
        f"[{', '.join(chance.choices(words, cum_weights=weights, k=length))}]" for length in lengths
    ]
    numbers = [repr(round(chance.gauss(0, 0.3), 4)) for _ in range(_NUMBERS)]
    return Corpus(texts, lengths, numbers, chance)


def _word(chance: random.Random) -> str:
    """A token as Python's `json` writes it: with a space before most, other letters escaped."""
    letters = "etaoinshrdluÉß日\n" if chance.random() < 0.03 else "etaoinshrdlu"
    space = " " if chance.random() < 0.7 else ""
    return json.dumps(space + "".join(chance.choices(letters, k=chance.randrange(1, 8))))


def openai(folder: Path, neurons: int, texts: Corpus) -> None:
    """NeuronRecords: 50 texts that fire most, 50 at random, 20 of each of five quantiles."""

    def records(count: int) -> str:
        made = (texts.record() for _ in range(count))
        name = '{"dataclass_name": "ActivationRecord", '
        return ", ".join(
            f'{name}"tokens": {tokens}, "activations": {values}}}' for tokens, values in made
        )

    path = folder / "collated-activations" / "0"
    path.mkdir(parents=True)
    for neuron in range(neurons):
        quantiles = ", ".join(f"[{records(20)}]" for _ in range(5))
        (path / f"{neuron}.json").write_text(
            '{"dataclass_name": "NeuronRecord", "neuron_id": {"dataclass_name": "NeuronId", '
            f'"layer_index": 0, "neuron_index": {neuron}}}, "random_sample": [{records(50)}], '
            f'"random_sample_by_quantile": [{quantiles}], '
            '"quantile_boundaries": [null, -0.0032, 0.5005, 1.5146, 2.3789, null], '
            '"mean": -0.0499, "variance": 0.0053, "skewness": 9.1, "kurtosis": 120.5, '
            f'"most_positive_activation_records": [{records(50)}]}}'
        )


Write = Callable[[Path, int, Corpus], None]
