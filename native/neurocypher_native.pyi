"""Published JSON read in place: what is asked for becomes Python's."""

from collections.abc import Iterator, Sequence
from os import PathLike
from typing import Any, final, overload

INTERFACE: int
"""Counted up whenever what is offered changes."""

@final
class Object:
    """A JSON object, read only; of fields that stand in it twice the last counts."""

    def __len__(self) -> int: ...
    def __contains__(self, name: str, /) -> bool: ...
    def __getitem__(self, name: str, /) -> Any: ...
    def __iter__(self) -> Iterator[str]: ...
    @overload
    def get(self, name: str) -> Any: ...
    @overload
    def get(self, name: str, default: object) -> Any: ...
    def sample(self, texts: str, numbers: str) -> tuple[bytes, bytes, int, str | None] | None:
        """Its texts as JSON, its numbers, eight bytes each, how many they are, the texts' digest."""
    def as_dict(self) -> dict[str, Any]:
        """As Python's own, with all that is in it."""

@final
class Array:
    """A JSON list, read only."""

    def __len__(self) -> int: ...
    def __getitem__(self, place: int, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def as_list(self) -> list[Any]:
        """As Python's own, with all that is in it."""
    @property
    def mini(self) -> bytes:
        """A list of texts as JSON without spaces."""
    def as_buffer(self) -> bytes:
        """All items, which are numbers, eight bytes each."""
    def samples(
        self, texts: str, numbers: str
    ) -> tuple[list[bytes], list[bytes], list[int], list[str] | None] | None:
        """The same of each item."""
    def columns(self, names: Sequence[str]) -> list[list[Any] | None] | None:
        """Of each field the values in all items, None where it is absent, or for one that always is."""

@final
class IdSet:
    """A set of ids."""

    def __new__(cls) -> IdSet: ...
    def __len__(self) -> int: ...
    def __contains__(self, own: str, /) -> bool: ...
    def new_places(self, ids: Sequence[str]) -> list[int]:
        """The first place of each that is not in the set."""
    def update(self, ids: Sequence[str]) -> None:
        """Add some."""
    def difference_update(self, ids: Sequence[str]) -> None:
        """Take some out, where they are in it."""
    def clear(self) -> None:
        """Take all out."""

@final
class Answers:
    """DeepDecipher's answers in some files."""

    @property
    def new_texts(self) -> list[str]:
        """Texts of nodes that the reader has met in none before."""
    @property
    def new_similar(self) -> list[tuple[int, int]]:
        """Layers and places of similar neurons, likewise."""
    def sizes(self) -> list[int | None]:
        """How many rows each makes, roughly; None where there is none as they mostly are."""

@final
class GraphReader:
    """Reads answers with token graphs, in one thread, and makes rows of them, in another."""

    def __new__(cls) -> GraphReader: ...
    def read(self, paths: Sequence[str | PathLike[str]], most_bytes: int) -> Answers:
        """The answers in some files; none in those that would make them more bytes."""
    def name(self, tokens: Sequence[str | None]) -> None:
        """Say which tokens new texts mean, None of one that is lost: of all, in their order."""
    def rows(
        self,
        answers: Sequence[tuple[Answers, int]],
        graphs: Sequence[str],
        neurons: Sequence[str],
        least: tuple[float, float],
    ) -> dict[str, Any]:
        """Columns of the rows of answers by their places, with ids of graphs and neurons.

        `least` are the activation and the importance that a white node stands for. Texts are where
        each begins and the last one ends, four bytes each, and all, joined; shares a bit for each
        whether it is there, and all, eight bytes each; integers eight bytes each; kinds one. Neurons
        of tokens, and tokens, are places among those given and among `tokens`, which are in their
        order, four bytes each. Of `n_unconnected` -1 is none.
        """
    def similar(
        self,
        answers: Sequence[tuple[Answers, int]],
        neurons: Sequence[str],
        layers: Sequence[int],
        model: str,
    ) -> dict[str, Any]:
        """Columns of the rows of similar neurons, with ids and layers of whose answers these are.

        Texts are as of `rows`, so are integers some of which may be missing; other numbers have
        eight bytes each.
        """

@final
class Judgements:
    """Delphi's judgements in some files, by their places among these."""

    def texts(self, at: int) -> tuple[list[str], list[bytes], list[int]]:
        """Of a file's texts the digests, the tokens as JSON without spaces, and how many these are."""
    def counts(self, at: int) -> tuple[int, int, int, int, int] | None:
        """How many a file has; of those that could be read how many there are, fire, were said to
        fire, and both. None for a file without judgements as they mostly are.
        """
    def likely(self, at: int) -> list[tuple[float, bool]]:
        """Probabilities that were told, each with whether the latent fires."""

def read_judgements(
    paths: Sequence[str | PathLike[str]], most_bytes: int, digests: tuple[bytes, int]
) -> Judgements:
    """The judgements in some files; none in those that would make them more bytes."""

def judgement_rows(
    judged: Sequence[tuple[Judgements, int]], begins: Sequence[str]
) -> dict[str, Any]:
    """Columns of the rows of files by their places, whose ids begin so, in the order of their ids.

    Of each file how many there are, eight bytes each; of each row texts, numbers and shares as of
    `GraphReader.rows`, truths, a bit each, and lists: where each begins and the last one ends, four
    bytes each, and all numbers, eight bytes each.
    """

def ranks(groups: bytes, values: bytes, count: int) -> bytes | None:
    """Of each row the place among those of its group, from 1, eight bytes each, the largest value
    first, equals as they stand; None if a value is no number.

    Groups are numbers below `count`, four bytes each; values have eight.
    """

def sizes(paths: Sequence[str | PathLike[str]]) -> list[int | None]:
    """Bytes of files; None of what has none."""

def parse(data: bytes) -> object:
    """The value of a JSON document."""

def parse_several(several: Sequence[bytes], digests: tuple[bytes, int] | None = None) -> Array:
    """The list of the values of JSON documents."""

def parse_files(
    paths: Sequence[str | PathLike[str]],
    most_bytes: int,
    digests: tuple[bytes, int] | None = None,
) -> list[Any]:
    """The values of the JSON documents in some files, None for those that cannot be had."""

def digests(begin: bytes, texts: Sequence[bytes], n_digits: int) -> list[str]:
    """The first digits of the SHA-256 of `begin` and of each text but its first byte."""

def items(lists: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Ends of the items of JSON lists of texts, four bytes each, and the items, joined."""
