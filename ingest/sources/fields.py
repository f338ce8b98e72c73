"""Records of published JSON, read strictly where something is needed.

A field that is not asked for is never looked at. One that is needed and missing, or is not what
the format says, is a SourceError that names file, record, field, what was found and what was
expected.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import orjson

from ingest.errors import SourceError
from ingest.sources.documents import (
    LISTS,
    OBJECTS,
    Sample,
    are_texts,
    columns_of,
    compact,
    numbers_in_place,
    place_in_file,
    plain,
    samples_in_place,
    with_last,
)
from ingest.sources.samples import Samples
from ingest.sources.shown import ABSENT, shown

_NUMBERS = frozenset({int, float})
_STRINGS = frozenset({str})
MOST = 2**63 - 1
"""The largest integer that a table can hold."""


class Record:
    """A JSON object, where it stands, and its fields by type."""

    __slots__ = ("_file", "_parent", "_values", "_what")

    def __init__(
        self, value: object, file: str, what: str = "", parent: Record | None = None
    ) -> None:
        """Take `value`, record `what` of `file`. Raises SourceError if it is no object."""
        self._file, self._what, self._parent = file, what, parent
        if type(value) not in OBJECTS:
            raise SourceError(
                f"{place_in_file(file, self.place)}: found {shown(value)}, expected an object with fields."
            )
        self._values = cast("Mapping[str, object]", with_last(value))

    @property
    def file(self) -> str:
        """The file that it stands in."""
        return self._file

    @property
    def place(self) -> str:
        """Which record of the file it is, such as `line 3` or `features[2].activations[0]`."""
        return self._what if self._parent is None else self._parent._begin + self._what

    @property
    def _begin(self) -> str:
        """What the places of records within it begin with."""
        place = self.place
        joint = " " if self._parent is None and " " in place else "."
        return place + joint if place else ""

    def has(self, field: str) -> bool:
        """Whether the field is there and not null."""
        return self._values.get(field) is not None

    def names(self) -> tuple[str, ...]:
        """The names of its fields, in their order."""
        return tuple(self._values)

    def raw(self, field: str) -> object:
        """What stands in the field, whatever it is; None if nothing does."""
        return plain(self._values.get(field))

    def string(self, field: str) -> str:
        """A text that may be empty."""
        value = self._values.get(field, ABSENT)
        if type(value) is str:
            return value
        raise self.wrong(field, "a text")

    def optional_string(self, field: str) -> str | None:
        """A text; None if the field is absent, null or empty."""
        return (self.string(field) or None) if self.has(field) else None

    def boolean(self, field: str) -> bool:
        """True or false."""
        value = self._values.get(field, ABSENT)
        if type(value) is bool:
            return value
        raise self.wrong(field, "true or false")

    def optional_boolean(self, field: str) -> bool | None:
        """True or false; None if the field is absent or null."""
        return self.boolean(field) if self.has(field) else None

    def integer(self, field: str, least: int = -MOST) -> int:
        """A whole number that 64 bits hold, `least` or more."""
        value = self._values.get(field, ABSENT)
        if type(value) is float and value.is_integer() and abs(value) < 2**53:
            value = int(value)
        if type(value) is int and least <= value <= MOST:
            return value
        raise self.wrong(field, "a whole number" + (f" from {least}" if least > -MOST else ""))

    def optional_integer(self, field: str, least: int = -MOST) -> int | None:
        """A whole number; None if the field is absent or null."""
        return self.integer(field, least) if self.has(field) else None

    def index(self, field: str) -> int:
        """A place counted from 0, as a number or as its digits."""
        value = self._values.get(field, ABSENT)
        if (
            type(value) is str
            and value.isascii()
            and value.isdigit()
            and len(value) < len(str(MOST))
        ):
            return int(value)
        if type(value) is int and 0 <= value <= MOST:
            return value
        raise self.wrong(field, "a place counted from 0")

    def number(self, field: str) -> float:
        """A finite number."""
        found = self.optional_number(field)
        if found is None:
            raise self.wrong(field, "a finite number")
        return found

    def optional_number(self, field: str) -> float | None:
        """A number; None if the field is absent, null, NaN or infinite."""
        value = self._values.get(field)
        if value is None:
            return None
        if type(value) not in _NUMBERS:
            raise self.wrong(field, "a number")
        number = float(cast("float", value))
        return number if math.isfinite(number) else None

    def strings(self, field: str) -> list[str]:
        """A list of texts."""
        values = self._list(field, "a list of texts")
        if not set(map(type, values)) <= _STRINGS:
            raise self._wrong_item(field, values, _STRINGS, "a text")
        return cast("list[str]", values)

    def optional_strings(self, field: str) -> list[str]:
        """A list of texts; empty if the field is absent or null."""
        return self.strings(field) if self.has(field) else []

    def measured(self, field: str) -> array[float]:
        """A list of finite numbers, eight bytes each."""
        found = numbers_in_place(self._items(field, "a list of numbers"))
        return array("d", self.numbers(field)) if found is None else found

    def samples(self, field: str, texts: str, numbers: str) -> Samples | None:
        """The objects of a list, each with a text and a number for each of its tokens.

        None if they must be read one by one, as they are where one is not so.
        """
        found = samples_in_place(self._items(field, "a list of objects"), texts, numbers)
        if found is None:
            return None
        # what reads a text again keeps nothing of the document, whose memory is the parser's
        json, file, begin = found[0], self._file, f"{self._begin}{field}"
        return Samples(
            *found[:3], lambda at: strings_of(json[at], texts, file, f"{begin}[{at}]"), found[3]
        )

    def columns(self, field: str, *names: str) -> list[list[Any]] | None:
        """Of each of some fields what stands in all objects of a list; None if one is no object."""
        return columns_of(self._values.get(field), names)

    def text_lists(self, field: str, texts: str) -> Iterator[bytes]:
        """Lists that stand in the objects of a list, as JSON; what stands there else is left out."""
        items = self._values.get(field)
        for item in cast("list[object]", items) if type(items) in LISTS else ():
            listed = with_last(item).get(texts) if type(item) in OBJECTS else None
            if type(listed) in LISTS:
                yield compact(listed)

    def sample(self, texts: str, numbers: str, *, checked: bool) -> Sample | None:
        """A text and a number for each of its tokens; None if they must be read one by one.

        What is not `checked` may hold in the place of a text what is none.
        """
        found = samples_in_place([self._values], texts, numbers)
        if found is None or (checked and not are_texts(found[0][0])):
            return None
        return found[0][0], found[1][0]

    def numbers(self, field: str) -> list[float]:
        """A list of finite numbers."""
        values = self._list(field, "a list of numbers")
        kinds = set(map(type, values))
        if not kinds <= _NUMBERS:
            raise self._wrong_item(field, values, _NUMBERS, "a number")
        numbers = cast("list[float]", values)
        if int in kinds:
            numbers = list(map(float, numbers))
        # a sum is finite only if every term is; where it overflows, each is looked at
        if not math.isfinite(sum(numbers)) and not all(map(math.isfinite, numbers)):
            place = next(at for at, number in enumerate(numbers) if not math.isfinite(number))
            raise self._fail(f"{field}[{place}]", numbers[place], "a finite number")
        return numbers

    def optional_numbers(self, field: str) -> list[float]:
        """A list of finite numbers; empty if the field is absent or null."""
        return self.numbers(field) if self.has(field) else []

    def numbers_or_none(self, field: str) -> list[float | None]:
        """A list of numbers; those that are null, NaN or infinite are None."""
        values = self._list(field, "a list of numbers and nulls")
        kinds = set(map(type, values))
        if not kinds <= _NUMBERS | {type(None)}:
            raise self._wrong_item(field, values, _NUMBERS | {type(None)}, "a number or null")
        found = (None if value is None else float(cast("float", value)) for value in values)
        return [n if n is not None and math.isfinite(n) else None for n in found]

    def indices(self, field: str) -> list[int]:
        """A list of places counted from 0; empty if the field is absent or null."""
        if not self.has(field):
            return []
        values = self._list(field, "a list of places counted from 0")
        for at, value in enumerate(values):
            if type(value) is not int or not 0 <= value <= MOST:
                raise self._fail(f"{field}[{at}]", value, "a place counted from 0")
        return cast("list[int]", values)

    def record(self, field: str) -> Record:
        """An object."""
        if not self.has(field):
            raise self.wrong(field, "an object")
        return Record(self._values[field], self._file, field, self)

    def records(self, field: str) -> Iterator[Record]:
        """The objects of a list."""
        for at, value in enumerate(self._items(field, "a list of objects")):
            yield Record(value, self._file, f"{field}[{at}]", self)

    def lists(self, field: str) -> Iterator[Record]:
        """Each of a list's lists, as a record of which it is the only field."""
        for at, part in enumerate(self._items(field, "a list of lists of objects")):
            if type(part) not in LISTS:
                raise self._fail(f"{field}[{at}]", part, "a list of objects")
            yield Record({f"{field}[{at}]": part}, self._file, self._what, self._parent)

    def number_lists(self, field: str) -> list[list[float]]:
        """A list of lists of finite numbers."""
        found = []
        for at, part in enumerate(self._list(field, "a list of lists of numbers")):
            named = f"{field}[{at}]"
            found.append(Record({named: part}, self._file, self._what, self._parent).numbers(named))
        return found

    def values(self, field: str) -> list[object]:
        """A list of anything."""
        return self._list(field, "a list")

    def _list(self, field: str, expected: str) -> list[object]:
        return plain(self._items(field, expected))  # type: ignore[no-any-return]

    def _items(self, field: str, expected: str) -> Any:
        value = self._values.get(field, ABSENT)
        if type(value) in LISTS:
            return value
        raise self.wrong(field, expected)

    def wrong(self, field: str, expected: str) -> SourceError:
        """The error that says what stands in a field and what was expected."""
        return self._fail(field, self._values.get(field, ABSENT), expected)

    def _wrong_item(
        self, field: str, values: Sequence[object], kinds: frozenset[type], expected: str
    ) -> SourceError:
        place = next(at for at, value in enumerate(values) if type(value) not in kinds)
        return self._fail(f"{field}[{place}]", values[place], expected)

    def _fail(self, field: str, found: object, expected: str) -> SourceError:
        return SourceError(
            f"{place_in_file(self._file, self.place)}, field {field}: found {shown(found)}, "
            f"expected {expected}."
        )


def strings_of(listed: bytes, field: str, file: str, place: str) -> list[str]:
    """Texts of a list that stood, as JSON, in a record's field. Raises SourceError if one is none."""
    return Record({field: orjson.loads(listed)}, file, place).strings(field)
