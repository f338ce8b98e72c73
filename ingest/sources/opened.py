"""From what the user named to a tree of files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

from ingest.errors import SourceError
from ingest.sources.archives import is_archive, open_archive
from ingest.sources.remote import Remote, is_remote
from ingest.sources.tree import Folder, Tree


@contextmanager
def open_tree(location: str, cache: Path | None = None, *, refresh: bool = False) -> Iterator[Tree]:
    """The files at a location, as long as the context lasts.

    What is fetched from a URL is kept in `cache`, or in the user's cache folder, and is fetched
    again to `refresh` it. Raises SourceError if there is nothing, or it cannot be read;
    MissingExtraError.
    """
    if is_remote(location):
        kept = cache or user_cache_path("neurocypher") / "sources"
        yield Remote(location, kept, refresh=refresh)
        return
    path = Path(location)
    if not path.exists():
        raise SourceError(f"there is nothing at {location}. Check the path.")
    if path.is_file() and is_archive(path):
        with open_archive(path) as tree:
            yield tree
    else:
        yield Folder(path)
