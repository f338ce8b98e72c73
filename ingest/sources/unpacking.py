"""What is packed by gzip, unpacked: by ISA-L, three times as fast, where that is installed."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from typing import cast

try:
    from isal import igzip, isal_zlib
except ImportError:  # of an extra
    _GzipFile: type[gzip.GzipFile] = gzip.GzipFile
    _ERRORS: tuple[type[Exception], ...] = (zlib.error,)
else:
    _GzipFile = igzip.IGzipFile
    _ERRORS = (zlib.error, cast("type[Exception]", isal_zlib.error))
DAMAGED: tuple[type[Exception], ...] = (
    OSError,
    EOFError,
    zipfile.BadZipFile,
    tarfile.TarError,
    *_ERRORS,
)
"""What reading a file raises that is damaged, or that stands in a damaged archive."""
_MOST_TIMES = 200
_ALWAYS_BYTES = 1 << 30


def most_unpacked(n_bytes: int) -> int:
    """What so many packed bytes may unpack to on a disk: text is not denser."""
    return max(_ALWAYS_BYTES, _MOST_TIMES * n_bytes)


def unpacked(stored: io.BufferedIOBase, name: str) -> io.BufferedIOBase:
    """A file's content; reading it raises one of `DAMAGED` where it is."""
    return _GzipFile(fileobj=stored) if name.endswith(".gz") else stored
