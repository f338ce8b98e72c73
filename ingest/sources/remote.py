"""A tree at a URL, through fsspec: only what is asked for is fetched, and kept.

What was fetched lies in a folder of the cache under a hash of its URL. A file appears there
whole, so an import that was cut short does not fetch it again; nor does another, unless it is asked to:
whether a file has changed would have to be asked of each.
"""

from __future__ import annotations

import importlib.util
import io
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

from cypher import ids
from cypher.files import sync
from ingest.errors import MissingExtraError, SourceError

_NEEDED = {
    "http": ("aiohttp", "sources"),
    "https": ("aiohttp", "sources"),
    "s3": ("s3fs", "s3"),
}
"""By scheme: what fsspec needs, and the extra that brings it."""
_AT_ONCE = 8
"""Files that are fetched at the same time."""
_FILE = (".json", ".jsonl", ".gz")
"""How the URL of a single file ends."""


def is_remote(location: str) -> bool:
    """Whether a location is a URL that can be fetched from."""
    return location.partition("://")[0] in _NEEDED and "://" in location


class Remote:
    """A tree at a URL, which is a folder's or a single file's."""

    def __init__(self, url: str, cache: Path, *, refresh: bool = False) -> None:
        """Nothing is fetched yet. With `refresh`, what is kept is fetched again, once.

        Raises MissingExtraError.
        """
        scheme = url.partition("://")[0]
        module, extra = _NEEDED[scheme]
        for name in ("fsspec", module):
            if importlib.util.find_spec(name) is None:
                raise MissingExtraError(
                    f"reading {scheme}:// needs {name}, not installed here. "
                    f"Run: pip install 'neurocypher[{extra}]'"
                )
        self._url = url.rstrip("/")
        folder, _, name = self._url.rpartition("/")
        is_file = name.endswith(_FILE)
        self._root = folder if is_file else self._url
        self._names = [name] if is_file else None
        self._can_list = scheme == "s3"
        self._cache = cache / ids.digest(self._root)
        self._files: Any = _bucket_files() if scheme == "s3" else _web_files(scheme)
        self._refresh = refresh
        self._fetched: set[str] = set()
        self._absent: set[str] = set()

    @property
    def name(self) -> str:
        """The URL."""
        return self._url

    @property
    def is_listed(self) -> bool:
        """Whether the files can be listed: those of a folder on the web cannot."""
        return self._can_list or self._names is not None

    def names(self) -> list[str]:
        """Every file. Raises SourceError where they cannot be listed."""
        if self._names is None:
            if not self._can_list:
                raise SourceError(
                    f"the files at {self._url} cannot be listed. Say what to fetch with --layers "
                    f"and --neurons, or fetch all and name the folder."
                )
            self._names = self._found()
        return self._names

    def _found(self) -> list[str]:
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415  of the extra

        root = self._root.partition("://")[2]
        try:
            found = self._files.find(root)
        except (OSError, ValueError, BotoCoreError) as error:
            raise SourceError(
                f"{self._url} cannot be listed: {error}. Check the address, and what AWS_PROFILE, "
                f"AWS_ACCESS_KEY_ID and AWS_ENDPOINT_URL say."
            ) from error
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
            raise SourceError(f"{self._root}/{name}: there is no such file. Check the address.")
        return self._kept(name).open("rb")

    @property
    def is_refreshed(self) -> bool:
        """Whether what was kept before is fetched again."""
        return self._refresh

    def fetch(self, names: Sequence[str]) -> None:
        """Fetch those of these files that are there and are not kept yet, several at a time.

        Raises SourceError if the place cannot be reached; what was fetched is kept.
        """
        missing = [name for name in names if name not in self._absent and not self._is_kept(name)]
        for name, is_there in zip(missing, self._each(self._keep, missing), strict=True):
            if is_there:
                self._fetched.add(name)
            else:
                self._absent.add(name)
                self._kept(name).unlink(missing_ok=True)

    def present(self, names: Sequence[str]) -> list[bool]:
        """Which of these files are there, without fetching more than a byte of each.

        Raises SourceError if the place cannot be reached.
        """
        return list(self._each(self._touch, names))

    def _each(self, do: Callable[[str], None], names: Sequence[str]) -> Iterator[bool]:
        """Whether each file is there for what is to be done with it; some at the same time."""
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            tasks = [threads.submit(do, name) for name in names]
            for name, task in zip(names, tasks, strict=True):
                error = task.exception()
                if error is not None and not isinstance(error, FileNotFoundError):
                    threads.shutdown(cancel_futures=True)
                    raise SourceError(
                        f"{self._root}/{name} cannot be fetched: {str(error) or repr(error)}. What "
                        f"was fetched is kept; give the same command again to go on."
                    ) from error
                yield error is None

    def _kept(self, name: str) -> Path:
        if ".." in PurePosixPath(name).parts or name.startswith("/"):
            raise SourceError(f"{self._url}: found a file called {name!r}. Do not trust it.")
        return self._cache / name

    def _is_kept(self, name: str) -> bool:
        return self._kept(name).exists() and not (self._refresh and name not in self._fetched)

    def _touch(self, name: str) -> None:
        if not self._is_kept(name):
            self._files.cat_file(f"{self._root}/{name}", start=0, end=1)

    def _keep(self, name: str) -> None:
        path = self._kept(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            self._files.get_file(f"{self._root}/{name}", str(temporary))
            sync(temporary)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def _web_files(scheme: str) -> Any:
    import fsspec  # noqa: PLC0415  of the extra

    return fsspec.filesystem(scheme)


def _bucket_files() -> Any:
    """Files in buckets; where nobody says who asks, those that are open to all."""
    import fsspec  # noqa: PLC0415  of the extra
    from botocore.session import get_session  # noqa: PLC0415

    for name in ("botocore", "aiobotocore"):
        logging.getLogger(name).setLevel(logging.WARNING)  # where it found credentials is no news
    told = bool(fsspec.config.conf.get("s3"))  # FSSPEC_S3_KEY and its like
    is_known = told or get_session().get_credentials() is not None
    return fsspec.filesystem("s3", **({} if is_known else {"anon": True}))
