"""A tree at a URL, through fsspec: only what is asked for is fetched, and kept.

What was fetched lies in a folder of the cache under a hash of its URL. A file appears there
whole, so an import that was cut short does not fetch it again.
"""

from __future__ import annotations

import importlib.util
import io
import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from cypher import ids
from ingest.errors import MissingExtraError, SourceError

_NEEDED = {
    "http": ("aiohttp", "sources"),
    "https": ("aiohttp", "sources"),
    "s3": ("s3fs", "s3"),
}
"""By scheme: what fsspec needs, and the extra that brings it."""
_AT_ONCE = 8
"""Files that are fetched at the same time."""
_TOGETHER = 64
"""Files that are in memory at the same time."""


def is_remote(location: str) -> bool:
    """Whether a location is a URL that can be fetched from."""
    return location.partition("://")[0] in _NEEDED and "://" in location


class Remote:
    """A tree at a URL."""

    def __init__(self, url: str, cache: Path) -> None:
        """Nothing is fetched yet. Raises MissingExtraError."""
        scheme = url.partition("://")[0]
        module, extra = _NEEDED[scheme]
        for name in ("fsspec", module):
            if importlib.util.find_spec(name) is None:
                raise MissingExtraError(
                    f"reading {scheme}:// needs {name}, not installed here. "
                    f"Run: pip install 'neurocypher[{extra}]'"
                )
        import fsspec  # noqa: PLC0415  of the extra

        self._url = url.rstrip("/")
        self._cache = cache / ids.digest(self._url)
        self._is_listed = scheme == "s3"
        self._files: Any = fsspec.filesystem(scheme)
        self._absent: set[str] = set()

    @property
    def name(self) -> str:
        """The URL."""
        return self._url

    @property
    def is_listed(self) -> bool:
        """Whether the files can be listed: on the web they cannot."""
        return self._is_listed

    def names(self) -> list[str]:
        """Every file. Raises SourceError where they cannot be listed."""
        if not self._is_listed:
            raise SourceError(
                f"the files at {self._url} cannot be listed. Say what to fetch with --layers and "
                f"--neurons, or fetch all and name the folder."
            )
        root = self._url.partition("://")[2]
        try:
            found = self._files.find(root)
        except (OSError, ValueError) as error:
            raise SourceError(f"{self._url} cannot be listed: {error}.") from error
        return sorted(str(name).removeprefix(root).lstrip("/") for name in found)

    def size(self, name: str) -> int | None:
        """Not known beforehand."""
        return None

    def has(self, name: str) -> bool:
        """Whether it is there; it is fetched if so."""
        self.fetch([name])
        return name not in self._absent

    def open(self, name: str) -> io.BufferedIOBase:
        """Its bytes, fetched if they were not before."""
        if not self.has(name):
            raise SourceError(f"{self._url}/{name}: there is no such file. Check the address.")
        return self._kept(name).open("rb")

    def fetch(self, names: Sequence[str]) -> None:
        """Fetch those of these files that are there and are not kept yet, several at a time.

        Raises SourceError if the place cannot be reached; what was fetched is kept.
        """
        missing = [n for n in names if n not in self._absent and not self._kept(n).exists()]
        for first in range(0, len(missing), _TOGETHER):
            urls = {f"{self._url}/{name}": name for name in missing[first : first + _TOGETHER]}
            found = self._files.cat(
                list(urls), recursive=False, on_error="return", batch_size=_AT_ONCE
            )
            for url, name in urls.items():
                content = found.get(url, found.get(url.partition("://")[2]))
                if isinstance(content, FileNotFoundError):
                    self._absent.add(name)
                elif isinstance(content, bytes):
                    self._keep(name, content)
                else:
                    raise SourceError(
                        f"{url} cannot be fetched: {content!r}. What was fetched is kept; give the "
                        f"same command again to go on."
                    )

    def _kept(self, name: str) -> Path:
        if ".." in PurePosixPath(name).parts or name.startswith("/"):
            raise SourceError(f"{self._url}: found a file called {name!r}. Do not trust it.")
        return self._cache / name

    def _keep(self, name: str, content: bytes) -> None:
        path = self._kept(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        temporary.write_bytes(content)
        temporary.replace(path)
