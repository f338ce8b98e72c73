"""Hashes of many texts: by compiled code where it is installed, a third of the time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cypher.native import IS_THERE, native


def digests(begin: bytes, texts: Sequence[bytes], n_digits: int) -> list[str]:
    """Of each text the first hex digits of the SHA-256 of `begin` and of all but its first byte."""
    if IS_THERE:
        return native.digests(begin, texts, n_digits)
    sha256 = hashlib.sha256
    return [sha256(begin + text[1:]).hexdigest()[:n_digits] for text in texts]
