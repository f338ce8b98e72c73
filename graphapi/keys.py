"""API keys. The server knows their hashes only; a key is shown once, when it is made.

A key is 256 random bits, so that a plain SHA-256 of it cannot be guessed backwards; what is
slow on purpose is for passwords. A file has a line for each key: name, hash, and, if it has one
of its own, how many requests it may make in a minute.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from starlette.datastructures import Headers

from graphapi.errors import ServeError

_LINE = re.compile(r"(?P<name>[\w.@-]{1,64})\s+(?P<hash>[0-9a-f]{64})(?:\s+(?P<rate>\d{1,6}))?\Z")
_PREFIX = "nc_"


@dataclass(frozen=True, slots=True)
class Key:
    """A key that may ask."""

    name: str
    """Whose it is."""
    digest: bytes = field(repr=False)
    """SHA-256 of the key."""
    rate_per_minute: int | None = None
    """Its own limit; None: the server's."""


def new_key(name: str, rate_per_minute: int | None = None) -> tuple[str, str]:
    """A new key, and the line that a file of keys needs for it. Raises ServeError."""
    text = _PREFIX + secrets.token_urlsafe(32)
    rate = "" if rate_per_minute is None else f" {rate_per_minute}"
    line = f"{name} {_digest(text).hex()}{rate}"
    if _LINE.match(line) is None:
        raise ServeError(
            f"{name!r} is no name for a key; expected up to 64 letters, digits, or any of . _ @ -"
        )
    return text, line


def read_keys(path: Path) -> list[Key]:
    """The keys of a file. Raises ServeError, which names file and line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ServeError(f"the file of keys {path} cannot be read: {error.strerror}.") from error
    keys: list[Key] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.match(line.strip())
        if found is None:
            raise ServeError(
                f"{path} line {number} is no key; expected `name hash` or `name hash rate`, as "
                f"`neurocypher key` writes it."
            )
        if any(key.name == found["name"] for key in keys):
            raise ServeError(f"{path} line {number}: there is a key of the name {found['name']}.")
        rate = int(found["rate"]) if found["rate"] else None
        keys.append(Key(found["name"], bytes.fromhex(found["hash"]), rate))
    if not keys:
        raise ServeError(f"{path} holds no key; make one with `neurocypher key NAME`.")
    return keys


def key_of(headers: Headers, keys: Sequence[Key]) -> Key | None:
    """The key that a request carries; None if it carries none that is known.

    It may stand in `Authorization` as a Bearer token, or as the password of Basic, which is
    what `http://any:KEY@host` becomes, or in `X-API-Key`. Each known key is compared in
    constant time, whether one was found before it or not.
    """
    digest = _digest(_given(headers))
    found = None
    for key in keys:
        if hmac.compare_digest(key.digest, digest):
            found = key
    return found


def _given(headers: Headers) -> str:
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return headers.get("x-api-key", "")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
