"""One page of Neuroscope: HTML that was written by one program, read by what it labels."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass

from ingest.errors import SourceError
from ingest.sources.documents import parse_json
from ingest.sources.fields import Record

_TITLE = re.compile(rb"<h2>\s*Neuron\s+(\d{1,18})\s+in\s+Layer\s+(\d{1,9})\s*</h2>")
_RULE = re.compile(r"<hr\s*/?>", re.IGNORECASE)
_SCRIPT = re.compile(r"<script.*?(?:</script>|\Z)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_BLOB = re.compile(r'\{\s*"tokens"\s*:')
_NUMBER = r"\s*+:?\s*+(-?\d{1,18}(?:\.\d{1,18})?(?:e[+-]?\d{1,3})?)"
_HEADERS = {
    name: re.compile(name + _NUMBER, re.IGNORECASE)
    for name in ("Max Range", "Min Range", "Data Index", "Max Activating Token Index")
}
_DATA_SET = re.compile(r"Data Index\s*+:?\s*+\d++\s*+\(([^()]*)\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """A text on which a neuron fires, whole."""

    range_min: float
    range_max: float
    """The scale that it is drawn on."""
    document: int
    """Its place in the data set, from 0."""
    corpus: str | None
    """The data set's name."""
    peak: int
    """The token that fires most, from 0."""
    tokens: list[str]
    activations: list[float]
    """One per token, with six decimals."""


def read_page(content: bytes, file: str) -> tuple[tuple[int, int], list[Text]]:
    """Layer and neuron of a page, and its texts in their order. Raises SourceError."""
    title = _TITLE.search(content)
    if title is None:
        raise SourceError(f"{file}: found no title, expected <h2>Neuron N in Layer L </h2>.")
    try:
        page = content[title.end() :].decode()
    except UnicodeDecodeError as error:
        raise SourceError(f"{file}: found no UTF-8 ({error.reason}), expected a page.") from error
    # what stands between two rules without a text is no text: the first section is empty
    sections = [part for part in _RULE.split(page)[1:] if _BLOB.search(part)]
    texts = [_text(part, file, number) for number, part in enumerate(sections, start=1)]
    return (int(title[2]), int(title[1])), texts


def _text(section: str, file: str, number: int) -> Text:
    what = f"text {number}"
    try:
        shown = html.unescape(_TAG.sub(" ", _SCRIPT.sub(" ", section)))
    except ValueError as error:  # Python makes no number of so many digits
        raise SourceError(
            f"{file}, {what}: found the number of a character of thousands of digits, expected HTML."
        ) from error
    found: dict[str, object] = {}
    for name, pattern in _HEADERS.items():
        match = pattern.search(shown)
        found[name] = None if match is None else _number(match[1])
    header = Record(found, file, what)
    # each text stands there twice: cut short, then in full
    blob = list(_BLOB.finditer(section))[-1]
    try:
        _, end = json.JSONDecoder().raw_decode(section, blob.start())
    except (ValueError, RecursionError) as error:
        raise SourceError(
            f'{file}, {what}: found no JSON ({error}), expected {{"tokens": …, "values": …}}.'
        ) from error
    full = Record(parse_json(section[blob.start() : end].encode(), file, what), file, what)
    tokens, values = full.strings("tokens"), full.numbers("values")
    if not tokens or len(tokens) != len(values):
        raise full.wrong("values", f"a number for each of the {len(tokens)} tokens")
    peak = header.index("Max Activating Token Index")
    if peak >= len(tokens):
        raise header.wrong("Max Activating Token Index", f"less than {len(tokens)}")
    data_set = _DATA_SET.search(shown)
    return Text(
        header.number("Min Range"),
        header.number("Max Range"),
        header.index("Data Index"),
        data_set[1].strip() or None if data_set else None,
        peak,
        tokens,
        values,
    )


def _number(text: str) -> float | int:
    return int(text) if text.lstrip("-").isdigit() else float(text)
