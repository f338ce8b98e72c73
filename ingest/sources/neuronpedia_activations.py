"""Neuronpedia's activations: many lines at once where all are as they mostly are, or one by one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

from ingest.sources.activations import Activations
from ingest.sources.dashboards import Kept
from ingest.sources.documents import (
    LISTS,
    columns_of,
    numbers_in_place,
    open_lines,
    samples_in_place,
)
from ingest.sources.fields import Record
from ingest.sources.in_place import Digests
from ingest.sources.neuronpedia import TOP, Key, read_activation, read_tokens
from ingest.sources.samples import Samples

Line = tuple[bytes, str, str]
"""A record, its file, and which of the file's it is."""
_FIELDS = ("binMin", "binMax", "binContains", "qualifyingTokenIndex", "dfaValues", "dataSource")
"""Of an activation beside its text."""
_NAMED = ("modelId", "layer", "index")
"""What it is about."""
_NOTHING = type(None)
_NUMBERS = frozenset({int, float, _NOTHING})
_PLACES = frozenset({int, _NOTHING})
_AT_ONCE = 1 << 18
"""Bytes of lines that are parsed as one document, which the processor's cache holds."""


def opened_together(
    lines: Iterator[Line], digests: Digests | None = None
) -> Iterator[tuple[list[Line], Sequence[Any] | None]]:
    """Lines that follow one another, some at a time, and what they are, as `open_lines` has it."""
    for some in _together(lines):
        yield some, open_lines([data for data, _, _ in some], digests)


def _together(lines: Iterator[Line]) -> Iterator[list[Line]]:
    found: list[Line] = []
    n_bytes = 0
    for line in lines:
        found.append(line)
        n_bytes += len(line[0])
        if n_bytes >= _AT_ONCE:
            yield found
            found, n_bytes = [], 0
    if found:
        yield found


def add_several(
    lines: Sequence[Line],
    items: Sequence[Any] | None,
    key_of: Callable[[Record], Key | None],
    kept: Kept,
) -> bool:
    """Keep the activations in some lines, whose values are `items` if they could be read in place.

    False, and nothing is kept, where one is not as most are.

    `key_of` gives what a record is about, None if that is not wanted; it may raise SourceError.
    Whether their tokens are texts is not looked at: what reads them will tell.
    """
    found = None if items is None else samples_in_place(items, "tokens", "values")
    if items is None or found is None:
        return False
    json, values, lengths, own = found
    activations = _activations(items, lengths)
    named = columns_of(items, _NAMED)
    if activations is None or named is None:
        return False
    places = [(file, place) for _, file, place in lines]
    samples = Samples(json, values, lengths, lambda at: read_tokens(json[at], *places[at]), own)
    begin = 0
    for _, run in groupby(zip(*named, strict=True), lambda names: (*names, *map(type, names))):
        end = begin + len(list(run))
        key = key_of(Record(items[begin], *places[begin]))
        if key is not None:
            kept.add(
                key.source,
                key.index,
                samples.part(begin, end),
                activations.part(begin, end),
                places[begin],
            )
        begin = end
    return True


def add_one(record: Record, key: Key, kept: Kept, *, checked: bool) -> None:
    """Keep the activation in a record. Raises SourceError where it is malformed.

    Whether its tokens are texts is looked at only if it is to be `checked`.
    """
    (json, values), activation = read_activation(record, checked=checked)
    file, place = record.file, record.place
    samples = Samples(
        [json],
        [values],
        [memoryview(values).nbytes // 8],
        lambda _: read_tokens(json, file, place),
    )
    kept.add(key.source, key.index, samples, Activations.of([activation]), (file, place))


def _activations(items: Sequence[Any], lengths: Sequence[int]) -> Activations | None:
    """What is known of each text beside its tokens, as `read_activation` has it.

    None if a field of one is absent or wrong.
    """
    columns = columns_of(items, _FIELDS)
    if columns is None:
        return None
    least, most, share, qualifying, attributions, corpora = columns
    told = _attributions(items, attributions, lengths)
    if (
        told is None
        or not _are_numbers([*least, *most, *share])
        or not _are_places(qualifying, lengths)
        or not set(map(type, corpora)) <= {str, _NOTHING}
    ):
        return None
    top = [
        low is None or (low == TOP and part in (None, TOP))
        for low, part in zip(least, share, strict=True)
    ]
    return Activations(
        [None if is_top else float(low) for is_top, low in zip(top, least, strict=True)],
        [None if high is None else float(high) for high in most],
        [
            None if is_top or part is None else float(part)
            for is_top, part in zip(top, share, strict=True)
        ],
        [None if place == -1 else place for place in qualifying],
        *told,
        [corpus or None for corpus in corpora],
    )


def _attributions(
    items: Sequence[Any], values: Sequence[Any], lengths: Sequence[int]
) -> tuple[list[Any], list[Any], list[Any]] | None:
    """Attributions, their largest, and the token that is attributed to; None of what has none."""
    if not set(map(type, values)) <= {*LISTS, _NOTHING}:
        return None
    empty: list[Any] = [None] * len(items)
    found = empty, [*empty], [*empty]
    for at in [at for at, value in enumerate(values) if value]:
        numbers = numbers_in_place(values[at])
        largest, target = items[at].get("dfaMaxValue"), items[at].get("dfaTargetIndex")
        if numbers is None or len(numbers) != lengths[at] or not _are_numbers([largest]):
            return None
        if not _are_places([target], [lengths[at]]):
            return None
        found[0][at] = numbers
        found[1][at] = None if largest is None else float(largest)
        found[2][at] = None if target == -1 else target
    return found


def _are_numbers(values: Sequence[Any]) -> bool:
    """Whether all are finite numbers or none."""
    return set(map(type, values)) <= _NUMBERS and math.isfinite(sum(filter(None, values)))


def _are_places(values: Sequence[Any], lengths: Sequence[int]) -> bool:
    """Whether all are places in texts of these lengths, or -1, or none."""
    return set(map(type, values)) <= _PLACES and all(
        place is None or -1 <= place < length for place, length in zip(values, lengths, strict=True)
    )
