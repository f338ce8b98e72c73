"""Files that are read and parsed ahead, in a thread, while others become rows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import TypeVar

from cypher.native import IS_THERE, native
from ingest.sources.documents import open_json
from ingest.sources.in_place import Digests
from ingest.sources.tree import Folder, Tree, read_file

_MOST = 2
"""Things that may wait to be asked for."""
_FILES = 16
"""Which are read together: to begin and to end takes a thread's turn each time."""
MOST_BYTES = 16 << 20
"""Of files that are read together, which may take some times as much in memory; what goes beyond is
read when it is asked for."""
T = TypeVar("T")
Open = Callable[[str], object]
"""Gives the value of a file's document, by its name. Raises SourceError if it is none."""


def ahead(items: Iterable[T]) -> Generator[T]:
    """The same items, found out in a thread before they are asked for. Raises what that raises."""
    left, end = iter(items), object()
    with ThreadPoolExecutor(1) as thread:
        waiting = deque(thread.submit(next, left, end) for _ in range(_MOST))
        while (found := waiting.popleft().result()) is not end:
            waiting.append(thread.submit(next, left, end))
            yield found  # type: ignore[misc]  # it is none of theirs that ends them


def together(names: Sequence[str], count: int) -> Iterator[Sequence[str]]:
    """The names, so many at a time."""
    return (names[at : at + count] for at in range(0, len(names), count))


@contextmanager
def opened_ahead(
    tree: Tree, names: Sequence[str], digests: Digests | None = None
) -> Iterator[Open]:
    """What opens documents, which are asked for once each, in the order of `names`.

    It may find out the `digests` of the lists of texts in them. What cannot be read ahead, or not so
    that it is sure to be right, is read when it is asked for.
    """
    if not IS_THERE or not isinstance(tree, Folder):
        yield lambda name: open_json(read_file(tree, name), name)
        return
    plain = [name for name in names if not name.endswith(".gz")]
    with closing(ahead(_documents(tree, plain, digests))) as found:
        known = asked_in_turn(found, plain)

        def opened(name: str) -> object:
            value = known(name)
            return open_json(read_file(tree, name), name) if value is None else value

        yield opened


def asked_in_turn(
    found: Iterator[Mapping[str, T | None]], names: Sequence[str]
) -> Callable[[str], T | None]:
    """What gives the things that are found, some at a time, by their `names`: once each, in their
    order. None for one that there is not.
    """
    unread, known = set(names), dict[str, T | None]()

    def asked(name: str) -> T | None:
        while name in unread:
            known.clear()  # of what nobody has asked for
            known.update(next(found))
            unread.difference_update(known)
        return known.pop(name, None)

    return asked


def _documents(
    tree: Folder, names: Sequence[str], digests: Digests | None
) -> Iterator[dict[str, object]]:
    """The values of documents by the names of their files, some at a time; None of what is none."""
    for some in together(names, _FILES):
        values = native.parse_files(tree.paths(some), MOST_BYTES, digests)
        yield dict(zip(some, values, strict=True))
