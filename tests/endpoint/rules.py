"""What the server's model says: by rules, so that the right scores are known."""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cypher import ids
from cypher.pack import Pack

Answer = dict[str, Any]
Rule = Callable[[str, str], Answer]
"""From the two messages to the object to answer with; numbers may be fractions."""


def echo(instructions: str, material: str) -> Answer:
    """Always the same answer to the same question, whatever is asked."""
    name = hashlib.sha256(material.encode()).hexdigest()[:12]
    if '{"explanation"' in instructions:
        return {"explanation": f"fires on {name}"}
    if '{"activations"' in instructions:
        _, tokens = _simulated(material)
        values = random.Random(name)
        return {"activations": [[at + 1, values.randint(0, 10)] for at in range(len(tokens))]}
    if '{"answers"' in instructions:
        values = random.Random(name)
        return {"answers": [values.randint(0, 1) for _ in material.split("\n")[2:]]}
    return {"fires": [f"{name} is here", "yes"], "silent": ["no", "not at all"]}


@dataclass
class Mind:
    """A model that knows a pack by heart.

    It explains a neuron by its id, so that it knows later whose sentence it is given; and it
    simulates as `how` says: `perfect` up to a straight line, `constant`, or `shuffled`. Asked
    for a better sentence it writes the next version.
    """

    pack: Pack
    how: str = "perfect"
    refuses: frozenset[str] = frozenset()
    """Neurons that it does not want to talk about."""
    revised: tuple[str, ...] = ()
    """How it simulates each revision of a sentence; `refused` if it does not want to write it."""
    is_wrong: bool = True
    """Whether it takes texts that a neuron fires on for those that it does not, to test it."""
    names_texts: bool = False
    """Whether its sentence says which texts it has seen, so that each group has another."""
    texts: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    """Of each neuron some that it was built from: on which it fires most, and is silent."""
    examples: dict[str, list[tuple[tuple[str, ...], list[float]]]] = field(default_factory=dict)
    """Of each neuron: the tokens and activations of its examples."""
    maxima: dict[str, float] = field(default_factory=dict)
    lines: list[tuple[str, str]] = field(default_factory=list)
    """Each example as a prompt would show the whole of it, and its neuron."""
    most: int = 10
    """Neurons of each layer that it knows, the first ones."""

    def __post_init__(self) -> None:
        tokens = {
            row["id"]: tuple(row["tokens"])
            for row in self.pack.table("Sequence", ["id", "tokens"]).to_pylist()
        }
        text = {
            row["source"]: tokens[row["target"]]
            for row in self.pack.table("WITHIN", ["source", "target"]).to_pylist()
        }
        for row in self.pack.table("Neuron", ["id", "max_activation"]).to_pylist():
            self.maxima[row["id"]] = row["max_activation"]
        columns = ["id", "activations", "held_out"]
        for row in self.pack.table("Example", columns).to_pylist():
            neuron = row["id"].partition("@")[0]
            if ids.parse_neuron_id(neuron).index >= self.most:
                continue
            known = (text[row["id"]], row["activations"])
            self.examples.setdefault(neuron, []).append(known)
            if row["held_out"] is False and "@random#" not in row["id"]:
                half = max(row["activations"]) >= self.maxima[neuron] / 2
                of = self.texts.setdefault(neuron, ([], []))[0 if half else 1]
                of.append("".join(known[0]))
            shown = "\n".join(
                f"{_scaled(value, self.maxima[neuron])} {_quoted(token)}"
                for token, value in zip(*known, strict=True)
            )
            self.lines.append((f"\n{shown}\n", neuron))

    def __call__(self, instructions: str, material: str) -> Answer:
        if '{"fires"' in instructions:
            return self._made_up(material)
        if "was put to the test" in instructions:
            return self._revised(material)
        if "Patterns:" in material or material.startswith("Text 1:"):
            return self._explained(material)
        if '{"activations"' in instructions:
            return self._simulated(material)
        if '"marked"' in instructions:
            return self._fuzzed(material)
        if '{"answers"' in instructions:
            return self._detected(material)
        raise AssertionError(instructions)

    def _made_up(self, material: str) -> Answer:
        neuron, _ = _described(material)
        fires, silent = (texts[:3] for texts in self.texts[neuron])
        if self.is_wrong:
            fires, silent = silent, fires
        return {"fires": fires, "silent": silent}

    def _revised(self, material: str) -> Answer:
        neuron, version = _described(material)
        if self.revised[version] == "refused":
            return {"refusal": "I would rather not."}
        return {"explanation": f"what {neuron} fires on, version {version + 1}"}

    def _explained(self, material: str) -> Answer:
        lines = "\n".join(material.split("\n\n", maxsplit=1)[0].split("\n")[1:])
        neuron = next((own for shown, own in self.lines if f"\n{lines}\n" in shown), None)
        if neuron in self.refuses:
            return {"refusal": "I would rather not."}
        if neuron is not None:
            seen = hashlib.sha256(material.encode()).hexdigest()[:8] if self.names_texts else ""
            return {"explanation": f"what {neuron} fires on" + (seen and f", as in {seen}")}
        raise AssertionError(material)

    def _simulated(self, material: str) -> Answer:
        neuron, tokens = _simulated(material)
        _, version = _described(material)
        how = self.revised[version - 1] if version else self.how
        truth = self._truth(neuron, tokens)
        everything = [value for _, values in self.examples[neuron] for value in values]
        low, high = min(everything), max(everything)
        values = [10 * (value - low) / (high - low) for value in truth]
        if how == "constant":
            values = [3.0] * len(tokens)
        if how == "shuffled":
            random.Random(material).shuffle(values)
        return {"activations": [[at, value] for at, value in enumerate(values, start=1)]}

    def _detected(self, material: str) -> Answer:
        neuron, lines = _judged(material)
        by_text = {"".join(tokens): values for tokens, values in self.examples[neuron]}
        half = self.maxima[neuron] / 2
        return {"answers": [int(max(by_text[json.loads(line)]) >= half) for line in lines]}

    def _fuzzed(self, material: str) -> Answer:
        neuron, lines = _judged(material)
        answers = []
        for line in lines:
            parts = json.loads(line)
            text = "".join(part if isinstance(part, str) else part["marked"] for part in parts)
            tokens, values = next(
                known for known in self.examples[neuron] if "".join(known[0]) == text
            )
            at, marked = 0, []
            for part in parts:
                whole = part if isinstance(part, str) else part["marked"]
                length = 0
                while length < len(whole):
                    if not isinstance(part, str):
                        marked.append(values[at])
                    length += len(tokens[at])
                    at += 1
            answers.append(int(bool(marked) and max(marked) >= self.maxima[neuron] / 2))
        return {"answers": answers}

    def _truth(self, neuron: str, tokens: Sequence[str]) -> list[float]:
        return next(values for known, values in self.examples[neuron] if known == tuple(tokens))


def said(answer: Mapping[str, Any], *, logprobs: bool) -> tuple[str, list[dict[str, Any]] | None]:
    """The answer's text and, if asked for, the probability of each of its tokens.

    A fraction is told by the probabilities of the numbers around it.
    """
    if "activations" not in answer:
        text = json.dumps(answer, ensure_ascii=False)
        return text, [_token(text, {text: 1.0})] if logprobs else None
    tokens: list[dict[str, Any]] = [_token('{"activations": [', {})]
    for place, (number, value) in enumerate(answer["activations"]):
        low, share = math.floor(value), value - math.floor(value)
        likely = {str(low): 1 - share, str(low + 1): share} if share else {str(low): 1.0}
        chosen = max(likely, key=lambda text, of=likely: of[text])
        tokens += [
            _token(f"{', ' if place else ''}[{number}, ", {}),
            _token(chosen, likely),
            _token("]", {}),
        ]
    tokens.append(_token("]}", {}))
    return "".join(token["token"] for token in tokens), tokens if logprobs else None


def _token(text: str, likely: Mapping[str, float]) -> dict[str, Any]:
    likely = {**likely, text: likely.get(text, 1.0)}

    def entry(token: str) -> dict[str, Any]:
        logprob = math.log(likely[token]) if likely[token] > 0 else -9999.0
        return {"token": token, "logprob": logprob, "bytes": list(token.encode())}

    return {**entry(text), "top_logprobs": [entry(token) for token in likely]}


def _simulated(material: str) -> tuple[str, list[str]]:
    first, _, *lines = material.split("\n")
    return _described(first)[0], [json.loads(line.partition(" ")[2]) for line in lines]


def _judged(material: str) -> tuple[str, list[str]]:
    first, _, *lines = material.split("\n")
    return _described(first)[0], [line.partition(": ")[2] for line in lines]


def _described(material: str) -> tuple[str, int]:
    """The neuron of a sentence, and its version."""
    sentence: str = json.loads(material.split("\n", maxsplit=1)[0].removeprefix("Sentence: "))
    neuron, _, more = sentence.removeprefix("what ").partition(" fires on")
    return neuron, int(more.removeprefix(", version ") if ", version " in more else 0)


def _scaled(value: float, maximum: float) -> int:
    return min(10, max(0, round(10 * value / maximum)))


@cache
def _quoted(token: str) -> str:
    shown = json.dumps(token, ensure_ascii=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in shown)
